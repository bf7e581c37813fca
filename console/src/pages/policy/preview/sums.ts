import type { Schemas } from "../../../api/client";

type Planned = Schemas["PlannedStep"];
export type Reason = { outcome: "skipped" | "deferred"; reason: string; steps: number; customers: number };
export type Row = { step: string; messages: number; done: number; customers: number; skipped: number; deferred: number };
export type Sums = {
  /** Messages as customers get them: contacts of one moment come as one. */
  messages: number;
  customers: number;
  /** What is done beside messages, by verb; `other` where the file does not know the step. */
  acts: [verb: string, steps: number][];
  skipped: { steps: number; customers: number };
  deferred: { steps: number; customers: number };
  reasons: Reason[];
  rows: Row[];
  days: { day: string; messages: number; skipped: number; deferred: number }[];
};

const isMessage = (step: Planned) => step.outcome === "done" && step.channels.length > 0;

/** The civil day of a moment in a time zone. */
export function dayIn(zone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (at) => format.format(new Date(at));
}

/** Adds up planned steps; `verbOf` knows what a step does, `dayOf` on which day a moment lies. */
export function addUp(steps: readonly Planned[], verbOf: (step: string) => string | undefined, dayOf: (at: string) => string, consolidate: boolean): Sums {
  const customers = new Set<string>();
  const messages = new Set<string>();
  const acts = new Map<string, number>();
  const reasons = new Map<string, { outcome: "skipped" | "deferred"; reason: string; steps: number; customers: Set<string> }>();
  const rows = new Map<string, { row: Row; messages: Set<string>; customers: Set<string> }>();
  const days = new Map<string, { messages: Set<string>; skipped: number; deferred: number }>();
  const missed = { skipped: new Set<string>(), deferred: new Set<string>() };
  const count = { skipped: 0, deferred: 0 };
  steps.forEach((step, at) => {
    const row = rows.get(step.step) ?? { row: { step: step.step, messages: 0, done: 0, customers: 0, skipped: 0, deferred: 0 }, messages: new Set<string>(), customers: new Set<string>() };
    rows.set(step.step, row);
    row.customers.add(step.customer);
    const day = dayOf(step.at);
    const one = days.get(day) ?? { messages: new Set<string>(), skipped: 0, deferred: 0 };
    days.set(day, one);
    if (step.outcome !== "done") {
      row.row[step.outcome]++;
      one[step.outcome]++;
      count[step.outcome]++;
      missed[step.outcome].add(step.customer);
      const key = `${step.outcome}|${step.reason ?? ""}`;
      const reason = reasons.get(key) ?? { outcome: step.outcome, reason: step.reason ?? "", steps: 0, customers: new Set<string>() };
      reasons.set(key, reason);
      reason.steps++;
      reason.customers.add(step.customer);
      return;
    }
    row.row.done++;
    if (isMessage(step)) {
      // Answers to an event are never merged with anything.
      const message = consolidate && !step.step.startsWith("on.") ? `${step.customer}|${step.at}` : String(at);
      messages.add(message);
      row.messages.add(message);
      one.messages.add(message);
      customers.add(step.customer);
    } else {
      const verb = verbOf(step.step) ?? "other";
      acts.set(verb, (acts.get(verb) ?? 0) + 1);
    }
  });
  return {
    messages: messages.size,
    customers: customers.size,
    acts: [...acts].sort((a, b) => b[1] - a[1]),
    skipped: { steps: count.skipped, customers: missed.skipped.size },
    deferred: { steps: count.deferred, customers: missed.deferred.size },
    reasons: [...reasons.values()].map((one) => ({ ...one, customers: one.customers.size })).sort((a, b) => b.steps - a.steps),
    rows: [...rows.values()].map((one) => ({ ...one.row, messages: one.messages.size, customers: one.customers.size })).sort((a, b) => b.done - a.done || b.skipped + b.deferred - a.skipped - a.deferred),
    days: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, one]) => ({ day, messages: one.messages.size, skipped: one.skipped, deferred: one.deferred })),
  };
}

/** A civil day later or earlier. */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}
