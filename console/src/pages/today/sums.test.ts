import { describe, expect, it } from "vitest";
import { civilDay, shiftDay } from "./days";
import { gatherSteps, overdueWeeks, paidByWeek } from "./sums";

const brl = (amount: string) => ({ amount, currency: "BRL" });

describe("days", () => {
  it("are those of the company, not of the machine", () => {
    expect(civilDay(new Date("2026-12-01T02:30:00Z"), "America/Sao_Paulo")).toBe("2026-11-30");
    expect(shiftDay("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("payments by week", () => {
  it("are summed by seven days in the commonest currency", () => {
    const day = (day: string, ...paid: { on_time: ReturnType<typeof brl>; late: ReturnType<typeof brl> }[]) => ({ day, messages: 0, sent: 0, failed: 0, paid });
    const days = Array.from({ length: 14 }, (_, at) => day(shiftDay("2026-11-17", at)));
    days[0]?.paid.push({ on_time: brl("10.00"), late: brl("5.50") });
    days[6]?.paid.push({ on_time: brl("1.00"), late: brl("0.00") }, { on_time: { amount: "3.00", currency: "USD" }, late: { amount: "0.00", currency: "USD" } });
    days[7]?.paid.push({ on_time: brl("0.00"), late: brl("7.00") });
    expect(paidByWeek(days)).toEqual({ currency: "BRL", weeks: [{ week: "2026-11-17", onTime: 1100, late: 550 }, { week: "2026-11-24", onTime: 0, late: 700 }] });
  });
});

describe("what is overdue by week", () => {
  it("is nothing on days of which nothing is told", () => {
    const points = [{ on: "2026-11-30", currency: "BRL", balance: brl("9.00"), bands: [{ days_late: "1-30" as const, balance: brl("4.00") }, { days_late: "61-90" as const, balance: brl("5.00") }] }];
    expect(overdueWeeks({ points }, { from: "2026-11-23", until: "2026-11-30", every: 7 })).toEqual([
      { on: "2026-11-23", currency: "BRL", late30: 0, late90: 0, lateMore: 0 }, { on: "2026-11-30", currency: "BRL", late30: 400, late90: 500, lateMore: 0 },
    ]);
  });
});

describe("what goes out", () => {
  it("is gathered by step, and counts customers once", () => {
    const step = (at: string, customer: string, outcome: "done" | "skipped") => ({ at, customer, receivable: "r", step: "late5", outcome, channels: outcome === "done" ? ["email"] : [], sentence: "", letters: [], due: brl("2.00") });
    const [row] = gatherSteps([step("2026-12-01T13:00:00Z", "a", "done"), step("2026-12-01T12:00:00Z", "a", "done"), step("2026-12-01T12:00:00Z", "b", "skipped")]);
    expect(row).toMatchObject({ step: "late5", customers: 1, done: 2, skipped: 1, due: 400, first: "2026-12-01T12:00:00Z", channels: ["email"] });
  });
});
