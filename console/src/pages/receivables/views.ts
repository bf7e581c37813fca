import type { Filters } from "./filters";

/** Views that everybody needs; others are bookmarks of the address. */
export const views = [
  { key: "open", filters: { status: "open" } },
  { key: "late", filters: { age: "late" } },
  { key: "due_7", filters: { age: "due_7" } },
  { key: "over_90", filters: { age: "over_90" } },
  { key: "paid", filters: { status: "paid" } },
  { key: "written_off", filters: { status: "written_off" } },
  { key: "all", filters: {} },
] as const satisfies readonly { key: string; filters: Filters }[];

export type ViewKey = (typeof views)[number]["key"];

/** The view that the filters are, if they are one; a currency or a customer makes it no other. */
export function viewOf(filters: Filters): ViewKey | undefined {
  if (filters.from || filters.until || filters.number) return undefined;
  return views.find((view) => {
    const wanted: Filters = view.filters;
    return wanted.status === filters.status && wanted.age === filters.age;
  })?.key;
}
