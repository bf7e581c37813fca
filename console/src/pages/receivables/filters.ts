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

export type Filters = {
  status?: Status;
  age?: Age | Span;
  from?: string;
  until?: string;
  currency?: string;
  customer?: string;
  number?: string;
  sort?: "due_on" | "newest";
};

export type Search = Filters & { open?: string };

const isDay = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text);
const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);
const short = (value: unknown, most: number): string | undefined => {
  // The router reads a number of digits alone as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" && text.length <= most ? text.trim() : undefined;
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
    sort: oneOf(["due_on", "newest"] as const, raw.sort),
    open: short(raw.open, 64),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

export type Query = {
  status?: Status;
  currency?: string;
  due_from?: string;
  due_until?: string;
  external_id?: string;
  customer?: string;
  sort?: "due_on" | "newest";
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

/** The filters in the words of the API. An age means open receivables, and narrows further what days say. */
export function toQuery(filters: Filters, today: string): Query {
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
  };
  // The API sorts everybody's by the due date as soon as there is a filter, and then refuses to be told.
  const sort = sortOf(filters);
  if (canSort(filters) && sort !== "newest") query.sort = sort;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

export function isFiltered(filters: Filters): boolean {
  return Boolean(filters.status || filters.age || filters.from || filters.until || filters.currency || filters.number);
}

/** Whether the order can be chosen: of one customer always, of everybody only without a filter. */
export function canSort(filters: Filters): boolean {
  return Boolean(filters.customer) || !isFiltered(filters);
}

export function sortOf(filters: Filters): "due_on" | "newest" {
  if (!canSort(filters)) return "due_on";
  return filters.sort ?? "newest";
}

/** A day that can hold nothing: the end lies before the beginning. */
export function isEmptySpan(query: Query): boolean {
  return Boolean(query.due_from && query.due_until && query.due_from > query.due_until);
}
