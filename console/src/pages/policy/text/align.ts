import { isMap, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";

/** The keys that people write in columns. */
const COLUMNS: readonly string[] = ["id", "at", "after", "on"];

/** Where the key behind `key` begins in its line; null when there is none behind it in the same line. */
function nextColumn(text: string, step: unknown, key: string): number | null {
  if (!isMap(step) || !step.flow) return null;
  const pairs = step.items as Pair<Scalar, YAMLMap>[];
  const at = pairs.findIndex((pair) => pair.key.value === key);
  const next = at < 0 ? undefined : pairs[at + 1]?.key.range;
  if (!next) return null;
  const start = text.lastIndexOf("\n", next[0]) + 1;
  const own = pairs[at]?.key.range?.[0] ?? 0;
  return own < start ? null : next[0] - start;
}

/**
 * Steps are often written in columns. A value that grew or shrank moves what follows it in its line; where the line stood in
 * the column of its neighbours before (or its value was too long for that), it stands there again.
 */
export function tidyGap(next: string, text: string, steps: YAMLSeq, index: number, key: string, end: number): string {
  if (!COLUMNS.includes(key)) return next;
  const seen = new Map<number, number>();
  steps.items.forEach((item, at) => {
    const column = at === index ? null : nextColumn(text, item, key);
    if (column !== null) seen.set(column, (seen.get(column) ?? 0) + 1);
  });
  const best = [...seen].sort((a, b) => b[1] - a[1])[0];
  const stood = nextColumn(text, steps.items[index], key);
  if (!best || best[1] < 2 || stood === null) return next;
  const gap = /^, +/.exec(next.slice(end));
  if (!gap) return next;
  const spaces = gap[0].length - 1;
  const column = best[0];
  if (stood !== column && !(stood > column && spaces === 1)) return next;
  const lineStart = next.lastIndexOf("\n", end) + 1;
  const wanted = Math.max(1, column - (end + 1 - lineStart));
  return `${next.slice(0, end + 1)}${" ".repeat(wanted)}${next.slice(end + 1 + spaces)}`;
}
