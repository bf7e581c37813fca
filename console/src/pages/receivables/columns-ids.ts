export const columnIds = ["number", "customer", "due", "late", "amount", "balance", "total", "status", "held", "method", "issued", "entered", "closed"] as const;
export type ColumnId = (typeof columnIds)[number];
export const SHIPPED: readonly ColumnId[] = ["number", "customer", "due", "late", "balance", "status", "held"];
export const STORED = "regua.columns.receivables";

/** The columns that are stored, without those that there are no more. */
export function readColumns(stored: string | null): ColumnId[] {
  if (!stored) return [...SHIPPED];
  const wanted = stored.split(",");
  const known = columnIds.filter((id) => wanted.includes(id));
  return known.length > 0 ? known : [...SHIPPED];
}
