/** The days of a calendar month and what falls on them. Pure, so that tests ask the same. */
import { civilDay, shiftDay } from "../../today/days";

/** Weeks from Sunday to Saturday that hold a month (`2026-12`), with the days around it. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  let day = shiftDay(first, -new Date(`${first}T12:00:00Z`).getUTCDay());
  const weeks: string[][] = [];
  do {
    weeks.push(Array.from({ length: 7 }, (_, at) => shiftDay(day, at)));
    day = shiftDay(day, 7);
  } while (day.startsWith(month));
  return weeks;
}

export function shiftMonth(month: string, by: number): string {
  const at = new Date(`${month}-15T12:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + by);
  return at.toISOString().slice(0, 7);
}

export type Attempt = { status: string; ordered_at: string; sent_at?: string | null; finished_at?: string | null; due_at?: string | null };

/** The day on which an attempt is drawn: when it ended, else when it is due or was sent. */
export function dayOf(charge: Attempt, zone: string): string {
  const at = charge.finished_at ?? (charge.status === "ordered" ? charge.due_at : charge.sent_at) ?? charge.ordered_at;
  return civilDay(new Date(at), zone);
}

export type Place = "settled" | "declined" | "pending";

export function placeOf(status: string): Place {
  return status === "settled" ? "settled" : status === "ordered" || status === "sending" || status === "pending" || status === "unknown" ? "pending" : "declined";
}

export type DayCharges<C, P> = { settled: C[]; declined: C[]; pending: C[]; planned: P[] };

export function byDay<C extends Attempt, P extends { at: string }>(charges: readonly C[], planned: readonly P[], zone: string): Map<string, DayCharges<C, P>> {
  const found = new Map<string, DayCharges<C, P>>();
  const at = (day: string) => {
    const one = found.get(day) ?? { settled: [], declined: [], pending: [], planned: [] };
    found.set(day, one);
    return one;
  };
  for (const charge of charges) at(dayOf(charge, zone))[placeOf(charge.status)].push(charge);
  for (const step of planned) at(civilDay(new Date(step.at), zone)).planned.push(step);
  return found;
}
