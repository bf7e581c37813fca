import { expect, it } from "vitest";
import { monthsOf, reasonsOf } from "./months";

const charges = [
  { status: "settled", ordered_at: "2026-11-01T00:30:00Z", finished_at: "2026-11-01T00:30:00Z" },
  { status: "declined", ordered_at: "2026-11-10T12:00:00Z", reason: "insufficient_funds" },
  { status: "declined", ordered_at: "2026-11-11T12:00:00Z", reason: "insufficient_funds" },
  { status: "pending", ordered_at: "2026-11-12T12:00:00Z" },
];

it("puts attempts that ended into the company's months", () => {
  expect(monthsOf(charges, "America/Sao_Paulo")).toEqual([{ month: "2026-10", settled: 1, declined: 0 }, { month: "2026-11", settled: 0, declined: 2 }]);
});

it("counts why attempts were declined", () => {
  expect(reasonsOf(charges)).toEqual([{ reason: "insufficient_funds", times: 2 }]);
});
