/**
 * What the list is narrowed to, as it stands in the address: a view is a bookmark. Nothing personal is kept there, only ids, days
 * and words of the API.
 */
import { addDays } from "./days";

export const statuses = ["open", "paid", "void", "written_off", "assigned"] as const;
export type Status = (typeof statuses)[number];

/** Ages as the report has them; kept as ages, not days, so that a bookmark means the same tomorrow. */
export const ages = ["not_due", "1-30", "31-60", "61-90", "91-180", "181-360", "over_360"] as const;
export type Age = (typeof ages)[number];

/** Short horizons that people ask for again and again. */
export const spans = ["due_today", "due_7", "late", "over_90"] as const;
export type Span = (typeof spans)[number];

export const sorts = ["newest", "due_on", "-due_on", "balance", "-balance"] as const;
export type Sort = (typeof sorts)[number];

export type Filters = {
  status?: Status;
  age?: Age | Span;
  from?: string;
  until?: string;
  currency?: string;
  customer?: string;
  number?: string;
  /** Balances of one currency, as decimals: 100.00. */
  least?: string;
  most?: string;
  sort?: Sort;
};

export type Search = Filters & { open?: string };

const isDay = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text);
const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);
const short = (value: unknown, most: number): string | undefined => {
  // The router reads a number of digits alone as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" && text.length <= most ? text.trim() : undefined;
};

/** An amount of the address, with a point. */
const amount = (value: unknown): string | undefined => {
  const text = short(value, 20);
  return text && /^\d+(\.\d{1,4})?$/.test(text) ? text : undefined;
};

/** Whatever somebody typed into the address, made safe. */
export function readSearch(raw: Record<string, unknown>): Search {
  const search: Search = {
    status: oneOf(statuses, raw.status),
    age: oneOf([...ages, ...spans], raw.age),
    from: isDay(raw.from) ? raw.from : undefined,
    until: isDay(raw.until) ? raw.until : undefined,
    currency: short(raw.currency, 3)?.toUpperCase(),
    customer: short(raw.customer, 200),
    number: short(raw.number, 200),
    least: amount(raw.least),
    most: amount(raw.most),
    sort: oneOf(sorts, raw.sort),
    open: short(raw.open, 64),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** The filters of a saved view. */
export function readFilters(saved: Record<string, string>): Filters {
  const { open: _, ...filters } = readSearch(saved);
  return filters;
}

export type Query = {
  status?: Status;
  currency?: string;
  due_from?: string;
  due_until?: string;
  external_id?: string;
  customer?: string;
  q?: string;
  balance_from?: string;
  balance_until?: string;
  sort?: Sort;
};

/** First and last due date of an age, from the company's day. An end that is missing is open. */
export function daysOf(age: Age | Span, today: string): { from?: string; until?: string } {
  const back = (days: number) => addDays(today, -days);
  switch (age) {
    case "not_due":
      return { from: today };
    case "due_today":
      return { from: today, until: today };
    case "due_7":
      return { from: today, until: addDays(today, 7) };
    case "late":
      return { until: back(1) };
    case "over_90":
      return { until: back(91) };
    case "over_360":
      return { until: back(361) };
    default: {
      const [least, most] = age.split("-").map(Number);
      return { from: back(most ?? 0), until: back(least ?? 0) };
    }
  }
}

/**
 * The filters in the words of the API, and what is searched for. An age means open receivables, and narrows further what days say. An
 * amount without its currency narrows nothing.
 */
export function toQuery(filters: Filters, today: string, search = ""): Query {
  const span = filters.age ? daysOf(filters.age, today) : {};
  const later = [filters.from, span.from].filter(isDay).sort().at(-1);
  const earlier = [filters.until, span.until].filter(isDay).sort()[0];
  const query: Query = {
    status: filters.status ?? (filters.age ? "open" : undefined),
    currency: filters.currency,
    due_from: later,
    due_until: earlier,
    external_id: filters.number,
    customer: filters.customer,
    q: search || undefined,
    balance_from: filters.currency && filters.least,
    balance_until: filters.currency && filters.most,
    sort: sortOf(filters, search),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

export function isFiltered(filters: Filters): boolean {
  return Boolean(filters.status || filters.age || filters.from || filters.until || filters.currency || filters.number || filters.least || filters.most);
}

/** Whoever narrows the list looks for what is due; who reads all of it, or a customer's, for what is new. */
export function sortOf(filters: Filters, search = ""): Sort {
  return filters.sort ?? ((isFiltered(filters) || search) && !filters.customer ? "due_on" : "newest");
}

/** The order after a press on a column's head: the other way round, or that column as people read it first. */
export function nextSort(now: Sort, column: string): Sort {
  if (column === "balance") return now === "-balance" ? "balance" : "-balance";
  if (column === "due_on") return now === "due_on" ? "-due_on" : "due_on";
  return "newest";
}

/** A day that can hold nothing: the end lies before the beginning. */
export function isEmptySpan(query: Query): boolean {
  return Boolean(query.due_from && query.due_until && query.due_from > query.due_until);
}
