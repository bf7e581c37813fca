/**
 * What a row shows of its customer where the list of the API does not hold it: name, what is to pay today, what holds it, credit. Each
 * is asked for once it has been in sight for a moment, two at a time and the latest first, so that scrolling past a million rows asks for
 * nothing. Kept outside of the query cache: an observer for each row that flies by would cost more than the row.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { type Session, useMay } from "../../app/session";

type Money = { amount: string; currency: string };
export type Name = { name: string | null; erased: boolean; due: Money[]; held: string[]; credit: Money[] };

const FRESH = 2 * 60_000;
const SIGHT = 150;

type Kept = { name?: Name; asked: number; seen: Set<() => void> };
let session = "";
let kept = new Map<string, Kept>();
const queue: string[] = [];
let under = 0;

function entry(id: string): Kept {
  let one = kept.get(id);
  if (!one) {
    one = { asked: 0, seen: new Set() };
    kept.set(id, one);
  }
  return one;
}

function want(id: string) {
  queue.push(id);
  next();
}

function next() {
  while (under < 2) {
    const id = queue.pop();
    if (id === undefined) return;
    const one = kept.get(id);
    // Out of sight again, or asked for meanwhile.
    if (!one || one.seen.size === 0 || Date.now() - one.asked < FRESH) continue;
    one.asked = Date.now();
    under += 1;
    void ask(id, one);
  }
}

async function ask(id: string, one: Kept) {
  try {
    const customer = await answer(api.GET("/v1/customers/{customer}", { params: { path: { customer: id } } }));
    one.name = {
      name: customer.profile?.name ?? null,
      erased: Boolean(customer.erased_at),
      due: customer.balances.map((balance) => balance.due),
      held: customer.stands?.held_for.map((hold) => hold.cause) ?? [],
      credit: customer.credit,
    };
    for (const tell of one.seen) tell();
  } catch {
    // The code alone is shown; it is tried again when it comes into sight later.
  } finally {
    under -= 1;
    next();
  }
}

/** Asked for anew where they are in sight: after an act. */
export function forgetNames(ids: Iterable<string>): void {
  for (const id of ids) {
    const one = kept.get(id);
    if (!one) continue;
    one.asked = 0;
    if (one.seen.size > 0) want(id);
  }
}

export function useName(id: string, wanted = true): Name | undefined {
  // Read, not watched: each row has this, and whoever signs in anew draws everything anew.
  const own = useQueryClient().getQueryData<Session | null>(keys.session)?.id ?? "";
  const may = useMay();
  const on = wanted && may("customers:read");
  if (own !== session) {
    // Another person sits here now: what the one before might see is not kept.
    session = own;
    kept = new Map();
  }
  const subscribe = useCallback(
    (tell: () => void) => {
      if (!on) return () => undefined;
      const one = entry(id);
      one.seen.add(tell);
      const timer = Date.now() - one.asked < FRESH ? undefined : setTimeout(() => want(id), SIGHT);
      return () => {
        clearTimeout(timer);
        one.seen.delete(tell);
      };
    },
    [id, on],
  );
  return useSyncExternalStore(subscribe, () => (on ? kept.get(id)?.name : undefined));
}
