/**
 * Reads the sentences of `GET /v1/customers/{id}/timeline` and of explanations, which the server writes in English only, into what
 * they say, so that the page can say it in the reader's language. What is not known is shown as the server wrote it: nothing is
 * guessed, and nothing is left out. (Wish W-timeline-facts: the same as members.)
 */

/** Who did something, and why, as the end of a sentence has it. */
export type By = { who: string; why?: string };

/** What a sentence says: a key of `words.facts`, and what stands in it. */
export type Fact = { key: FactKey; values: string[] };

const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\\d{4}-\\d{2}-\\d{2}(?: \\d{2}:\\d{2})?)";
const MONEY = "([A-Z]{3} -?[\\d.]+)";
const table = {
  entered: `becomes known: ${MONEY}, issued ${DAY}, due ${DAY}`,
  paidAll: `all that was due paid on ${DAY}`,
  creditLeft: `${MONEY} paid on ${DAY} that no receivable takes: credit`,
  paid: `${MONEY} paid on ${DAY}`,
  corrected: `a payment was told wrongly: not (.+?) on ${DAY} but (.+?) on ${DAY}`,
  withheld: `tax of ${MONEY} withheld by the payer, for ${DAY}`,
  fee: `fee of ${MONEY} for ${DAY}`,
  creditUsed: `${MONEY} of the customer's credit pays on it, for ${DAY}`,
  creditPaidOut: `credit of ${MONEY} paid out on ${DAY}`,
  reduced: `credit of ${MONEY} for ${DAY}`,
  refunded: `given back on ${DAY}: (.+)`,
  chargedBack: `charged back on ${DAY}: (.+)`,
  amended: `is told otherwise: ${MONEY}, issued ${DAY}, due ${DAY}`,
  subscribed: `bills the subscription (.+)`,
  promised: `promise to pay on ${DAY}`,
  promiseWithdrawn: `the promise to pay on ${DAY} was taken back`,
  promiseBroken: `the promise to pay on ${DAY} was not kept`,
  inFlightBy: `a payment is on its way by (.+)`,
  inFlight: `a payment is on its way`,
  flightFailed: `the payment on its way will not come`,
  chargeFailedPayer: `charge failed: (.+), which only the payer can mend`,
  chargeFailed: `charge failed: (.+)`,
  methodKnown: `a stored method \\((.+)\\) is (.+)`,
  tried: `an attempt to take ${MONEY} by (.+)`,
  taken: `an attempt took the money on ${DAY}`,
  tryDropped: `an attempt was not made`,
  voided: `cancelled`,
  writtenOff: `written off`,
  rejected: "`(.+)` is refused",
  released: "`(.+)` is released",
  unanswered: "nobody answers for `(.+)`",
  migrated: `walks the policy (.+) from now on`,
  froze: `stands still: (.+)`,
  thawed: `goes on: (.+) is lifted`,
  wentTo: `is (shadow|redirect|approve|live) from now on`,
  reannounced: "`(.+)` is announced for " + DAY + " now",
  notAnnounced: "`(.+)` does not count as announced",
  recounted: `a message counts for ${DAY} now`,
  notCounted: `a message does not count: it was not sent`,
  optedOut: `wants no messages by (.+)`,
  optedIn: `wants messages by (.+)`,
  bounced: `a message by (.+) came back`,
  suppressed: `the address for (.+) is not to be used`,
  mended: `messages by (.+) arrive again`,
  profile: `name, attributes or contact data change`,
  sourceRead: `payments were read`,
} as const;

export type FactKey = keyof typeof table;

const compiled = Object.entries(table).map(([key, source]) => [key as FactKey, new RegExp(`^${source}$`)] as const);

/** Parts `… (by Name (per_…): reason)` off. A name without an id is a program or the system. */
export function splitBy(sentence: string): { told: string; by?: By } {
  const start = sentence.lastIndexOf(" (by ");
  if (start < 0 || !sentence.endsWith(")")) return { told: sentence };
  const inner = sentence.slice(start + 5, -1);
  const withId = /^(.*?) \((?:per|key|prs|usr)_[^)]*\)(?:: ([\s\S]*))?$/.exec(inner);
  if (withId) return { told: sentence.slice(0, start), by: { who: withId[1] ?? "", why: withId[2] } };
  const place = inner.indexOf(": ");
  const by = place < 0 ? { who: inner } : { who: inner.slice(0, place), why: inner.slice(place + 2) };
  return { told: sentence.slice(0, start), by };
}

/** What became known, when the sentence is one of those that the server writes. */
export function readFact(told: string): Fact | undefined {
  for (const [key, pattern] of compiled) {
    const match = pattern.exec(told);
    if (match) return { key, values: match.slice(1) };
  }
  return undefined;
}

/** What a message or an act of a step does: `friendly upcoming`, `access becomes limited` … */
export type Deed =
  | { is: "letter"; tone: string; template: string; parts?: string; channels: string[]; others: string[]; announces: Announced[]; shadow: boolean }
  | { is: "notice"; consequence: string; channels: string[]; announces: Announced[]; shadow: boolean }
  | { is: "act"; consequence: string; shadow: boolean };

export type Announced = { step: string; on: string };

/** Reads what was done: `sent by email: firm overdue, in one message with A, B; announces limit for Mon 2026-12-21`. */
export function readDone(sentence: string): Deed | undefined {
  const act = /^done(?: in shadow only)?: ([\s\S]+)$/.exec(sentence);
  if (act) return { is: "act", consequence: act[1] ?? "", shadow: sentence.startsWith("done in shadow") };
  const sent = /^(sent|shadow, nobody gets it:) by ([^:]+): ([\s\S]+)$/.exec(sentence);
  if (!sent) return undefined;
  const shadow = sent[1] !== "sent";
  const channels = (sent[2] ?? "").split(" and ");
  const [body = "", named] = (sent[3] ?? "").split("; announces ");
  const announces = [...(named ?? "").matchAll(new RegExp(`(\\S+) for ${DAY}`, "g"))].map((found) => ({ step: found[1] ?? "", on: found[2] ?? "" }));
  const [head = "", others] = body.split(", in one message with ");
  const what = head.replace(", in the same message", "");
  const notice = /^a firm notice of its own that (.+)$/.exec(what);
  if (notice) return { is: "notice", consequence: notice[1] ?? "", channels, announces, shadow };
  const letter = /^(friendly|neutral|firm) (\S+)(?: in (\d+) parts)?$/.exec(what);
  if (!letter) return undefined;
  const [, tone = "", template = "", parts] = letter;
  return { is: "letter", tone, template, parts, channels, others: others?.split(", ") ?? [], announces, shadow };
}

/** The words of an act's consequence, by a key of `words.consequences`. */
export function readConsequence(text: string): { key: "charge" | "access" | "fee" | "report" | "assign" | "task" | "writeOff"; value: string } | undefined {
  const table = [
    ["charge", /^the stored method is charged$/],
    ["access", /^access becomes (.+)$/],
    ["fee", /^a fee of (.+) is added$/],
    ["report", /^the debt is reported to (.+)$/],
    ["assign", /^the debt goes to (.+)$/],
    ["task", /^a task is put on the queue (.+)$/],
    ["writeOff", /^the amount is written off$/],
  ] as const;
  for (const [key, pattern] of table) {
    const match = pattern.exec(text);
    if (match) return { key, value: match[1] ?? "" };
  }
  return undefined;
}

/** What comes after the colon of `skipped (condition): …` and `waits until … (capped): …`. */
export function readWhy(sentence: string): string | undefined {
  return /^(?:with the next run: )?(?:skipped|waits [^(]*)(?: ?\([a-z_]+\)): ([\s\S]+)$/.exec(sentence)?.[1];
}
