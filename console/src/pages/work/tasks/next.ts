/** Where the list goes on when a task has left it. Pure, so that tests ask the same. */

/** The row behind one, else the one before it; nothing when it stands alone. */
export function nextOf(ids: readonly string[], gone: string): string | null {
  const at = ids.indexOf(gone);
  if (at < 0) return ids[0] ?? null;
  return ids[at + 1] ?? ids[at - 1] ?? null;
}

/** The row so many further on; the first or the last where there are no more. */
export function step(ids: readonly string[], from: string | null, by: number): string | null {
  if (ids.length === 0) return null;
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return (by > 0 ? ids[0] : ids.at(-1)) ?? null;
  return ids[Math.max(0, Math.min(ids.length - 1, at + by))] ?? null;
}
