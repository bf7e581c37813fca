/** What became of messages by what they share: pure, so that tests ask it the same. */
export type Tally = { name: string; all: number; sent: number; delivered: number; read: number; clicked: number; failed: number; unknown: number };

const COUNTS = ["all", "sent", "delivered", "read", "clicked", "failed", "unknown"] as const;
const NONE: Omit<Tally, "name"> = { all: 0, sent: 0, delivered: 0, read: 0, clicked: 0, failed: 0, unknown: 0 };

/** Counts added up by name, the most first. */
export function summed(rows: readonly Tally[]): Tally[] {
  const found = new Map<string, Tally>();
  for (const row of rows) {
    const known = found.get(row.name) ?? { ...NONE, name: row.name };
    for (const key of COUNTS) known[key] += row[key];
    found.set(row.name, known);
  }
  return [...found.values()].sort((a, b) => b.all - a.all || a.name.localeCompare(b.name));
}

/** One message as a count: what was read was delivered too. */
export function counted(message: { status: string; standing?: string | null }, name: string): Tally {
  const is = (so: boolean) => (so ? 1 : 0);
  const read = message.standing === "read";
  return {
    name, all: 1, clicked: 0, read: is(read),
    sent: is(message.status === "sent"), delivered: is(read || message.standing === "delivered"),
    failed: is(message.status === "failed" || message.standing === "failed"), unknown: is(message.status === "unknown"),
  };
}

export function total(rows: readonly Tally[], name: string): Tally {
  return summed(rows.map((row) => ({ ...row, name })))[0] ?? { ...NONE, name };
}

/** A share of what there is; null of nothing. */
export function share(part: number, all: number): number | null {
  return all === 0 ? null : part / all;
}
