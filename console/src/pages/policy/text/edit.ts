import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { tidyGap } from "./align";
import { mapAt, parse, span } from "./read";

/**
 * Edits of the text in place: what an edit does not mean stays as it is, byte by byte, with its comments and its columns. The
 * tree of the YAML library says where things stand; it never writes the file.
 */

/** The text is written in a way that only a person can change sensibly. */
export class NotHere extends Error {
  constructor(readonly why: string) {
    super(why);
    this.name = "NotHere";
  }
}

export type StepAt = { ladder: string; index: number };
/** The order in which keys of a step are usually written. */
export const ORDER = ["id", "at", "after", "every", "until", "do", "template", "state", "amount", "bureau", "agency", "queue", "terms", "tone", "channels", "send", "to", "cc", "announces", "notice", "if", "approval", "mode", "by_reason"];

type MapPair = Pair<Scalar, { range?: [number, number, number] | null } | null>;
const pairsOf = (map: YAMLMap) => map.items as MapPair[];
const nameOf = (pair: MapPair) => String(pair.key.value);
export const splice = (text: string, from: number, to: number, put: string) => text.slice(0, from) + put + text.slice(to);

function stepsOf(text: string, ladder: string): YAMLSeq {
  const doc = parse(text);
  if (doc.errors.length) throw new NotHere("broken");
  const steps = mapAt(doc.contents, "ladders")?.get(ladder, true);
  if (!isSeq(steps)) throw new NotHere("no ladder");
  return steps;
}

function stepAt(steps: YAMLSeq, index: number): YAMLMap {
  const step = steps.items[index];
  if (!isMap(step)) throw new NotHere("no step");
  return step;
}

/** The end of the line on which a place stands; its newline excluded. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end > 0 && text[end - 1] === "\r" ? end - 1 : end;
}
const lineStart = (text: string, at: number) => text.lastIndexOf("\n", at - 1) + 1;

/** Where a value ends; that of a block stands before its last line break. */
function endOf(text: string, node: unknown): number {
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1);
    return endOf(text, isMap(node) ? (last as MapPair).value : last);
  }
  let [, end] = span(node as YAMLMap);
  while (end > 0 && /\s/.test(text[end - 1] ?? "")) end--;
  return end;
}

/** A text as YAML, in the manner in which it was written before. */
export function written(value: string, before: string | null, flow = true): string {
  if (before === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  if (before !== "QUOTE_DOUBLE" && isBare(value, flow)) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", " ")}"`;
}

function isBare(value: string, flow: boolean): boolean {
  if (value === "" || value !== value.trim()) return false;
  if (/^[\s\-?:,[\]{}#&*!|>'"%@`]/.test(value) || /: |:$| #|\n/.test(value)) return false;
  // An hour is quoted, as everywhere else in the file.
  if (/^\d\d:\d\d$/.test(value)) return false;
  return !(flow && /[,[\]{}]/.test(value));
}

export const listOf = (values: readonly string[]) => `[${values.map((value) => written(value, null)).join(", ")}]`;

/** What is put: a text, a list, YAML as it is (`terms`), or nothing, which takes the key out. */
export type Put = string | readonly string[] | { yaml: string } | null;

function sourceOf(put: Exclude<Put, null>, before: unknown, flow: boolean, key: string): string {
  if (typeof put === "object" && "yaml" in put) return put.yaml;
  if (typeof put !== "string") return listOf(put);
  const style = isScalar(before) ? (before.type ?? null) : key === "if" ? "QUOTE_DOUBLE" : null;
  return written(put, style, flow);
}

/** Sets or takes out one key of a step. */
export function setKey(text: string, at: StepAt, key: string, put: Put): string {
  const steps = stepsOf(text, at.ladder);
  const step = stepAt(steps, at.index);
  const pairs = pairsOf(step);
  const found = pairs.findIndex((pair) => nameOf(pair) === key);
  const pair = pairs[found];
  if (put === null) return pair ? takeOut(text, step, found) : text;
  if (!pair) return putIn(text, step, key, sourceOf(put, null, Boolean(step.flow), key));
  if (!pair.value) throw new NotHere("no value");
  const [from] = span(pair.value);
  const to = endOf(text, pair.value);
  const source = sourceOf(put, pair.value, Boolean(step.flow), key);
  if (text.slice(from, to) === source) return text;
  return tidyGap(splice(text, from, to, source), text, steps, at.index, key, from + source.length);
}

function takeOut(text: string, step: YAMLMap, at: number): string {
  const pairs = pairsOf(step);
  const pair = pairs[at];
  const before = pairs[at - 1];
  if (!pair?.value || !before?.value) throw new NotHere("first key");
  const end = endOf(text, pair.value);
  const start = endOf(text, before.value);
  const [keyStart] = span(pair.key);
  if (!step.flow) return splice(text, lineStart(text, keyStart), Math.min(text.length, lineEnd(text, end) + (text[lineEnd(text, end)] === "\r" ? 2 : 1)), "");
  if (/#/.test(text.slice(start, keyStart))) throw new NotHere("comment between");
  return splice(text, start, end, "");
}

function putIn(text: string, step: YAMLMap, key: string, source: string): string {
  const pairs = pairsOf(step);
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  // After the last key that usually stands before it.
  let after = pairs[0];
  for (const pair of pairs) if (rank(nameOf(pair)) < rank(key)) after = pair;
  if (!after?.value) throw new NotHere("empty step");
  const end = endOf(text, after.value);
  if (step.flow) return splice(text, end, end, `, ${key}: ${source}`);
  const first = pairs[0];
  const [start] = span(first?.key);
  const indent = " ".repeat(start - lineStart(text, start));
  const line = lineEnd(text, end);
  return splice(text, line, line, `${newline(text)}${indent}${key}: ${source}`);
}

const newline = (text: string) => (text.includes("\r\n") ? "\r\n" : "\n");

/** Replaces one key by another: `at` by `after` and back. */
export function swapKey(text: string, at: StepAt, key: string, by: string, value: string): string {
  const step = stepAt(stepsOf(text, at.ladder), at.index);
  const pair = pairsOf(step).find((one) => nameOf(one) === key);
  if (!pair?.value) throw new NotHere("no such key");
  return splice(text, span(pair.key)[0], endOf(text, pair.value), `${by}: ${written(value, null)}`);
}

/** A new step in its own line, its columns under those of its neighbours. `index` is where it will stand. */
export function addStep(text: string, ladder: string, index: number, keys: readonly (readonly [string, Exclude<Put, null>])[]): string {
  const steps = stepsOf(text, ladder);
  if (steps.flow) throw new NotHere("flow ladder");
  const before = steps.items[index - 1] ?? null;
  const near = (before ?? steps.items[0]) as YAMLMap | undefined;
  if (!near) throw new NotHere("empty ladder");
  const [nearStart] = span(near);
  const dash = text.lastIndexOf("-", nearStart);
  const indent = text.slice(lineStart(text, dash), dash);
  const lead = `${indent}- { `;
  let line = lead;
  const columns = columnsOf(text, steps);
  keys.forEach(([key, put], place) => {
    if (place > 0) {
      line += ",";
      const column = columns[place];
      line = column !== undefined && line.length < column ? line.padEnd(column) : `${line} `;
    }
    line += `${key}: ${sourceOf(put, null, true, key)}`;
  });
  line += " }";
  if (!before) {
    const start = lineStart(text, dash);
    return splice(text, start, start, `${line}${newline(text)}`);
  }
  const end = lineEnd(text, endOf(text, before));
  return splice(text, end, end, `${newline(text)}${line}`);
}

/** Where the second and the third key begin in most lines. */
function columnsOf(text: string, steps: YAMLSeq): Record<number, number> {
  const columns: Record<number, number> = {};
  for (const place of [1, 2]) {
    const seen = new Map<number, number>();
    for (const item of steps.items) {
      const pair = isMap(item) && item.flow ? pairsOf(item)[place] : undefined;
      if (!pair) continue;
      const [start] = span(pair.key);
      const column = start - lineStart(text, start);
      seen.set(column, (seen.get(column) ?? 0) + 1);
    }
    const best = [...seen].sort((a, b) => b[1] - a[1])[0];
    if (best && best[1] > 1) columns[place] = best[0];
  }
  return columns;
}

/** Takes a step out with its line. Comments in lines of their own stay: they are somebody's words. */
export function removeStep(text: string, at: StepAt): string {
  const steps = stepsOf(text, at.ladder);
  if (steps.flow) throw new NotHere("flow ladder");
  if (steps.items.length < 2) throw new NotHere("last step");
  const step = stepAt(steps, at.index);
  const dash = text.lastIndexOf("-", span(step)[0]);
  const end = text.indexOf("\n", endOf(text, step));
  return splice(text, lineStart(text, dash), end < 0 ? text.length : end + 1, "");
}
