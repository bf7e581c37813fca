import { describe, expect, it } from "vitest";
import { civilDay, shiftDay } from "./days";
import { gatherSteps, paidByWeek } from "./sums";

const brl = (amount: string) => ({ amount, currency: "BRL" });

describe("days", () => {
  it("are those of the company, not of the machine", () => {
    expect(civilDay(new Date("2026-12-01T02:30:00Z"), "America/Sao_Paulo")).toBe("2026-11-30");
    expect(shiftDay("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("payments by week", () => {
  it("tell what was on time from what was recovered, and leave older ones out", () => {
    const { weeks, lateCount } = paidByWeek(
      [
        { id: "a", amount: brl("10.00"), due_on: "2026-11-30", closed_at: "2026-11-30T12:00:00+00:00" },
        { id: "b", amount: brl("5.50"), due_on: "2026-11-20", closed_at: "2026-11-29T12:00:00+00:00" },
        { id: "c", amount: brl("7.00"), due_on: "2026-11-20", closed_at: "2026-11-23T12:00:00+00:00" },
        { id: "d", amount: brl("99.00"), due_on: "2026-08-20", closed_at: "2026-08-23T12:00:00+00:00" },
      ],
      "2026-11-30",
      new Map(),
    );
    expect(weeks).toHaveLength(8);
    expect(weeks[7]).toEqual({ week: "2026-11-24", onTime: 1000, late: 550 });
    expect(weeks[6]).toEqual({ week: "2026-11-17", onTime: 0, late: 700 });
    expect(weeks.reduce((sum, week) => sum + week.onTime + week.late, 0)).toBe(2250);
    expect(lateCount).toBe(1);
  });
});

describe("late", () => {
  it("is not who paid in time and whose bank told later, nor who paid on the Monday after", () => {
    const told = { amount: brl("1.00"), closed_at: "2026-11-25T03:00:00+00:00" };
    const { weeks } = paidByWeek([{ ...told, id: "a", due_on: "2026-11-24" }, { ...told, id: "b", due_on: "2026-11-21" }, { ...told, id: "c", due_on: "2026-11-20" }], "2026-11-30", new Map([["a", "2026-11-24"], ["b", "2026-11-23"], ["c", "2026-11-23"]]));
    expect(weeks.map((week) => [week.onTime, week.late]).slice(-2)).toEqual([[100, 100], [100, 0]]);
  });
});

describe("what goes out", () => {
  it("is gathered by step, and counts customers once", () => {
    const step = (at: string, customer: string, outcome: "done" | "skipped") => ({ at, customer, receivable: "r", step: "late5", outcome, channels: outcome === "done" ? ["email"] : [], sentence: "", letters: [], due: brl("2.00") });
    const [row] = gatherSteps([step("2026-12-01T13:00:00Z", "a", "done"), step("2026-12-01T12:00:00Z", "a", "done"), step("2026-12-01T12:00:00Z", "b", "skipped")]);
    expect(row).toMatchObject({ step: "late5", customers: 1, done: 2, skipped: 1, due: 400, first: "2026-12-01T12:00:00Z", channels: ["email"] });
  });
});
