import type { Schemas } from "../../../api/client";

type Money = Schemas["Money"];
type Row = { step: string; do: string; template?: string | null; customer: string; due: Money; since: string };

export type Group<R extends Row = Row> = { step: string; verb: string; template: string | null; rows: R[]; customers: number; sums: Money[]; since: string };

/** Minor units as text, added without floats: amounts have at most three decimals, all of one currency the same. */
export function sumOf(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, { minor: bigint; decimals: number }>();
  for (const { amount, currency } of amounts) {
    const decimals = amount.includes(".") ? amount.length - amount.indexOf(".") - 1 : 0;
    const minor = BigInt(amount.replace(".", ""));
    const known = sums.get(currency);
    sums.set(currency, { minor: (known?.minor ?? 0n) + minor, decimals: Math.max(decimals, known?.decimals ?? 0) });
  }
  return [...sums].map(([currency, { minor, decimals }]) => {
    const sign = minor < 0n ? "-" : "";
    const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
    const amount = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
    return { amount: sign + amount, currency };
  });
}

/** What waits, by step: the largest group first. */
export function grouped<R extends Row>(rows: readonly R[]): Group<R>[] {
  const found = new Map<string, R[]>();
  for (const row of rows) {
    const known = found.get(row.step);
    if (known) known.push(row);
    else found.set(row.step, [row]);
  }
  const groups = [...found].map(([step, of]): Group<R> => ({
    step,
    verb: of[0]?.do ?? "",
    template: of[0]?.template ?? null,
    rows: of,
    customers: new Set(of.map((row) => row.customer)).size,
    sums: sumOf(of.map((row) => row.due)),
    since: of.reduce((oldest, row) => (row.since < oldest ? row.since : oldest), of[0]?.since ?? ""),
  }));
  return groups.sort((a, b) => b.rows.length - a.rows.length || a.step.localeCompare(b.step));
}

/** Some rows from all over a group, so that a sample is not of the first customers alone. */
export function sampled<R>(rows: readonly R[], most: number): R[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, at) => rows[Math.floor((at * (rows.length - 1)) / (most - 1))]).filter((row): row is R => row !== undefined);
}
