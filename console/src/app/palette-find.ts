import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { useMay } from "./session";

export type Hit = { kind: "customer" | "receivable"; id: string; code: string; name: string | null };

/** A text as it is compared: without accents, case or signs. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** A value that follows the typed one once nobody types for a moment. */
function useSettled(value: string): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), 180);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/**
 * Customers and receivables by what was typed: exactly by number or code whatever the size of the book, and by name among the
 * newest customers, which is what the API lists.
 */
export function useHits(typed: string): { hits: Hit[]; searching: boolean } {
  const may = useMay();
  const text = useSettled(typed.trim());
  const on = text.length >= 2;
  const newest = useQuery({
    queryKey: [...keys.customers, "names"],
    queryFn: async () => {
      const first = await answer(api.GET("/v1/customers", { params: { query: { limit: 200 } } }));
      if (!first.next) return first.items;
      const second = await answer(api.GET("/v1/customers", { params: { query: { limit: 200, cursor: first.next } } }));
      return [...first.items, ...second.items];
    },
    enabled: on && may("customers:read"),
    staleTime: 5 * 60_000,
  });
  const exact = useQuery({
    queryKey: ["find", text],
    queryFn: async ({ signal }): Promise<Hit[]> => {
      const query = { external_id: text, limit: 3 };
      const [receivables, customers] = await Promise.all([
        may("receivables:read") ? answer(api.GET("/v1/receivables", { params: { query }, signal })) : null,
        may("customers:read") ? answer(api.GET("/v1/customers", { params: { query }, signal })) : null,
      ]);
      return [
        ...(receivables?.items ?? []).map((one) => ({ kind: "receivable" as const, id: one.id, code: one.external_id, name: one.customer_external_id })),
        ...(customers?.items ?? []).map((one) => ({ kind: "customer" as const, id: one.id, code: one.external_id, name: one.name ?? null })),
      ];
    },
    enabled: on,
    staleTime: 30_000,
  });
  const words = plain(text).split(/\s+/).filter(Boolean);
  const byName = !on ? [] : (newest.data ?? [])
    .filter((one) => words.every((word) => plain(one.name ?? "").split(/\s+/).some((part) => part.startsWith(word))) || plain(one.external_id).startsWith(plain(text)))
    .slice(0, 8)
    .map((one): Hit => ({ kind: "customer", id: one.id, code: one.external_id, name: one.name ?? null }));
  const seen = new Set(exact.data?.map((one) => one.id));
  return { hits: on ? [...(exact.data ?? []), ...byName.filter((one) => !seen.has(one.id))] : [], searching: on && (exact.isFetching || newest.isFetching || text !== typed.trim()) };
}
