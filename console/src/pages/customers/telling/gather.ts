/**
 * Moments made into what a person reads: a message with what became of it is one thing, whichever receivables it speaks of; steps
 * that ended together with a receivable are one; and waiting for the same reason is told once.
 */
import { readDone, readFact, splitBy, type FactKey } from "./parse";
import type { Moment } from "./tell";

export const sorts = ["message", "money", "act", "charge", "step", "bill", "contact", "reply", "request", "skipped", "waits", "other"] as const;
export type Sort = (typeof sorts)[number];

export type Entry = {
  id: string;
  at: string;
  sort: Sort;
  /** The first says what it is; others belong to it. */
  moments: Moment[];
  receivables: string[];
  /** Of a message: its id, and where it stands. */
  message?: string;
  status?: string;
};

const FACTS: Partial<Record<FactKey, Sort>> = {
  entered: "bill", amended: "bill", subscribed: "bill", migrated: "bill", voided: "money", writtenOff: "money",
  paidAll: "money", paid: "money", creditLeft: "money", corrected: "money", withheld: "money", fee: "money", creditUsed: "money", creditPaidOut: "money", reduced: "money",
  refunded: "money", chargedBack: "money", inFlight: "money", inFlightBy: "money", flightFailed: "money",
  promised: "act", promiseBroken: "act", promiseWithdrawn: "act", froze: "act", thawed: "act", rejected: "act", released: "act", unanswered: "act",
  chargeFailed: "charge", chargeFailedPayer: "charge", tried: "charge", taken: "charge", tryDropped: "charge", methodKnown: "charge",
  optedIn: "contact", optedOut: "contact", bounced: "contact", suppressed: "contact", mended: "contact", profile: "contact",
};

function sortOf(moment: Moment): Sort {
  switch (moment.kind) {
    case "told": {
      const fact = readFact(splitBy(moment.sentence).told);
      return (fact && FACTS[fact.key]) ?? "other";
    }
    case "done":
      return readDone(moment.sentence.replace(/^with the next run: /, ""))?.is === "act" ? "step" : "message";
    case "message":
      return "message";
    case "skipped":
      return "skipped";
    case "deferred":
      return "waits";
    case "note":
    case "task":
      return "act";
    default:
      return "other";
  }
}

const keyOf = (moment: Moment) => `${moment.receivable_external_id ?? ""}|${moment.step ?? ""}`;

/** The entries of moments that come oldest first; the answer is oldest first too. */
export function gather(moments: readonly Moment[]): Entry[] {
  const entries: (Entry | null)[] = [];
  /** The letter that was decided last for a step, until it is known which message it became part of. */
  const letters = new Map<string, number>();
  const messages = new Map<string, number>();
  const waits = new Map<string, number>();
  const add = (moment: Moment, sort: Sort): number => {
    const of = moment.receivable_external_id;
    entries.push({ id: `${moment.at}|${entries.length}`, at: moment.at, sort, moments: [moment], receivables: of ? [of] : [] });
    return entries.length - 1;
  };
  const join = (at: number, moment: Moment) => {
    const entry = entries[at];
    if (!entry) return;
    entry.moments.push(moment);
    const of = moment.receivable_external_id;
    if (of && !entry.receivables.includes(of)) entry.receivables.push(of);
  };

  for (const moment of moments) {
    const sort = sortOf(moment);
    const key = keyOf(moment);
    if (sort === "message" && moment.kind === "done") letters.set(key, add(moment, sort));
    else if (moment.kind === "message" && moment.message) {
      const own = letters.get(key);
      letters.delete(key);
      const known = messages.get(moment.message);
      if (known === undefined) {
        const at = own ?? add(moment, sort);
        messages.set(moment.message, at);
        if (own !== undefined) join(own, moment);
        const entry = entries[at];
        if (entry) Object.assign(entry, { message: moment.message, status: moment.reason ?? undefined });
        continue;
      }
      const into = entries[known];
      if (!into) continue;
      if (own !== undefined && own !== known) {
        for (const part of entries[own]?.moments ?? []) join(known, part);
        entries[own] = null;
      }
      join(known, moment);
      // What fell out of a message says nothing of the message.
      if (!/^it falls out/.test(moment.sentence)) into.status = moment.reason ?? into.status;
    } else if (sort === "skipped") {
      const last = entries.length - 1;
      const before = entries[last];
      if (before?.sort === "skipped" && before.at === moment.at && before.receivables[0] === moment.receivable_external_id) join(last, moment);
      else add(moment, sort);
    } else if (sort === "waits") {
      const same = waits.get(key);
      const before = same === undefined ? null : entries[same];
      if (same !== undefined && before && before.moments[0]?.reason === moment.reason) join(same, moment);
      else waits.set(key, add(moment, sort));
    } else add(moment, sort);
  }
  return entries.filter((entry) => entry !== null);
}

/** How many there are of each sort, for the filters. */
export function countSorts(entries: readonly Entry[]): Map<Sort, number> {
  const counts = new Map<Sort, number>();
  for (const entry of entries) counts.set(entry.sort, (counts.get(entry.sort) ?? 0) + 1);
  return counts;
}
