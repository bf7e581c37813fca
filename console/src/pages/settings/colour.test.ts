import { expect, it } from "vitest";
import { contrastOfWhite, isColour } from "./colour";
import { ofPolicy } from "./policy-text";

it("knows which colours white can be read on", () => {
  expect(contrastOfWhite("#000000")).toBeCloseTo(21);
  expect(contrastOfWhite("#ffffff")).toBeCloseTo(1);
  expect(contrastOfWhite("#1f4e79")).toBeGreaterThan(4.5);
  expect(isColour("#1f4e7")).toBe(false);
});

it("reads what a policy says on its first level only", () => {
  const body = "name: SaaS\ncalendar: br-banking   # dias úteis\ntime: \"09:00\"\nsegments:\n  calendar: other\n";
  expect(ofPolicy(body, "calendar")).toBe("br-banking");
  expect(ofPolicy(body, "time")).toBe("09:00");
  expect(ofPolicy(body, "notice")).toBeNull();
});
