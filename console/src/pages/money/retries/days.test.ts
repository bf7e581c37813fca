import { describe, expect, it } from "vitest";
import { byDay, shiftMonth, weeksOf } from "./days";

describe("the calendar", () => {
  it("holds whole weeks", () => {
    const weeks = weeksOf("2026-12");
    expect(weeks[0]?.[0]).toBe("2026-11-29");
    expect(weeks.at(-1)?.[6]).toBe("2027-01-02");
    expect(weeksOf("2026-02")).toHaveLength(4);
  });
  it("goes over the year", () => {
    expect(shiftMonth("2026-12", 1)).toBe("2027-01");
    expect(shiftMonth("2026-01", -1)).toBe("2025-12");
  });
  it("draws an attempt on the company's day on which it ended", () => {
    const days = byDay(
      [{ status: "settled", ordered_at: "2026-11-30T12:00:00Z", finished_at: "2026-12-01T02:00:00Z" }, { status: "ordered", ordered_at: "2026-11-30T12:00:00Z", due_at: "2026-12-03T12:00:00Z" }],
      [{ at: "2026-12-05T12:00:00Z" }],
      "America/Sao_Paulo",
    );
    expect([...days].map(([day, one]) => [day, one.settled.length, one.pending.length, one.planned.length])).toEqual([["2026-11-30", 1, 0, 0], ["2026-12-03", 0, 1, 0], ["2026-12-05", 0, 0, 1]]);
  });
});
