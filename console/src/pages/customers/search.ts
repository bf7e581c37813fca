/** What stands in the address of these pages. A name that somebody searches for does not: it is of a person. */

export const shows = ["all", "open", "parked", "erased"] as const;
export type Show = (typeof shows)[number];
export type CustomersSearch = { show?: Show };

export function readCustomersSearch(raw: Record<string, unknown>): CustomersSearch {
  const show = shows.find((one) => one === raw.show);
  return show && show !== "all" ? { show } : {};
}

export const tabs = ["history", "receivables", "next", "replies"] as const;
export type Tab = (typeof tabs)[number];
export type CustomerSearch = { tab?: Tab };

export function readCustomerSearch(raw: Record<string, unknown>): CustomerSearch {
  const tab = tabs.find((one) => one === raw.tab);
  return tab && tab !== "history" ? { tab } : {};
}

/** A text as it is compared: without accents, case or signs. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Whether every word that was typed begins a word of the name, or the code holds it. */
export function matches(wanted: string, name: string | null | undefined, code: string): boolean {
  const words = plain(wanted).split(" ").filter(Boolean);
  if (words.length === 0) return true;
  if (plain(code).includes(plain(wanted))) return true;
  const parts = plain(name ?? "").split(" ");
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}
