/** Moments of a life, in the reader's words. */
import { type By, type Fact, readConsequence, readDone, readFact, readWhy, splitBy } from "./parse";
import type { Telling } from "./words";

/** A moment as the API has it. */
export type Moment = {
  at: string;
  kind: string;
  receivable_external_id?: string | null;
  step?: string | null;
  cycle?: string | null;
  reason?: string | null;
  until?: string | null;
  channels?: string | null;
  rule?: string | null;
  message?: string | null;
  sentence: string;
};

/** How the reader writes amounts and days. */
export type Writes = { money: (amount: string, currency: string) => string; day: (day: string) => string; instant: (at: string) => string };

/** What to show: a sentence, what explains it, who did it. */
export type Told = { title: string; details: string[]; by?: By; fact?: Fact; known: boolean };

/** `BRL 102.03` and `2026-12-14` as the reader writes them. */
function localise(text: string, writes: Writes): string {
  const money = /^([A-Z]{3}) (-?[\d.]+)$/.exec(text);
  if (money) return writes.money(money[2] ?? "0", money[1] ?? "BRL");
  const day = /^(\d{4}-\d{2}-\d{2})( \d{2}:\d{2})?$/.exec(text);
  return day ? `${writes.day(day[1] ?? "")}${day[2] ?? ""}` : text;
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

type Table = "channels" | "causes" | "modes" | "declines" | "triggers" | "methods";

/** Which table has the word for what stands at a place of a fact; the others are amounts, days and names. */
const tables: Partial<Record<string, readonly (Table | null)[]>> = {
  froze: ["causes"],
  thawed: ["causes"],
  wentTo: ["modes"],
  optedOut: ["channels"],
  optedIn: ["channels"],
  bounced: ["channels"],
  suppressed: ["channels"],
  mended: ["channels"],
  chargeFailed: ["declines"],
  chargeFailedPayer: ["declines"],
  tried: [null, "triggers"],
  methodKnown: [null, "methods"],
};

export function stepName(step: string, words: Telling): string {
  if (step.startsWith("on.")) return words.reactions[step.slice(3)] ?? step;
  if (step.endsWith(".notice")) return words.noticeOf(step.slice(0, -7));
  const [name = step, times] = step.split(" ");
  return times ? `${name} ${words.time(times)}` : name;
}

export function channelNames(channels: string[], words: Telling): string {
  const names = channels.map((channel) => words.channels[channel] ?? channel);
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} ${words.and} ${names.at(-1)}` : (names[0] ?? "");
}

export function consequence(text: string, words: Telling, writes: Writes): string {
  const read = readConsequence(text);
  if (!read) return text;
  const value = read.key === "access" ? (words.access[read.value] ?? read.value) : localise(read.value, writes);
  return words.consequences[read.key](value);
}

function tellFact(fact: Fact, words: Telling, writes: Writes): string {
  const places = tables[fact.key] ?? [];
  const values = fact.values.map((value, at) => {
    const table = places[at];
    if (table) return words[table][value] ?? value;
    return value === "all of it" ? words.whole : localise(value, writes);
  });
  return words.facts[fact.key](...values);
}

function tellDone(sentence: string, words: Telling, writes: Writes): Omit<Told, "by"> {
  const deed = readDone(sentence);
  if (!deed) return { title: capital(sentence), details: [], known: false };
  const details = deed.shadow ? [words.shadow] : [];
  if (deed.is === "act") return { title: capital(consequence(deed.consequence, words, writes)), details, known: true };
  const announced = deed.announces.map(({ step, on }) => words.announces(stepName(step, words), localise(on, writes)));
  const channels = channelNames(deed.channels, words);
  if (deed.is === "notice") {
    const title = words.notice(consequence(deed.consequence, words, writes), channels);
    return { title: capital(title), details: [...details, ...announced.map(capital)], known: true };
  }
  const parts = deed.parts ? ` ${words.inParts(deed.parts)}` : "";
  const title = words.letter(`${words.templates[deed.template] ?? deed.template}${parts}`, words.tones[deed.tone] ?? deed.tone, channels);
  const together = deed.others.length > 0 ? [words.together(deed.others.join(", "))] : [];
  return { title: capital(title), details: [...details, ...announced.map(capital), ...together], known: true };
}

/** The exact reason of the server, where it holds more than the word: values of a condition, numbers of a cap. */
function exactly(moment: Moment, words: Telling, writes: Writes): string[] {
  const details: string[] = [];
  if (moment.rule) details.push(words.rules[moment.rule] ?? ruleFrom(moment) ?? moment.rule);
  const why = readWhy(moment.sentence);
  const condition = why && /^its condition does not hold: ([^;]+)(?:; ([\s\S]+))?$/.exec(why);
  if (condition) {
    details.push(condition[1] ?? "");
    for (const [, name, value] of (condition[2] ?? "").matchAll(/(\S+) is ((?:[A-Z]{3} -?[\d.]+)|[^,]+)/g)) {
      details.push(`${name} = ${localise(value ?? "", writes)}`);
    }
  }
  const caps = why && /the caps \(([^)]+)\)/.exec(why);
  if (caps) details.push(caps[1] ?? "");
  return details;
}

/** A rule's own sentence, when the server told it and there is no translation. */
function ruleFrom(moment: Moment): string | undefined {
  return moment.reason === "forbidden" || moment.reason === "no_legal_moment" ? readWhy(moment.sentence) : undefined;
}

export function tell(moment: Moment, words: Telling, writes: Writes): Told {
  const { told, by } = splitBy(moment.sentence);
  switch (moment.kind) {
    case "told": {
      const fact = readFact(told);
      return fact ? { title: tellFact(fact, words, writes), details: [], by, fact, known: true } : { title: capital(told), details: [], by, known: false };
    }
    case "done":
      return { ...tellDone(told.replace(/^with the next run: /, ""), words, writes), by };
    case "skipped": {
      const title = words.skipped[moment.reason ?? ""];
      return { title: title ?? capital(told), details: exactly(moment, words, writes), by, known: title !== undefined };
    }
    case "deferred": {
      const reason = words.deferred[moment.reason ?? ""];
      const until = moment.until ? words.waitsUntil(writes.instant(moment.until)) : words.waits;
      return { title: until, details: [reason ?? told, ...exactly(moment, words, writes)], by, known: reason !== undefined };
    }
    case "message": {
      const known = words.messageIs[moment.reason ?? ""];
      if (known) return { title: known, details: [], by, known: true };
      const dropped = moment.reason && told.startsWith("it falls out") ? words.dropped(words.skipped[moment.reason] ?? moment.reason) : undefined;
      return { title: dropped ?? capital(told), details: [], by, known: dropped !== undefined };
    }
    case "note": {
      const noted = /^(.*?)(?: \((?:per|key|prs|usr)_[^)]*\))? noted: ([\s\S]*)$/.exec(moment.sentence);
      return { title: noted?.[2] ?? moment.sentence, details: [], by: noted ? { who: noted[1] ?? "" } : undefined, known: true };
    }
    case "task": {
      const known = words.worked[moment.reason ?? ""];
      const back = /; somebody looks again on (\d{4}-\d{2}-\d{2})$/.exec(told)?.[1];
      return { title: known ?? capital(told), details: back ? [words.again(writes.day(back))] : [], by, known: known !== undefined };
    }
    default:
      return { title: capital(told), details: [], by, known: false };
  }
}
