/** Where a line of a text begins, in characters; lines count from 1, and a line behind the end is the last. */
export function lineStart(text: string, line: number): number {
  let at = 0;
  for (let seen = 1; seen < line; seen++) {
    const next = text.indexOf("\n", at);
    if (next < 0) return at;
    at = next + 1;
  }
  return at;
}
