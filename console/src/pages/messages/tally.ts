/** Counts of messages by what they share: pure, so that tests ask it the same. */
export type Tally = { name: string; all: number; sent: number; failed: number; unknown: number; waiting: number; cancelled: number };

const PLACES: Record<string, keyof Omit<Tally, "name" | "all">> = { sent: "sent", failed: "failed", unknown: "unknown", queued: "waiting", sending: "waiting", cancelled: "cancelled", shadow: "cancelled" };

export function tally<T extends { status: string }>(messages: readonly T[], nameOf: (message: T) => string): Tally[] {
  const found = new Map<string, Tally>();
  for (const message of messages) {
    const name = nameOf(message);
    const row = found.get(name) ?? { name, all: 0, sent: 0, failed: 0, unknown: 0, waiting: 0, cancelled: 0 };
    row.all += 1;
    const place = PLACES[message.status];
    if (place) row[place] += 1;
    found.set(name, row);
  }
  return [...found.values()].sort((a, b) => b.all - a.all || a.name.localeCompare(b.name));
}

export function total(rows: readonly Tally[], name: string): Tally {
  const sum: Tally = { name, all: 0, sent: 0, failed: 0, unknown: 0, waiting: 0, cancelled: 0 };
  for (const row of rows) for (const key of ["all", "sent", "failed", "unknown", "waiting", "cancelled"] as const) sum[key] += row[key];
  return sum;
}

/** The share that went out of what ended; null when nothing has ended yet. */
export function sentShare(row: Tally): number | null {
  const ended = row.sent + row.failed + row.unknown;
  return ended === 0 ? null : row.sent / ended;
}
