import { BadgeCheck } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { usePageKey } from "../../../app/page-key";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Ago, Button, type Column, DataTable, Empty, Money, Page, type Rows, SelectionBar, useRows } from "../../../ui";
import { useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { words as policyWords } from "../../policy/words";
import { CustomerCell } from "../columns";
import { type Approval, idOf, useMeanings } from "./data";
import { ApprovalPanel } from "./panel";
import { useApprovalActs } from "./use-acts";
import { approvalWords } from "./words";

/** Steps that wait for a person: looked at one by one, released or refused alone or together. */
export function ApprovalQueue({ title, children }: { title: string; children: ReactNode }) {
  const say = useWords(approvalWords);
  const tells = useWords(telling);
  const { verbs } = useWords(policyWords);
  const [open, show] = useState<string | null>(null);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const listed = useRows<Approval>([...keys.approvals, "list"], (cursor, signal) => answer(api.GET("/v1/approvals", { params: { query: { cursor, limit: 200 } }, signal })));
  // A page may hold nothing and not be the last: until one does, it is still being read. What was just decided is gone at once.
  const rows: Rows<Approval> = useMemo(() => {
    const left = listed.rows.filter((row) => !gone.has(idOf(row)));
    return { ...listed, rows: left, loading: listed.loading || (left.length === 0 && listed.more) };
  }, [listed, gone]);
  const meanings = useMeanings().data;
  const at = rows.rows.findIndex((row) => idOf(row) === open);
  const current = rows.rows[at];
  const acts = useApprovalActs(meanings, (done) => {
    const ids = new Set(done.map(idOf));
    if (open && ids.has(open)) {
      const next = rows.rows.slice(at + 1).find((row) => !ids.has(idOf(row))) ?? rows.rows.slice(0, at).findLast((row) => !ids.has(idOf(row)));
      show(next ? idOf(next) : null);
    }
    setGone(new Set([...gone, ...ids]));
    select(new Set());
  });
  const chosen = selection.size > 0 ? rows.rows.filter((row) => selection.has(idOf(row))) : current ? [current] : [];
  usePageKey("a", () => acts.start("approve", chosen), acts.can);
  usePageKey("r", () => acts.start("reject", chosen), acts.can);
  usePageKeys(say.keys);
  const columns = useMemo<Column<Approval>[]>(
    () => [
      { id: "customer", head: say.customer, width: 180, grow: 2, cell: (row) => <CustomerCell id={row.customer_external_id} code={row.customer_external_id} /> },
      { id: "receivable", head: say.receivable, width: 130, cell: (row) => <span className="num">{row.receivable_external_id}</span> },
      { id: "what", head: say.what, width: 200, grow: 1, cell: (row) => <What verb={verbs[meanings?.of(row.step)?.verb ?? ""]} step={stepName(row.step, tells)} /> },
      { id: "due", head: say.due, width: 130, right: true, cell: (row) => <Money value={row.due} /> },
      { id: "since", head: say.since, width: 140, cell: (row) => <Ago value={row.since} className="text-muted" /> },
    ],
    [say, verbs, tells, meanings],
  );
  return (
    <WithSide side={current && <ApprovalPanel key={idOf(current)} row={current} acts={acts} onClose={() => show(null)} />}>
      <Page title={title} fill>
        {children}
        <SelectionBar selection={selection} onClear={() => select(new Set())}>
          {acts.can && (
            <>
              <Button size="sm" look="primary" busy={acts.progress !== null} onClick={() => acts.start("approve", chosen)}>{say.approveMany(selection.size)}</Button>
              <Button size="sm" busy={acts.progress !== null} onClick={() => acts.start("reject", chosen)}>{say.rejectMany(selection.size)}</Button>
            </>
          )}
          {acts.progress && <span role="status" className="num text-sm text-muted">{say.working(acts.progress.done, acts.progress.all)}</span>}
        </SelectionBar>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Approval>
            label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(idOf(row))} current={open} selection={selection} onSelect={select}
            empty={<Empty icon={<BadgeCheck />} title={say.emptyTitle}>{say.emptyText}</Empty>}
          />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : say.loaded(rows.rows.length, rows.more)}</footer>
        </div>
        {acts.dialog}
      </Page>
    </WithSide>
  );
}

function What({ verb, step }: { verb: string | undefined; step: string }) {
  return <span>{verb ?? step} {verb && <span className="rounded-sm bg-active px-1 text-xs text-muted">{step}</span>}</span>;
}
