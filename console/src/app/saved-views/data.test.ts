import { describe, expect, it } from "vitest";
import { isShown, shownOf } from "./data";

describe("a saved view", () => {
  it("keeps the filters that say something", () => {
    expect(shownOf({ status: "open", age: undefined, from: "" }, ["due"])).toEqual({ filters: { status: "open" }, columns: ["due"] });
  });

  it("is what is seen when filters and columns are the same", () => {
    const view = { filters: { status: "open", sort: "-balance" }, columns: ["number", "due"] };
    expect(isShown(view, shownOf({ sort: "-balance", status: "open" }, ["number", "due"]))).toBe(true);
    expect(isShown(view, shownOf({ sort: "-balance", status: "open" }, ["due", "number"]))).toBe(false);
    expect(isShown(view, shownOf({ status: "open" }, ["number", "due"]))).toBe(false);
    expect(isShown({ ...view, columns: [] }, shownOf({ sort: "-balance", status: "open" }, ["due"]))).toBe(true);
  });
});
