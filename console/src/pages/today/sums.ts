import type { Schemas } from "../../api/client";
import { minor, type MoneyText } from "../../words";
import { shiftDay } from "./days";

/** The currency in which most is open; sums over currencies would say nothing. */
export function mainCurrency(aging: Schemas["Aging"]): Schemas["Aging"]["currencies"][number] | undefined {
  return [...aging.currencies].sort((a, b) => b.receivables - a.receivables)[0];
}

export type OverdueWeek = { on: string; currency: string; late30: number; late90: number; lateMore: number };

/** The overdue balance of each day that was asked for, in minor units of the currency with most of it, by how late it is. */
export function overdueWeeks(trend: Schemas["OverdueTrend"], asked: { from: string; until: string; every: number }): OverdueWeek[] {
  const sums = new Map<string, number>();
  for (const one of trend.points) sums.set(one.currency, (sums.get(one.currency) ?? 0) + minor(one.balance));
  const currency = [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "BRL";
  const weeks: OverdueWeek[] = [];
  // A day on which nothing was overdue is not told.
  for (let on = asked.until; on >= asked.from; on = shiftDay(on, -asked.every)) {
    const bands = trend.points.find((one) => one.on === on && one.currency === currency)?.bands ?? [];
    const of = (...names: string[]) => bands.filter((band) => names.includes(band.days_late)).reduce((sum, band) => sum + minor(band.balance), 0);
    weeks.unshift({ on, currency, late30: of("1-30"), late90: of("31-60", "61-90"), lateMore: of("91-180", "181-360", "over_360") });
  }
  return weeks;
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

/** What was paid week by week, the last one ending with the last day, in minor units of the currency in which most was paid. */
export function paidByWeek(days: Schemas["CollectionDays"]["days"]): { weeks: PaidWeek[]; currency: string } {
  const sums = new Map<string, number>();
  for (const one of days.flatMap((day) => day.paid)) sums.set(one.on_time.currency, (sums.get(one.on_time.currency) ?? 0) + minor(one.on_time) + minor(one.late));
  const currency = [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "BRL";
  const weeks: PaidWeek[] = [];
  days.forEach((day, at) => {
    if (at % 7 === 0) weeks.push({ week: day.day, onTime: 0, late: 0 });
    const week = weeks.at(-1);
    const paid = day.paid.find((one) => one.on_time.currency === currency);
    if (!week || !paid) return;
    week.onTime += minor(paid.on_time);
    week.late += minor(paid.late);
  });
  return { weeks, currency };
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
