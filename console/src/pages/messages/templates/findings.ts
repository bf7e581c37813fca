import type { Finding } from "./data";

/** A finding of a made-up message: the mend then begins with the place in the file. */
const SAMPLE = /^on the sample `/;
const PLACE = /^[^:\s]+:(\d+): (.+)$/s;

/**
 * Findings as an editor shows them. A text that fails on one made-up message fails on most of them: such findings stand once, at
 * the line that fails, and not at all where the line itself was found wrong.
 */
export function shownFindings(findings: readonly Finding[]): Finding[] {
  const shown: Finding[] = findings.filter((one) => !SAMPLE.test(one.message));
  const wrong = new Set(shown.filter((one) => one.severity === "error").map((one) => one.line));
  const seen = new Set<string>();
  for (const one of findings) {
    if (!SAMPLE.test(one.message)) continue;
    const place = PLACE.exec(one.mend);
    const line = place?.[1] ? Number(place[1]) : one.line;
    const message = place?.[2] ?? one.mend;
    const key = `${line} ${message}`;
    if (wrong.has(line) || seen.has(key)) continue;
    seen.add(key);
    shown.push({ ...one, line, column: 1, message, mend: "" });
  }
  return shown.sort((a, b) => a.line - b.line || a.column - b.column);
}
