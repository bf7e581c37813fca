/** What the pages of receivables ask of the API, and how an act makes it stale. */
import { type InfiniteData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { type RowsPage, useRows } from "../../ui";
import { staleCustomer } from "../customers/stale";
import { todayIn } from "./days";
import { forgetNames } from "./names";
import { type Filters, isEmptySpan, type Query, toQuery } from "./filters";

export type ReceivableRow = Schemas["ReceivableInList"];
export type Receivable = Schemas["Receivable"];

export const PAGE = 200;
export const receivableKeys = {
  list: [...keys.receivables, "list"] as const,
  one: (id: string) => [...keys.receivables, "one", id] as const,
  part: (id: string, part: string) => [...keys.receivables, "one", id, part] as const,
};

/** Today of the company; the browser's day for who may not look at settings. */
export function useToday(): string {
  const { data } = useCompany();
  return todayIn(data?.time_zone);
}

export function readPage(query: Query, cursor?: string | null, signal?: AbortSignal, limit = PAGE): Promise<RowsPage<ReceivableRow>> {
  return answer(api.GET("/v1/receivables", { params: { query: { ...query, cursor: cursor ?? undefined, limit } }, signal }));
}

/** Amounts of several currencies are in no order: by balance the currency of most is listed, where none was chosen. */
function useSortCurrency({ currency, sort }: Filters): string | undefined {
  const { data } = useAging();
  if (currency || !sort?.endsWith("balance")) return currency;
  return data && [...data.currencies].sort((a, b) => b.receivables - a.receivables)[0]?.currency;
}

export function useReceivables(filters: Filters, search: string) {
  const today = useToday();
  const currency = useSortCurrency(filters);
  const query = useMemo(() => toQuery({ ...filters, currency }, today, search), [filters, currency, today, search]);
  const impossible = isEmptySpan(query);
  const rows = useRows<ReceivableRow>([...receivableKeys.list, query], (cursor, signal) =>
    impossible ? Promise.resolve({ items: [], next: null }) : readPage(query, cursor, signal),
  );
  return { rows, query, impossible, today };
}

/** How many there are with these filters, and what is open of them; the API counts up to 10,000. */
export function useCount(query: Query, enabled: boolean) {
  const { sort: _, external_id: one, ...counted } = query;
  return useQuery({
    queryKey: [...keys.receivables, "count", counted],
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/count", { params: { query: counted }, signal })),
    enabled: enabled && one === undefined,
    staleTime: 30_000,
  }).data;
}

export function useReceivable(id: string) {
  return useQuery({
    queryKey: receivableKeys.one(id),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } }, signal })),
  });
}

/** What is open by age. It reads the whole book, so it is asked for seldom. */
export function useAging() {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.reports, "aging", "now"],
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/reports/aging", { signal })), signal),
    enabled: may("reports:read"),
    staleTime: 5 * 60_000,
  });
}

/**
 * After acts on receivables: what is shown of each is read anew and written into the lists, which are not walked from the start
 * again, since they may be long. What else may have changed is marked stale.
 */
export function useRefresh() {
  const client = useQueryClient();
  return useCallback(
    async (ids: readonly string[], customers: readonly string[] = []) => {
      const few = ids.slice(0, 40);
      const fresh = await Promise.all(
        few.map((id) => answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } } })).catch(() => null)),
      );
      const byId = new Map<string, Receivable>();
      for (const one of fresh) if (one) byId.set(one.id, one);
      for (const one of byId.values()) {
        client.setQueryData(receivableKeys.one(one.id), one);
        client.setQueriesData<InfiniteData<RowsPage<ReceivableRow>>>({ queryKey: receivableKeys.list }, (data) => data && patched(data, byId));
      }
      for (const id of ids) void client.invalidateQueries({ queryKey: receivableKeys.one(id) });
      // More than were read anew: the list as it is shown may be wrong.
      if (ids.length > few.length) void client.resetQueries({ queryKey: receivableKeys.list });
      forgetNames(customers);
      for (const id of new Set(customers)) void staleCustomer(client, id);
      for (const key of [[...keys.receivables, "count"], keys.plan, keys.today, keys.heldActs, keys.approvals, keys.charges, keys.payments, keys.tasks]) {
        void client.invalidateQueries({ queryKey: key });
      }
      void client.invalidateQueries({ queryKey: [...keys.reports, "aging", "now"] });
    },
    [client],
  );
}

function patched(data: InfiniteData<RowsPage<ReceivableRow>>, fresh: Map<string, Receivable>): InfiniteData<RowsPage<ReceivableRow>> {
  const pages = data.pages.map((page) =>
    page.items.some((row) => fresh.has(row.id)) ? { ...page, items: page.items.map((row) => asListed(row, fresh.get(row.id))) } : page,
  );
  return { ...data, pages };
}

export type Part = "entries" | "payments" | "instruments" | "slips";

/** The first page of what belongs to a receivable; more than 200 of one kind has none. */
export function useEntries(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: receivableKeys.part(id, "entries"),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/entries", { params: { path: { receivable: id }, query: { limit: PAGE } }, signal })),
    enabled: may("money:read"),
  });
}

export function usePayments(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: receivableKeys.part(id, "payments"),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/payments", { params: { path: { receivable: id }, query: { limit: PAGE } }, signal })),
    enabled: may("money:read"),
  });
}

export function useInstruments(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: receivableKeys.part(id, "instruments"),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/instruments", { params: { path: { receivable: id }, query: { limit: PAGE } }, signal })),
    enabled: may("charging:read"),
  });
}

export function useSlips(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: receivableKeys.part(id, "slips"),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/slips", { params: { path: { receivable: id }, query: { limit: PAGE } }, signal })),
    enabled: may("bank:read"),
  });
}

export function useCharges(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: receivableKeys.part(id, "charges"),
    queryFn: ({ signal }) => answer(api.GET("/v1/charges", { params: { query: { receivable: id, limit: PAGE } }, signal })),
    enabled: may("charging:read"),
  });
}

export function useExplanation(id: string, enabled: boolean) {
  return useQuery({
    queryKey: receivableKeys.part(id, "explain"),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/explain", { params: { path: { receivable: id } }, signal })),
    enabled,
    staleTime: 60_000,
  });
}

/** A row of a list, as the receivable stands now. */
function asListed(row: ReceivableRow, now: Receivable | undefined): ReceivableRow {
  if (!now) return row;
  const { policy_name: _name, policy_hash: _hash, stands, ...shared } = now;
  return { ...row, ...shared, due: stands && now.status === "open" ? stands.due.total : null, days_late: stands?.due.days_late ?? row.days_late, held_for: stands?.holds.map((hold) => hold.cause) ?? row.held_for };
}
