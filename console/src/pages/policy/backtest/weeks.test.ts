import { describe, expect, it } from "vitest";
import type { Tested } from "./data";
import { mondayOf, stepsOf, weeks } from "./weeks";

const step = (name: string, done: number): Tested["steps"][number] => ({ step: name, done, skipped: 0, deferred: 0, payments_after: 0, received_after: [] });
const tested = (days: Tested["days"], steps: Tested["steps"] = []): Tested => ({
  name: "A", hash: "0", customers: 1, receivables: 1, rejected: 0, messages: 0, contacted: 0, paid: 0, paid_on_time: 0, billed: [], received: [], followed: [], open: [], overdue: [],
  steps, months: [], days, channels: [], skipped: [], deferred: [],
});

describe("backtest", () => {
  it("weeks begin on Monday", () => {
    expect(["2026-11-30", "2026-12-06", "2026-12-07"].map(mondayOf)).toEqual(["2026-11-30", "2026-11-30", "2026-12-07"]);
  });
  it("weeks of both are counted, empty ones too", () => {
    const one = tested([{ day: "2026-11-30", messages: 2 }, { day: "2026-12-01", messages: 3 }]);
    const other = tested([{ day: "2026-12-15", messages: 4 }]);
    expect(weeks(one, other)).toEqual([
      { week: "2026-11-30", policy: 5, against: 0 }, { week: "2026-12-07", policy: 0, against: 0 }, { week: "2026-12-14", policy: 0, against: 4 },
    ]);
    expect(weeks(tested([]), null)).toEqual([]);
  });
  it("steps that only the other has come last", () => {
    const rows = stepsOf(tested([], [step("a", 1), step("b", 2)]), tested([], [step("b", 5), step("c", 6)]));
    expect(rows.map((row) => [row.step, row.policy?.done, row.against?.done])).toEqual([["a", 1, undefined], ["b", 2, 5], ["c", undefined, 6]]);
  });
});
