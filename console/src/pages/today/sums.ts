import type { Schemas } from "../../api/client";
import { daysBetween, minor, type MoneyText } from "../../words";
import { shiftDay } from "./days";

export type Paid = Pick<Schemas["ReceivableInList"], "id" | "amount" | "due_on" | "closed_at">;

/** The currency in which most is open; sums over currencies would say nothing. */
export function mainCurrency(aging: Schemas["Aging"]): Schemas["Aging"]["currencies"][number] | undefined {
  return [...aging.currencies].sort((a, b) => b.receivables - a.receivables)[0];
}

/** One point of the overdue balance, in minor units, by how late it is. */
export function overdueWeek(aging: Schemas["Aging"]) {
  const main = mainCurrency(aging);
  const of = (...bands: string[]) => (main?.bands ?? []).filter((band) => bands.includes(band.days_late)).reduce((sum, band) => sum + minor(band.balance), 0);
  return { on: aging.on, currency: main?.currency ?? "BRL", late30: of("1-30"), late90: of("31-60", "61-90"), lateMore: of("91-180", "181-360", "over_360") };
}

/** The overdue part of an aging, as money. */
export function overdueOf(aging: Schemas["Aging"]): { open: MoneyText; overdue: number; openMinor: number; receivables: number; late: number } | null {
  const main = mainCurrency(aging);
  if (!main) return null;
  const late = main.bands.filter((band) => band.days_late !== "not_due");
  return {
    open: main.balance,
    openMinor: minor(main.balance),
    overdue: late.reduce((sum, band) => sum + minor(band.balance), 0),
    receivables: main.receivables,
    late: late.reduce((sum, band) => sum + band.receivables, 0),
  };
}

export type PaidWeek = { week: string; onTime: number; late: number };

/** The last day on which a due date is kept: one on a weekend moves to Monday. Holidays are the engine's to know. */
export function lastGoodDay(due: string): string {
  const weekday = new Date(`${due}T12:00:00Z`).getUTCDay();
  return weekday === 6 ? shiftDay(due, 2) : weekday === 0 ? shiftDay(due, 1) : due;
}

/**
 * What was paid in each of the last eight weeks (ending with `today`), in minor units of the commonest currency. `paidOn` says
 * on which day each was paid; where it does not, the day on which that became known stands for it.
 */
export function paidByWeek(paid: readonly Paid[], today: string, paidOn: ReadonlyMap<string, string>): { weeks: PaidWeek[]; currency: string; lateCount: number } {
  const counts = new Map<string, number>();
  for (const one of paid) counts.set(one.amount.currency, (counts.get(one.amount.currency) ?? 0) + 1);
  const currency = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "BRL";
  const weeks: PaidWeek[] = Array.from({ length: 8 }, (_, at) => ({ week: shiftDay(today, -7 * (7 - at) - 6), onTime: 0, late: 0 }));
  let lateCount = 0;
  for (const one of paid) {
    if (!one.closed_at || one.amount.currency !== currency) continue;
    const day = paidOn.get(one.id) ?? one.closed_at.slice(0, 10);
    const back = daysBetween(day, today);
    const week = weeks[7 - Math.floor(Math.max(0, back) / 7)];
    // Closed after this machine's clock counts as today.
    if (!week || back < -2) continue;
    const late = daysBetween(lastGoodDay(one.due_on), day) > 0;
    week[late ? "late" : "onTime"] += minor(one.amount);
    if (late && back < 7) lateCount += 1;
  }
  return { weeks, currency, lateCount };
}

export type StepAhead = { step: string; first: string; channels: string[]; customers: number; done: number; skipped: number; deferred: number; due: number; currency: string };

/** The plan's steps gathered by name: how many go out, to how many, by what. The soonest first. */
export function gatherSteps(steps: readonly Schemas["PlannedStep"][]): StepAhead[] {
  const found = new Map<string, StepAhead & { who: Set<string>; by: Set<string> }>();
  for (const step of steps) {
    let row = found.get(step.step);
    if (!row) {
      row = { step: step.step, first: step.at, channels: [], customers: 0, done: 0, skipped: 0, deferred: 0, due: 0, currency: step.due?.currency ?? "BRL", who: new Set(), by: new Set() };
      found.set(step.step, row);
    }
    row[step.outcome] += 1;
    if (step.at < row.first) row.first = step.at;
    if (step.outcome === "done") {
      row.who.add(step.customer);
      for (const channel of step.channels) row.by.add(channel);
      if (step.due && step.due.currency === row.currency) row.due += minor(step.due);
    }
  }
  return [...found.values()].map(({ who, by, ...row }) => ({ ...row, customers: who.size, channels: [...by] })).sort((a, b) => a.first.localeCompare(b.first));
}
