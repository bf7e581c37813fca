/** "10", "12,5" or "0.01" percent as basis points; null when it is none. */
export function shareOf(text: string): number | null {
  const read = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!read) return null;
  const points = Number(read[1]) * 100 + Number((read[2] ?? "").padEnd(2, "0"));
  return points >= 1 && points <= 10_000 ? points : null;
}
