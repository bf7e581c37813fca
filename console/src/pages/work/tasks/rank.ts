/** Tasks gathered by customer and put in the order of what is at stake. Pure, so that tests ask the same. */
import type { Schemas } from "../../../api/client";
import { minor } from "../../../words";

export type Task = Schemas["Task"];
export type Stake = { currency: string; minor: number };
export type CustomerWork = { customer: string; code: string; tasks: Task[]; queues: string[]; receivables: string[]; since: string; stakes: Stake[] | null };

type Owed = { customer: string; balance: { amount: string; currency: string } };

/** What each customer owes by currency, the largest first. */
export function stakesOf(owed: readonly Owed[]): Map<string, Stake[]> {
  const found = new Map<string, Stake[]>();
  for (const one of owed) {
    const stakes = found.get(one.customer) ?? [];
    const same = stakes.find((stake) => stake.currency === one.balance.currency);
    if (same) same.minor += minor(one.balance);
    else stakes.push({ currency: one.balance.currency, minor: minor(one.balance) });
    found.set(one.customer, stakes);
  }
  for (const stakes of found.values()) stakes.sort((a, b) => b.minor - a.minor);
  return found;
}

/** One entry a customer. With stakes the largest first; without, who waits longest first, as the API lists them. */
export function rank(tasks: readonly Task[], stakes: ReadonlyMap<string, Stake[]> | null): CustomerWork[] {
  const found = new Map<string, CustomerWork>();
  for (const task of tasks) {
    const work: CustomerWork = found.get(task.customer) ?? {
      customer: task.customer, code: task.customer_external_id, tasks: [], queues: [], receivables: [], since: task.since, stakes: stakes && (stakes.get(task.customer) ?? []),
    };
    work.tasks.push(task);
    if (task.kind === "task" && task.detail && !work.queues.includes(task.detail)) work.queues.push(task.detail);
    // What a customer asked may be about no receivable.
    if (task.receivable && !work.receivables.includes(task.receivable)) work.receivables.push(task.receivable);
    if (task.since < work.since) work.since = task.since;
    found.set(task.customer, work);
  }
  const works = [...found.values()];
  if (!stakes) return works;
  return works.sort((a, b) => (b.stakes?.[0]?.minor ?? 0) - (a.stakes?.[0]?.minor ?? 0) || a.since.localeCompare(b.since));
}
