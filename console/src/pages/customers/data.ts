import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useMay } from "../../app/session";
import { receivableKeys } from "../receivables/data";
import { forgetNames } from "../receivables/names";
import { staleCustomer } from "./stale";

export type Customer = Schemas["Customer"];
export type CustomerRow = Schemas["CustomerInList"];

export const customerKeys = {
  list: [...keys.customers, "list"] as const,
  one: (id: string) => [...keys.customers, "one", id] as const,
  part: (id: string, part: string) => [...keys.customers, "one", id, part] as const,
};

const of = (customer: string) => ({ path: { customer } });

export function useCustomer(id: string) {
  return useQuery({ queryKey: customerKeys.one(id), queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}", { params: of(id), signal })) });
}

export function useAccess(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, "access"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/access", { params: of(id), signal })),
    enabled: may("access:read"),
  });
}

export function useAccessChanges(id: string, wanted: boolean) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, "access-changes"),
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/customers/{customer}/access/timeline", { params: { ...of(id), query: { limit: 200 } }, signal })), signal),
    enabled: wanted && may("access:read"),
    staleTime: 60_000,
  });
}

/** What happened and how things stand, in one answer; it decides again from the log, so it is asked for seldom. */
export function useStory(id: string, enabled: boolean) {
  return useQuery({
    queryKey: customerKeys.part(id, "story"),
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/customers/{customer}/explain", { params: of(id), signal })), signal),
    enabled,
    staleTime: 60_000,
  });
}

export function usePlan(id: string, days: number, enabled = true) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, `plan-${days}`),
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/customers/{customer}/plan", { params: { ...of(id), query: { days, render: true, most: 100 } }, signal })), signal),
    enabled: enabled && may("receivables:read"),
    staleTime: 60_000,
  });
}

export function useReplies(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, "replies"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/replies", { params: { ...of(id), query: { limit: 200 } }, signal })),
    enabled: may("messages:read"),
  });
}

export type CustomerRequest = Schemas["CustomerRequest"];

/** Requests of one customer. The API lists everybody's, so this reads the newest thousand of those that wait and of those dealt with. */
export function useRequests(id: string) {
  return useQuery({
    queryKey: customerKeys.part(id, "requests"),
    queryFn: async ({ signal }) => {
      const found: CustomerRequest[] = [];
      for (const state of ["open", "done"] as const) {
        let cursor: string | undefined;
        for (let page = 0; page < 5; page += 1) {
          const got: { items: CustomerRequest[]; next?: string | null } = await answer(
            api.GET("/v1/customer-requests", { params: { query: { state, cursor, limit: 200 } }, signal }),
          );
          found.push(...got.items.filter((request) => request.customer === id));
          if (!got.next) break;
          cursor = got.next;
        }
      }
      return found;
    },
    staleTime: 60_000,
  });
}

export function useMethods(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, "methods"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/methods", { params: { ...of(id), query: { limit: 200 } }, signal })),
    enabled: may("charging:read"),
  });
}

export function useSubscriptions(id: string) {
  const may = useMay();
  return useQuery({
    queryKey: customerKeys.part(id, "subscriptions"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/subscriptions", { params: { ...of(id), query: { limit: 200 } }, signal })),
    enabled: may("billing:read"),
  });
}

/** Steps of a customer that wait for a person, among the first that wait of anybody's. */
export function useWaiting(customer: Customer) {
  const may = useMay();
  const { data } = useQuery({
    queryKey: [...keys.approvals, "first"],
    queryFn: async ({ signal }) => {
      const found: Schemas["AwaitedApproval"][] = [];
      let cursor: string | undefined;
      // A page may hold fewer than were asked for, and not be the last.
      for (let page = 0; page < 5; page += 1) {
        const got: { items: Schemas["AwaitedApproval"][]; next?: string | null } = await answer(api.GET("/v1/approvals", { params: { query: { cursor, limit: 200 } }, signal }));
        found.push(...got.items);
        if (!got.next) break;
        cursor = got.next;
      }
      return found;
    },
    enabled: may("receivables:read"),
    staleTime: 30_000,
  });
  return data?.filter((step) => step.customer_external_id === customer.external_id) ?? [];
}

/** After an act on a customer: all that is shown of it, and what lists say of its receivables. */
export function useRefreshCustomer(id: string) {
  const client = useQueryClient();
  return useCallback(async () => {
    for (const key of [keys.plan, keys.today, keys.heldActs, keys.approvals, keys.tasks, keys.replies]) void client.invalidateQueries({ queryKey: key });
    void client.invalidateQueries({ queryKey: customerKeys.list, refetchType: "none" });
    void client.invalidateQueries({ queryKey: [...receivableKeys.list.slice(0, 1), "one"] });
    void client.invalidateQueries({ queryKey: receivableKeys.list });
    forgetNames([id]);
    await staleCustomer(client, id);
  }, [client, id]);
}

/** After an act on many customers: those that are shown are asked for anew as they come into sight. */
export function useRefreshMany() {
  const client = useQueryClient();
  return useCallback(
    (ids: readonly string[]) => {
      forgetNames(ids);
      for (const id of ids) void staleCustomer(client, id);
      void client.invalidateQueries({ queryKey: receivableKeys.list, refetchType: "none" });
      for (const key of [keys.plan, keys.today]) void client.invalidateQueries({ queryKey: key });
    },
    [client],
  );
}
