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
