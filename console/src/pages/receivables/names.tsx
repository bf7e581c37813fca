/**
 * Names of customers in lists of receivables, which hold only their codes. Each is asked for once it has been in sight for a
 * moment, two at a time and the latest first, so that scrolling past a million rows asks for nothing. (Wish: `customer_name` in the list.)
 */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useMay } from "../../app/session";

type Waiting = { go: () => void; signal: AbortSignal };
const waiting: Waiting[] = [];
let under = 0;

function next() {
  while (under < 2) {
    const one = waiting.pop();
    if (!one) return;
    if (one.signal.aborted) continue;
    under += 1;
    one.go();
  }
}

function turn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException("out of sight", "AbortError"));
    signal.addEventListener("abort", stop, { once: true });
    const go = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    setTimeout(() => {
      if (signal.aborted) return;
      waiting.push({ go, signal });
      next();
    }, 150);
  });
}

/** Of a customer, what lists show: who it is, what settles everything today, and what holds it. */
export type Name = { name: string | null; erased: boolean; due: { amount: string; currency: string }[]; held: string[]; credit: { amount: string; currency: string }[] };
export const nameKey = (id: string) => [...keys.customers, "name", id] as const;

export function useName(id: string, wanted = true): Name | undefined {
  const may = useMay();
  const { data } = useQuery({
    queryKey: nameKey(id),
    queryFn: async ({ signal }): Promise<Name> => {
      await turn(signal);
      try {
        const customer = await answer(api.GET("/v1/customers/{customer}", { params: { path: { customer: id } }, signal }));
        return {
          name: customer.profile?.name ?? null,
          erased: Boolean(customer.erased_at),
          due: customer.balances.map((one) => one.due),
          held: customer.stands?.held_for.map((hold) => hold.cause) ?? [],
          credit: customer.credit,
        };
      } finally {
        under -= 1;
        next();
      }
    },
    enabled: wanted && may("customers:read"),
    staleTime: 2 * 60_000,
    retry: false,
  });
  return data;
}
