/** A list as CSV, page after page, so that nothing but the text is held in memory. */

/** How Excel in the reader's country reads a file: Brazil writes decimals with a comma and parts cells by semicolons. */
export type Dialect = { comma: string; decimal: string };

export const dialects = {
  pt: { comma: ";", decimal: "," },
  en: { comma: ",", decimal: "." },
} as const satisfies Record<string, Dialect>;

export type Page<Row> = { items: Row[]; next: string | null };
export type Cell = string | number | { amount: string } | null | undefined;

/** One cell. What a spreadsheet would run as a formula is defused by an apostrophe. */
export function cell(value: Cell, { comma, decimal }: Dialect): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  if (typeof value === "object") return value.amount.replace(".", decimal);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return safe.includes(comma) || /["\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function line(cells: Cell[], dialect: Dialect): string {
  return `${cells.map((one) => cell(one, dialect)).join(dialect.comma)}\r\n`;
}

export type Written = { parts: string[]; rows: number; whole: boolean };

/**
 * Reads page after page until the end, the limit, or until it is called off.
 *
 * `whole` says whether the end was reached: a file that was cut short must not look complete.
 */
export async function writeAll<Row>(
  read: (cursor: string | null) => Promise<Page<Row>>,
  head: string[],
  cells: (row: Row) => Cell[],
  dialect: Dialect,
  { most, signal, onRows }: { most: number; signal?: AbortSignal; onRows?: (rows: number) => void },
): Promise<Written> {
  // The mark at the beginning tells Excel that this is UTF-8.
  const parts = [`\ufeff${line(head, dialect)}`];
  let rows = 0;
  let cursor: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const page: Page<Row> = await read(cursor);
    const taken = page.items.slice(0, most - rows);
    parts.push(taken.map((row) => line(cells(row), dialect)).join(""));
    rows += taken.length;
    onRows?.(rows);
    cursor = page.next;
    if (cursor === null) return { parts, rows, whole: taken.length === page.items.length };
    if (rows >= most) return { parts, rows, whole: false };
  }
}
