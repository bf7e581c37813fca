import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api } from "../api/client";
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

/** Customers by the beginning of a code or of the words of a name, receivables by the beginning of a number or as theirs. */
export function useHits(typed: string): { hits: Hit[]; searching: boolean } {
  const may = useMay();
  const text = useSettled(typed.trim());
  const on = text.length >= 2;
  const found = useQuery({
    queryKey: ["find", text],
    queryFn: async ({ signal }): Promise<Hit[]> => {
      const query = { q: text, limit: 6 };
      const [customers, receivables] = await Promise.all([
        may("customers:read") ? answer(api.GET("/v1/customers", { params: { query }, signal })) : null,
        may("receivables:read") ? answer(api.GET("/v1/receivables", { params: { query }, signal })) : null,
      ]);
      return [
        ...(customers?.items ?? []).map((one) => ({ kind: "customer" as const, id: one.id, code: one.external_id, name: one.name ?? null })),
        ...(receivables?.items ?? []).map((one) => ({ kind: "receivable" as const, id: one.id, code: one.external_id, name: one.customer_name ?? one.customer_external_id })),
      ];
    },
    enabled: on,
    staleTime: 30_000,
  });
  return { hits: on ? (found.data ?? []) : [], searching: on && (found.isFetching || text !== typed.trim()) };
}
