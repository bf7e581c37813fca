/** What an act on many will do, from how each stands now. */
import type { MoneyText } from "../../../words";
import { minor } from "../../../words/format";
import { type BulkAct, type Receivable, stepWithin, type Unfit, unfit, type Values } from "../acts/kinds";

export type Look = { id: string; receivable: Receivable | null };

export type Preview = {
  fits: Receivable[];
  /** Those that are left out, by why. */
  unfits: Map<Unfit, string[]>;
  customers: number;
  /** What is to pay today, one sum a currency. */
  totals: MoneyText[];
  /** How many have a step within seven days that is stopped. */
  stopped: number;
};

const STOPS: ReadonlySet<BulkAct> = new Set(["pause", "hold", "dispute", "promise", "writeOff"]);

export function preview(act: BulkAct, values: Values, looks: readonly Look[], now: number): Preview {
  const fits: Receivable[] = [];
  const unfits = new Map<Unfit, string[]>();
  const sums = new Map<string, number>();
  const customers = new Set<string>();
  let stopped = 0;
  for (const { id, receivable } of looks) {
    const why = receivable ? unfit(act, receivable, values) : "unread";
    if (why || !receivable) {
      const key = why ?? "unread";
      unfits.set(key, [...(unfits.get(key) ?? []), receivable?.external_id ?? id]);
      continue;
    }
    fits.push(receivable);
    customers.add(receivable.customer);
    const due = receivable.stands?.due.total ?? receivable.balance;
    sums.set(due.currency, (sums.get(due.currency) ?? 0) + minor(due));
    if (STOPS.has(act) && stepWithin(receivable, 7, now)) stopped += 1;
  }
  const totals = [...sums].map(([currency, units]) => ({ currency, amount: asText(units) }));
  return { fits, unfits, customers: customers.size, totals, stopped };
}

function asText(units: number): string {
  const text = Math.abs(units).toString().padStart(3, "0");
  return `${units < 0 ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}
