import { ClipboardCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Ago, Badge, type Column, DataTable, Empty, Page, type Rows } from "../../../ui";
import { decimal, useFormats, useWords } from "../../../words";
import { words as receivableWords } from "../../receivables/words";
import { useName } from "../../receivables/names";
import { CustomerPanel } from "../customer/panel";
import { WorkParts } from "../head";
import { words } from "../words";
import { useWork } from "./data";
import type { CustomerWork, Stake } from "./rank";

/** Customers that a person has to see to, the largest overdue amount first. */
export function TaskList({ kind }: { kind: "task" | "mend" }) {
  const say = useWords(words);
  const format = useFormats();
  const { works, ranked, capped, loading, error, reload } = useWork(kind);
  const [open, show] = useState<string | null>(null);
  usePageKeys(say.keys);
  const rows: Rows<CustomerWork> = useMemo(
    () => ({ rows: works, loading, error, more: false, loadingMore: false, loadMore: () => undefined, reload, patch: () => undefined }),
    [works, loading, error, reload],
  );
  const columns = useMemo<Column<CustomerWork>[]>(
    () => [
      { id: "customer", head: say.customer, width: 220, grow: 2, cell: (row) => <Who work={row} /> },
      { id: "stake", head: say.atStake, width: 140, right: true, cell: (row) => <Stakes stakes={row.stakes} /> },
      ...(kind === "task"
        ? [{ id: "queue", head: say.queue, width: 170, grow: 1, cell: (row: CustomerWork) => <span className="flex gap-1">{row.queues.map((queue) => <Badge key={queue}>{say.queues[queue] ?? queue.replaceAll("_", " ")}</Badge>)}</span> }]
        : []),
      { id: "count", head: kind === "task" ? say.part.tasks : say.receivables, width: 110, right: true, cell: (row) => format.number(kind === "task" ? row.tasks.length : row.receivables.length) },
      { id: "since", head: say.since, width: 140, cell: (row) => <Ago value={row.since} className="text-muted" /> },
    ],
    [say, format, kind],
  );
  const current = works.find((work) => work.customer === open);
  return (
    <WithSide side={current && <CustomerPanel key={current.customer} id={current.customer} first={current.receivables} mend={kind === "mend"} onClose={() => show(null)} />}>
      <Page title={say.title} fill>
        <WorkParts open={kind === "task" ? "tasks" : "mend"} />
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<CustomerWork>
            label={kind === "task" ? say.tasksList : say.mendList} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.customer)} current={open}
            empty={<Empty icon={<ClipboardCheck />} title={kind === "task" ? say.tasksEmpty : say.mendEmpty}>{kind === "task" ? say.tasksEmptyText : say.mendEmptyText}</Empty>}
          />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">
            {!loading && [say.customers(works.length), ranked ? say.ranked : say.unranked, capped > 0 && say.capped(format.number(capped))].filter(Boolean).join(" · ")}
          </footer>
        </div>
      </Page>
    </WithSide>
  );
}

const idOf = (row: CustomerWork) => row.customer;

function Who({ work }: { work: CustomerWork }) {
  const known = useName(work.customer);
  const causes = useWords(receivableWords).cause;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate font-medium">{known?.name ?? work.code}</span>
      {known?.name && <span className="text-sm text-muted">{work.code}</span>}
      {known?.held.map((cause) => <Badge key={cause} tone="warn">{causes[cause] ?? cause}</Badge>)}
    </span>
  );
}

function Stakes({ stakes }: { stakes: Stake[] | null }) {
  const format = useFormats();
  if (!stakes || stakes.length === 0) return <span className="text-faint">–</span>;
  return <span className="font-medium">{stakes.map((one) => format.money({ amount: decimal(one.minor), currency: one.currency })).join(" + ")}</span>;
}
