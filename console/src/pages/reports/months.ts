/** Attempts by month, in the company's time zone; pure. */
import { civilDay } from "../today/days";

type Attempt = { status: string; ordered_at: string; finished_at?: string | null; reason?: string | null };
export type Month = { month: string; settled: number; declined: number };

export function monthsOf(charges: readonly Attempt[], zone: string): Month[] {
  const found = new Map<string, Month>();
  for (const charge of charges) {
    if (charge.status !== "settled" && charge.status !== "declined") continue;
    const month = civilDay(new Date(charge.finished_at ?? charge.ordered_at), zone).slice(0, 7);
    const one = found.get(month) ?? { month, settled: 0, declined: 0 };
    one[charge.status] += 1;
    found.set(month, one);
  }
  return [...found.values()].sort((a, b) => a.month.localeCompare(b.month));
}

export function reasonsOf(charges: readonly Attempt[]): { reason: string; times: number }[] {
  const found = new Map<string, number>();
  for (const charge of charges) if (charge.status === "declined") found.set(charge.reason ?? "unknown", (found.get(charge.reason ?? "unknown") ?? 0) + 1);
  return [...found].map(([reason, times]) => ({ reason, times })).sort((a, b) => b.times - a.times);
}
