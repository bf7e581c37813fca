import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { type Rows, useRows } from "../../../ui";
import { useWords } from "../../../words";
import { staleCustomer } from "../../customers/stale";
import { bodiesOf } from "./group";
import { callWords } from "./words";

export type Task = Schemas["Task"];
export type Kind = "task" | "mend";
/** What waits now; what one has; what nobody took in time; what was put off; what is over. */
export const views = ["ready", "mine", "overflow", "waiting", "done"] as const;
export type View = (typeof views)[number];
export type Order = "stake" | "oldest";

/** What each view asks of the list. */
export function queryOf(view: View) {
  switch (view) {
    case "ready":
      return {};
    case "mine":
      return { mine: true };
    case "overflow":
      return { overflow: true };
    case "waiting":
      return { state: "waiting" as const };
    case "done":
      return { state: "done" as const };
  }
}

const LIVE = 20_000;

/** Tasks as the server ranks them. Others work on the same list, so it is looked at again and again while somebody sees it. */
export function useTasks(kind: Kind, view: View, sort: Order, queue?: string): Rows<Task> {
  const client = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void client.invalidateQueries({ queryKey: keys.tasks });
    }, LIVE);
    return () => clearInterval(timer);
  }, [client]);
  return useRows<Task>([...keys.tasks, kind, view, sort, queue ?? ""], (cursor, signal) =>
    answer(api.GET("/v1/tasks", { params: { query: { kind, sort, queue, ...queryOf(view), cursor, limit: 100 } }, signal })),
    { all: true },
  );
}

export type Code = "promised" | "no_answer" | "wrong_number" | "disputes" | "pays_later" | "paid_already" | "other";
/** In the order of their keys, 1 to 7. */
export const codes: readonly Code[] = ["promised", "no_answer", "wrong_number", "disputes", "pays_later", "paid_already", "other"];
/** An outcome of one call: it holds for every task of the customer that stands in the row. */
export type Call = { tasks: readonly Task[]; code: Code; on?: string; follow_up_on?: string; note?: string; number?: string };

const of = (task: Task) => ({ params: { path: { task: task.id } } });

/** Codes that can be taken back: nothing became known with them, or what did can be lifted. */
const UNDONE: ReadonlySet<Code> = new Set(["no_answer", "pays_later", "other", "disputes"]);

/** One after the other: what one cannot do, the rest is not asked for. The last answer. */
async function each(tasks: readonly Task[], run: (task: Task, at: number) => Promise<Task>): Promise<Task> {
  let last: Task | undefined;
  for (const [at, task] of tasks.entries()) last = await run(task, at);
  if (!last) throw new Error("no task");
  return last;
}

/** Taking, giving back and working. `onWorked` learns whose tasks left the list. */
export function useTaskActs(onWorked: (customer: string) => void) {
  const say = useWords(callWords);
  const client = useQueryClient();
  const stale = [keys.tasks, keys.today];
  const all = [...stale, keys.receivables, keys.messages];
  const claim = useAct({ run: (tasks: readonly Task[]) => each(tasks, (task) => answer(api.POST("/v1/tasks/{task}/claim", of(task)))), stale });
  const release = useAct({ run: (tasks: readonly Task[]) => each(tasks, (task) => answer(api.POST("/v1/tasks/{task}/release", of(task)))), done: say.released, stale });
  const reopen = useAct({ run: (tasks: readonly Task[]) => each(tasks, (task) => answer(api.POST("/v1/tasks/{task}/reopen", of(task)))), done: say.reopened, stale });
  const undo = useAct({
    run: (call: Call) => each(call.tasks, async (task, at) => {
      if (bodiesOf(call)[at]?.code === "disputes" && task.receivable) await answer(api.POST("/v1/receivables/{receivable}/settle-dispute", { params: { path: { receivable: task.receivable } }, body: {} }));
      return answer(api.POST("/v1/tasks/{task}/reopen", of(task)));
    }),
    done: say.reopened,
    stale: all,
    onDone: (task) => void staleCustomer(client, task.customer),
  });
  const shared = {
    run: (call: Call) => {
      const bodies = bodiesOf(call);
      return each(call.tasks, (task, at) => answer(api.POST("/v1/tasks/{task}/close", { ...of(task), body: bodies[at] ?? { code: call.code } })));
    },
    done: (out: Task, call: Call) => (out.follow_up_on ? say.backOn(say.codes[call.code] ?? call.code, out.follow_up_on) : say.worked(say.codes[call.code] ?? call.code)),
    stale: all,
    onDone: (out: Task) => {
      void staleCustomer(client, out.customer);
      onWorked(out.customer);
    },
  };
  const forGood = useAct<Call, Task>(shared);
  const undoable = useAct<Call, Task>({ ...shared, undo: (_, call) => undo.mutate(call) });
  /** Works a case; true when it was worked. What went wrong was told. */
  const work = (call: Call): Promise<boolean> => (UNDONE.has(call.code) ? undoable : forGood).mutateAsync(call).then(() => true, () => false);
  return { claim, release, reopen, work, busy: forGood.isPending || undoable.isPending };
}
