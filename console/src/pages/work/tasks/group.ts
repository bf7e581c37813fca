/** Tasks of one customer are one call. Pure, so that tests ask the same. */
import type { Call, Code, Task } from "./data";

/** What stands in one row: the customer's tasks, in the order of the list; the first speaks for all. */
export type Case = { id: string; first: Task; tasks: Task[] };

/** One entry a customer, where the first of its tasks stands. */
export function casesOf(tasks: readonly Task[]): Case[] {
  const found = new Map<string, Case>();
  for (const task of tasks) {
    const known = found.get(task.customer);
    if (known) known.tasks.push(task);
    else found.set(task.customer, { id: task.customer, first: task, tasks: [task] });
  }
  for (const one of found.values()) one.first = speaks(one.tasks);
  return [...found.values()];
}

/** The one that is shown: what somebody has says more than what is free, and what waits longest more than the rest. */
function speaks(tasks: Task[]): Task {
  const rank = (task: Task) => (task.mine ? 0 : task.state === "claimed" ? 1 : 2);
  return [...tasks].sort((a, b) => rank(a) - rank(b) || a.since.localeCompare(b.since))[0] as Task;
}

type Body = { code: Code; on?: string; follow_up_on?: string; note?: string; number?: string };
const OF_RECEIVABLE: ReadonlySet<Code> = new Set(["promised", "disputes", "paid_already"]);

/**
 * What each task of a call is closed with. A note is one note, and a number ends once: they go with the first. What is told of a
 * receivable is told once, though several tasks may be about it; the others end with it.
 */
export function bodiesOf({ tasks, code, on, follow_up_on, note, number }: Call): Body[] {
  const told = new Set<string>();
  return tasks.map((task, at) => {
    const own = task.receivable ?? "";
    const again = OF_RECEIVABLE.has(code) ? told.has(own) : code === "wrong_number" && at > 0;
    told.add(own);
    const body: Body = again ? { code: "other" } : { code, on };
    return { ...body, follow_up_on, ...(at === 0 ? { note, number } : {}) };
  });
}
