/** The part of a page that is open (a tab), kept in the address as `?part=`. */
export type PartSearch = { part?: string };

export function partSearch(search: Record<string, unknown>): PartSearch {
  return { part: typeof search.part === "string" && search.part.length <= 40 ? search.part : undefined };
}
