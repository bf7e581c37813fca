import { UserCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { usePageKey } from "../../../app/page-key";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Ago, Badge, Button, type Column, DataTable, Empty, Money, Page, Segments, SelectionBar, type Tone, useRows } from "../../../ui";
import { useWords } from "../../../words";
import { operationName } from "../../receivables/acts/held";
import { actWords } from "../../receivables/acts/words";
import { WorkParts } from "../head";
import { words } from "../words";
import { HeldPanel } from "./panel";
import { type HeldAct, useHeldActs } from "./use-acts";
import { heldWords } from "./words";

const STATES = ["waiting", "done", "refused", "expired"] as const;
export const HELD_TONES: Record<string, Tone> = { waiting: "warn", running: "info", done: "good", refused: "bad", expired: "neutral" };

export default function HeldWork() {
  const say = useWords(heldWords);
  const page = useWords(words);
  const acts = useWords(actWords);
  const [state, setState] = useState<(typeof STATES)[number]>("waiting");
  const [open, show] = useState<string | null>(null);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows<HeldAct>([...keys.heldActs, "list", state], (cursor, signal) => answer(api.GET("/v1/held-acts", { params: { query: { state, cursor, limit: 200 } }, signal })));
  const current = rows.rows.find((row) => row.id === open);
  const held = useHeldActs(() => {
    select(new Set());
    show(null);
    rows.reload();
  });
  const chosen = selection.size > 0 ? rows.rows.filter((row) => selection.has(row.id)) : current ? [current] : [];
  usePageKey("a", () => held.start("approve", chosen));
  usePageKey("r", () => held.start("refuse", chosen));
  usePageKeys(say.keys);
  const columns = useMemo<Column<HeldAct>[]>(
    () => [
      { id: "what", head: say.what, width: 190, grow: 1, cell: (row) => <span className="font-medium">{operationName(row.operation, acts)}</span> },
      { id: "stake", head: say.stake, width: 130, right: true, cell: (row) => <Money value={row.stake} /> },
      { id: "by", head: say.by, width: 160, grow: 1, cell: (row) => (row.own ? say.you : row.asked_by.replace(/ \(.*\)$/, "")) },
      { id: "reason", head: say.reason, width: 200, grow: 2, cell: (row) => <span className="text-muted" title={row.reason ?? undefined}>{row.reason}</span> },
      { id: "asked", head: say.asked, width: 130, cell: (row) => <Ago value={row.created_at} className="text-muted" /> },
      state === "waiting"
        ? { id: "expires", head: say.expires, width: 120, cell: (row) => <Ago value={row.expires_at} className="text-muted" /> }
        : { id: "state", head: page.part.held, width: 120, cell: (row) => <Badge tone={HELD_TONES[row.state] ?? "neutral"}>{say.state[row.state] ?? row.state}</Badge> },
    ],
    [say, acts, state, page],
  );
  return (
    <WithSide side={current && <HeldPanel key={current.id} act={current} start={held.start} onClose={() => show(null)} />}>
      <Page title={page.title} fill>
        <WorkParts open="held" />
        <div className="mb-2">
          <Segments label={say.show} value={state} onChange={(next) => { setState(next); show(null); select(new Set()); }} choices={STATES.map((value) => ({ value, label: say.states[value] ?? value }))} />
        </div>
        <SelectionBar selection={selection} onClear={() => select(new Set())}>
          <Button size="sm" look="primary" onClick={() => held.start("approve", chosen)}>{say.approveMany(chosen.filter((one) => !one.own).length)}</Button>
          <Button size="sm" onClick={() => held.start("refuse", chosen)}>{say.refuseMany(chosen.length)}</Button>
        </SelectionBar>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<HeldAct>
            label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open}
            selection={state === "waiting" ? selection : undefined} onSelect={state === "waiting" ? select : undefined}
            empty={<Empty icon={<UserCheck />} title={say.emptyTitle}>{state === "waiting" ? say.emptyText : say.noneText}</Empty>}
          />
        </div>
        {held.dialog}
      </Page>
    </WithSide>
  );
}

const idOf = (row: HeldAct) => row.id;
