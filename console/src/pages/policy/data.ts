import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useMay } from "../../app/session";

export type Version = Schemas["PolicyInList"];
export type Finding = Schemas["Finding"];
export type Difference = Schemas["PolicyDifferences"]["changes"][number];
export type Migration = Schemas["PolicyMigration"];

export function useVersions() {
  return useQuery({ queryKey: [...keys.policies, "list"], queryFn: () => answer(api.GET("/v1/policies", { params: { query: { limit: 200 } } })), staleTime: 60_000 });
}

/** A published version never changes. Until a newer one has come, the one before is shown. */
export function useVersion(hash: string | undefined) {
  return useQuery({
    queryKey: [...keys.policies, "text", hash],
    queryFn: () => answer(api.GET("/v1/policies/{policy}", { params: { path: { policy: hash ?? "" } } })),
    enabled: Boolean(hash),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

/** The value once it has stood still for a moment. */
export function useSettled<T>(value: T, wait = 400): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}

/** What the server has to say of a text, asked when nobody types. `current` tells whether it is about this very text. */
export function useCheck(text: string | undefined) {
  const settled = useSettled(text);
  const query = useQuery({
    queryKey: [...keys.policies, "check", settled],
    queryFn: ({ signal }) => answer(api.POST("/v1/policies/check", { body: { text: settled ?? "" }, signal })),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  return { ...query, current: settled === text && query.isSuccess && !query.isPlaceholderData };
}

export type Side = { hash: string } | { text: string };

export function useDiff(before: Side | null, after: Side | null) {
  return useQuery({
    queryKey: [...keys.policies, "diff", before, after],
    queryFn: ({ signal }) => answer(api.POST("/v1/policies/diff", { body: { before: before ?? {}, after: after ?? {} }, signal })),
    enabled: before !== null && after !== null,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** What moving open receivables would do; the whole book is read for it. */
export function useMigration(hash: string | undefined, filter: string | null, enabled = true) {
  return useQuery({
    queryKey: [...keys.policies, "migration", hash, filter],
    queryFn: ({ signal }) => slow(() => answer(api.POST("/v1/policies/{policy}/migration-preview", { params: { path: { policy: hash ?? "" } }, body: { filter }, signal })), signal),
    enabled: enabled && Boolean(hash),
    staleTime: 60_000,
    retry: false,
  });
}

export function useSchema() {
  return useQuery({ queryKey: [...keys.policies, "schema"], queryFn: () => answer(api.GET("/v1/policies/schema")), staleTime: Infinity, gcTime: Infinity });
}

export type Publication = { by: string; reason: string | null; at: string };
/** Pages of the audit that are looked through at most. */
const PAGES = 10;

/** Who published which version and why. Only the audit knows it, and only some may read that. */
export function usePublications() {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.policies, "publications"],
    queryFn: async ({ signal }) => {
      const found = new Map<number, Publication>();
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const told = await answer(api.GET("/v1/audit", { params: { query: { cursor, limit: 200 } }, signal }));
        for (const event of told.items) {
          if (event.kind !== "policy_published") continue;
          const payload = event.payload as { number?: number; act?: { by?: string; reason?: string | null } };
          const by = payload.act?.by?.replace(/ \((per|key)_\w+\)$/, "");
          if (payload.number !== undefined && by) found.set(payload.number, { by, reason: payload.act?.reason ?? null, at: event.at });
        }
        cursor = told.next ?? undefined;
        if (!cursor) break;
      }
      return found;
    },
    enabled: may("audit:read"),
    staleTime: 60_000,
  });
}

/** Where in a text a line and a column are; both from 1, columns in characters and not in the units of a text. */
export function offsetOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  const end = text.indexOf("\n", at);
  const chars = Array.from(text.slice(at, end < 0 ? undefined : end));
  return at + chars.slice(0, column - 1).join("").length;
}

export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
