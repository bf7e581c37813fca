import { ClipboardCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { usePageKey } from "../../../app/page-key";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Ago, Badge, type Column, DataTable, Empty, madeOf, Page, type Rows, Segments, Select, type Tone } from "../../../ui";
import { type Formats, useFormats, useWords } from "../../../words";
import { CustomerPanel } from "../customer/panel";
import { WorkParts } from "../head";
import { words } from "../words";
import { type Kind, type Order, type Task, useTaskActs, useTasks, type View, views } from "./data";
import { Desk } from "./desk";
import { type Case, casesOf } from "./group";
import { nextOf, step } from "./next";
import { callWords } from "./words";

const EVERY = "*";

/** What people are to do, the largest overdue amount first, with the case beside it. */
export function TaskList({ kind }: { kind: Kind }) {
  const page = useWords(words);
  const say = useWords(callWords);
  const [view, setView] = useState<View>("ready");
  const [order, setOrder] = useState<Order>("stake");
  const [queue, setQueue] = useState(EVERY);
  const [open, show] = useState<string | null>(null);
  const [known, learn] = useState<Case | null>(null);
  const tasks = useTasks(kind, view, order, queue === EVERY ? undefined : queue);
  // What is over is told task by task: each came to something of its own.
  const cases = useMemo(() => (view === "done" ? tasks.rows.map((task) => ({ id: task.id, first: task, tasks: [task] })) : casesOf(tasks.rows)), [tasks.rows, view]);
  const rows: Rows<Case> = useMemo(() => madeOf(tasks, cases), [tasks, cases]);
  const ids = useMemo(() => cases.map((one) => one.id), [cases]);
  const acts = useTaskActs((customer) => show(nextOf(ids, customer)));
  usePageKeys(say.keys);
  // The list is looked at again beside the case: one that somebody else ended stays open until it is closed.
  const listed = rows.rows.find((row) => row.id === open);
  if (listed && listed !== known) learn(listed);
  const current = open === null ? undefined : (listed ?? (known?.id === open ? known : undefined));
  usePageKey("j", () => show(step(ids, open, 1)));
  usePageKey("k", () => show(step(ids, open, -1)));
  const columns = useColumns(kind, view);
  const queues = useQueueChoices(tasks.rows, queue);
  const change = (next: View) => {
    setView(next);
    show(null);
  };
  return (
    <WithSide
      side={current && (
        <CustomerPanel key={current.id} id={current.first.customer} first={current.tasks.flatMap((task) => task.receivable ?? [])} mend={kind === "mend"} lead={<Desk of={current} kind={kind} acts={acts} />} onClose={() => show(null)} />
      )}
    >
      <Page title={page.title} fill>
        <WorkParts open={kind === "task" ? "tasks" : "mend"} />
        <div className="mb-2 flex flex-wrap items-center gap-2">
          <Segments label={say.show} value={view} onChange={change} choices={views.map((value) => ({ value, label: say.views[value] ?? value }))} />
          {kind === "task" && queues.length > 2 && <Select label={say.queue} value={queue} onChange={setQueue} choices={queues} />}
        </div>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<Case>
            label={kind === "task" ? page.tasksList : page.mendList} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open}
            sort={view === "done" ? null : { by: order, down: order === "stake" }} onSort={(by) => setOrder(by === "oldest" ? "oldest" : "stake")}
            empty={<Empty icon={<ClipboardCheck />} title={kind === "mend" && view === "ready" ? page.mendEmpty : say.empty[view]}>{kind === "mend" && view === "ready" ? page.mendEmptyText : say.emptyText[view]}</Empty>}
          />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">
            {!rows.loading && [rows.rows.length > 0 && (view === "done" ? say.countTasks : say.count)(rows.rows.length, rows.more), rows.rows.length > 1 && view !== "done" && (order === "stake" ? say.rankedBy : say.oldestFirst)].filter(Boolean).join(" · ")}
          </footer>
        </div>
      </Page>
    </WithSide>
  );
}

const idOf = (row: Case) => row.id;
const TONES: Record<string, Tone> = { open: "neutral", claimed: "accent", waiting: "info", done: "good" };

function useColumns(kind: Kind, view: View): Column<Case>[] {
  const page = useWords(words);
  const say = useWords(callWords);
  const format = useFormats();
  return useMemo(() => {
    const columns: Column<Case>[] = [
      { id: "customer", head: page.customer, width: 190, grow: 2, cell: ({ first }) => <Who task={first} /> },
      { id: "stake", head: page.atStake, width: 130, right: true, sort: view === "done" ? undefined : "stake", cell: ({ first }) => (first.at_stake ? <span className="font-medium">{format.money(first.at_stake)}</span> : <span className="text-faint">–</span>) },
      { id: "late", head: say.days, width: 80, right: true, cell: ({ first }) => (first.days_late > 0 ? <span className="text-bad">{format.number(first.days_late)}</span> : <span className="text-faint">–</span>) },
    ];
    if (kind === "task") columns.push({ id: "queue", head: page.queue, width: 150, grow: 1, cell: ({ tasks }) => <Queues tasks={tasks} /> });
    if (view !== "done") columns.push({ id: "count", head: say.tasks, width: 90, right: true, cell: ({ tasks }) => format.number(tasks.length) });
    columns.push({ id: "stands", head: view === "done" ? say.last : say.stands, width: 190, cell: ({ first }) => <Stands task={first} say={say} format={format} /> });
    columns.push({ id: "since", head: page.since, width: 130, sort: view === "done" ? undefined : "oldest", cell: ({ first, tasks }) => <Ago value={view === "done" && first.worked_at ? first.worked_at : tasks.reduce((oldest, task) => (task.since < oldest ? task.since : oldest), first.since)} className="text-muted" /> });
    return columns;
  }, [kind, view, page, say, format]);
}

function Stands({ task, say, format }: { task: Task; say: (typeof callWords)["pt"]; format: Formats }) {
  if (task.state === "done") return <span className="flex items-center gap-1.5"><Badge tone="good">{say.codes[task.last_code ?? ""] ?? say.states.done}</Badge><span className="truncate text-sm text-muted">{task.worked_by}</span></span>;
  if (task.state === "claimed") return <Badge tone="accent" dot>{say.by(task.mine ? say.you : (task.claimed_by ?? ""))}</Badge>;
  if (task.state === "waiting" && task.follow_up_on) return <Badge tone="info">{say.back(format.shortDay(task.follow_up_on))}</Badge>;
  return (
    <span className="flex items-center gap-1.5">
      {task.overflow ? <Badge tone="warn">{say.overflow}</Badge> : <Badge tone={TONES[task.state]}>{say.states[task.state]}</Badge>}
      {task.attempts > 0 && <span className="text-sm text-muted">{say.attempts(task.attempts)}</span>}
    </span>
  );
}

/** The queues of a case, each once. */
function Queues({ tasks }: { tasks: readonly Task[] }) {
  const page = useWords(words);
  const say = useWords(callWords);
  const names = new Set(tasks.map((task) => page.queues[task.detail ?? ""] ?? (task.step === "note" ? say.note : (task.detail ?? "").replaceAll("_", " "))));
  return <span className="flex gap-1">{[...names].map((name) => <Badge key={name}>{name}</Badge>)}</span>;
}

function Who({ task }: { task: Task }) {
  const code = task.customer_external_id ?? "";
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate font-medium">{task.customer_name ?? code}</span>
      {task.customer_name && <span className="text-sm text-muted">{code}</span>}
    </span>
  );
}

/** Queues that were seen, as choices; the chosen one stays among them. */
function useQueueChoices(rows: readonly Task[], chosen: string) {
  const page = useWords(words);
  const say = useWords(callWords);
  const [seen, see] = useState<ReadonlySet<string>>(new Set());
  const fresh = rows.map((row) => row.detail ?? "").filter((name) => name && !seen.has(name));
  if (fresh.length > 0) see(new Set([...seen, ...fresh]));
  return useMemo(() => {
    const names = [...new Set([...seen, ...(chosen === EVERY ? [] : [chosen])])].sort();
    return [{ value: EVERY, label: say.everyQueue }, ...names.map((value) => ({ value, label: page.queues[value] ?? value.replaceAll("_", " ") }))];
  }, [seen, chosen, page, say]);
}
