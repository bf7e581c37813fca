import { BadgeCheck } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { usePageKey } from "../../../app/page-key";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Ago, Button, type Column, cx, DataTable, Empty, madeOf, Money, Page, type Rows, SelectionBar, useRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { words as policyWords } from "../../policy/words";
import { CustomerCell } from "../columns";
import { BatchPanel } from "./batch";
import { type Approval, idOf } from "./data";
import { type Group, grouped } from "./group";
import { ApprovalPanel } from "./panel";
import { useApprovalActs } from "./use-acts";
import { approvalWords } from "./words";

/** So many are read to be grouped and counted; behind them the list goes on as it is scrolled. */
const COUNTED = 5_000;

/** Steps that wait for a person: read by group or one by one, released or refused alone or together. */
export function ApprovalQueue({ title, children }: { title: string; children: ReactNode }) {
  const say = useWords(approvalWords);
  const tells = useWords(telling);
  const { verbs } = useWords(policyWords);
  const [open, show] = useState<string | null>(null);
  const [step, setStep] = useState<string | null>(null);
  const [reads, read] = useState(false);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const listed = useRows<Approval>([...keys.approvals, "list"], (cursor, signal) => answer(api.GET("/v1/approvals", { params: { query: { cursor, limit: 200 } }, signal })), { all: true });
  const { more, loadingMore, loadMore } = listed;
  useEffect(() => {
    if (more && !loadingMore && listed.rows.length < COUNTED) loadMore();
  }, [more, loadingMore, loadMore, listed]);
  // What was just decided is gone at once.
  const left = useMemo(() => listed.rows.filter((row) => !gone.has(idOf(row))), [listed, gone]);
  const groups = useMemo(() => grouped(left), [left]);
  const group = groups.find((one) => one.step === step);
  // A page may hold nothing and not be the last: until one does, it is still being read.
  const rows: Rows<Approval> = useMemo(() => {
    const these = group ? group.rows : left;
    return madeOf(listed, these, listed.loading || (these.length === 0 && listed.more));
  }, [listed, left, group]);
  const at = rows.rows.findIndex((row) => idOf(row) === open);
  const current = rows.rows[at];
  const acts = useApprovalActs((done) => {
    const ids = new Set(done.map(idOf));
    if (open && ids.has(open)) {
      const next = rows.rows.slice(at + 1).find((row) => !ids.has(idOf(row))) ?? rows.rows.slice(0, at).findLast((row) => !ids.has(idOf(row)));
      show(next ? idOf(next) : null);
    }
    setGone(new Set([...gone, ...ids]));
    select(new Set());
    read(false);
  });
  const chosen = selection.size > 0 ? rows.rows.filter((row) => selection.has(idOf(row))) : current ? [current] : [];
  usePageKey("a", () => acts.start("approve", chosen), acts.can);
  usePageKey("r", () => acts.start("refuse", chosen), acts.can);
  // In the table itself it is the table that moves.
  const move = (by: number) => {
    if (document.activeElement?.closest("[role=grid]")) return;
    const next = rows.rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.rows.length - 1)];
    if (!next) return;
    read(false);
    show(idOf(next));
  };
  usePageKey("j", () => move(1), !acts.isAsking);
  usePageKey("k", () => move(-1), !acts.isAsking);
  usePageKeys(say.keys);
  const columns = useMemo<Column<Approval>[]>(
    () => [
      { id: "customer", head: say.customer, width: 180, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "receivable", head: say.receivable, width: 130, cell: (row) => <span className="num">{row.receivable_external_id}</span> },
      { id: "what", head: say.what, width: 200, grow: 1, cell: (row) => <What verb={verbs[row.do]} step={stepName(row.step, tells)} /> },
      { id: "due", head: say.due, width: 130, right: true, cell: (row) => <Money value={row.due} /> },
      { id: "since", head: say.since, width: 140, cell: (row) => <Ago value={row.since} className="text-muted" /> },
    ],
    [say, verbs, tells],
  );
  const choose = (next: string | null) => {
    setStep(next);
    show(null);
    select(new Set());
    read(next !== null);
  };
  const side = reads && group ? <BatchPanel key={group.step} group={group} acts={acts} onClose={() => read(false)} /> : current && <ApprovalPanel key={idOf(current)} row={current} acts={acts} onClose={() => show(null)} />;
  return (
    <WithSide side={side}>
      <Page title={title} fill>
        {children}
        {groups.length > 0 && <Groups groups={groups} all={left.length} more={more} step={group?.step ?? null} onChoose={choose} />}
        <SelectionBar selection={selection} onClear={() => select(new Set())}>
          {acts.can && (
            <>
              <Button size="sm" look="primary" busy={acts.progress !== null} onClick={() => acts.start("approve", chosen)}>{say.approveMany(selection.size)}</Button>
              <Button size="sm" busy={acts.progress !== null} onClick={() => acts.start("refuse", chosen)}>{say.rejectMany(selection.size)}</Button>
            </>
          )}
        </SelectionBar>
        {acts.progress && acts.progress.all > 1 && <p role="status" className="num mb-2 text-sm text-muted">{say.working(acts.progress.done, acts.progress.all)}</p>}
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<Approval>
            label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => { read(false); show(idOf(row)); }} current={open} selection={selection} onSelect={select}
            empty={<Empty icon={<BadgeCheck />} title={say.emptyTitle}>{say.emptyText}</Empty>}
          />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : say.loaded(rows.rows.length, rows.more)}</footer>
        </div>
        {acts.dialog}
      </Page>
    </WithSide>
  );
}

/** What waits by step, with counts and sums: pressing one shows its rows, and some of its letters beside them. */
function Groups({ groups, all, more, step, onChoose }: { groups: readonly Group<Approval>[]; all: number; more: boolean; step: string | null; onChoose: (step: string | null) => void }) {
  const say = useWords(approvalWords);
  const tells = useWords(telling);
  const format = useFormats();
  const look = (chosen: boolean) => cx("flex min-w-36 shrink-0 flex-col items-start rounded-lg border px-3 py-1.5 text-left hover:border-faint", chosen ? "border-accent bg-active" : "border-line bg-surface");
  return (
    <div role="group" aria-label={say.groups} className="scrollbar-thin -mx-1 mb-2 flex shrink-0 gap-2 overflow-x-auto p-1">
      <button type="button" aria-pressed={step === null} onClick={() => onChoose(null)} className={look(step === null)}>
        <span className="font-medium">{say.everything}</span>
        <span className="num text-sm text-muted">{format.number(all)}{more && "+"}</span>
      </button>
      {groups.map((group) => (
        <button key={group.step} type="button" aria-pressed={group.step === step} onClick={() => onChoose(group.step === step ? null : group.step)} className={look(group.step === step)}>
          <span className="max-w-48 truncate font-medium">{stepName(group.step, tells)}</span>
          <span className="num flex gap-2 text-sm text-muted">{format.number(group.rows.length)}{group.sums.slice(0, 2).map((sum) => <Money key={sum.currency} value={sum} />)}</span>
        </button>
      ))}
    </div>
  );
}

function What({ verb, step }: { verb: string | undefined; step: string }) {
  return <span>{verb ?? step} {verb && <span className="rounded-sm bg-active px-1 text-xs text-muted">{step}</span>}</span>;
}
