import { Link } from "@tanstack/react-router";
import { MessageCircle } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { usePageKey } from "../../../app/page-key";
import { useMay } from "../../../app/session";
import { usePageKeys } from "../../../app/shortcuts";
import { SidePanel, WithSide } from "../../../app/side";
import { Ago, Badge, Button, type Column, DataTable, Empty, Facts, Keys, Moment, Page, Segments, SelectionBar, useRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { lifeWords } from "../../customers/life/words";
import { MessageText } from "../../customers/life/message-text";
import { CustomerCell } from "../../messages/columns";
import { WorkParts } from "../head";
import { words } from "../words";
import { askedWords } from "./words";

type Reply = Schemas["CustomerReply"];

export default function RepliesWork() {
  const say = useWords(askedWords);
  const page = useWords(words);
  const life = useWords(lifeWords);
  const { channel } = useWords(enums);
  const may = useMay();
  const [state, setState] = useState<"open" | "all">("open");
  const [open, show] = useState<string | null>(null);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows<Reply>([...keys.replies, "list", state], (cursor, signal) =>
    answer(api.GET("/v1/replies", { params: { query: { status: state === "open" ? "open" : undefined, cursor, limit: 200 } }, signal })),
  );
  const can = may("messages:act");
  const see = useAct({
    run: async (ids: readonly string[]) => {
      for (const id of ids) await answer(api.POST("/v1/replies/{reply}/done", { params: { path: { reply: id } }, body: {} }));
    },
    done: say.seenTold,
    stale: [keys.today, keys.customers],
    onDone: () => {
      select(new Set());
      show(null);
      rows.reload();
    },
  });
  const current = rows.rows.find((row) => row.id === open);
  const chosen = selection.size > 0 ? rows.rows.filter((row) => selection.has(row.id)) : current ? [current] : [];
  const waiting = chosen.filter((row) => row.status === "open").map((row) => row.id);
  usePageKey("e", () => waiting.length > 0 && see.mutate(waiting), can);
  usePageKeys(say.keysReplies);
  const columns = useMemo<Column<Reply>[]>(
    () => [
      { id: "customer", head: say.customer, width: 200, grow: 1, cell: (row) => (row.customer ? <CustomerCell id={row.customer} code={row.customer_external_id ?? ""} /> : <span className="text-muted">{row.from ?? say.nobody}</span>) },
      { id: "channel", head: say.channel, width: 110, cell: (row) => channel?.[row.channel] ?? row.channel },
      { id: "text", head: say.text, width: 260, grow: 3, cell: (row) => <span className="text-muted">{row.wish && <Badge tone="warn" className="mr-2">{life.wish[row.wish] ?? row.wish}</Badge>}{row.text ?? say.gone}</span> },
      { id: "when", head: say.when, width: 130, cell: (row) => <Ago value={row.received_at} className="text-muted" /> },
    ],
    [say, life, channel],
  );
  return (
    <WithSide
      side={current && (
        <SidePanel
          key={current.id}
          label={say.selectedReply}
          title={current.customer_external_id ?? current.from ?? say.nobody}
          note={channel?.[current.channel] ?? current.channel}
          onClose={() => show(null)}
          footer={
            <>
              {can && current.status === "open" && <Button look="primary" busy={see.isPending} onClick={() => see.mutate([current.id])}>{say.seen}<Keys text="e" /></Button>}
              {current.customer && <Button asChild look="quiet" className="ml-auto"><Link to="/customers/$customer" params={{ customer: current.customer }}>{say.open}</Link></Button>}
            </>
          }
        >
          <div className="flex flex-col gap-5">
            {current.wish && <Badge tone="warn" className="self-start">{life.wish[current.wish] ?? current.wish}</Badge>}
            <blockquote className="border-l-2 border-accent-line pl-3 break-words whitespace-pre-wrap">{current.text ?? say.gone}</blockquote>
            <Facts rows={[current.from && [say.from, current.from], [say.when, <Moment key="w" value={current.received_at} />]]} />
            {current.message && <section><h3 className="font-semibold">{say.ours}</h3><MessageText id={current.message} /></section>}
          </div>
        </SidePanel>
      )}
    >
      <Page title={page.title} fill>
        <WorkParts open="replies" />
        <div className="mb-2">
          <Segments label={say.show} value={state} onChange={(next) => { setState(next); show(null); select(new Set()); }} choices={(["open", "all"] as const).map((value) => ({ value, label: say.states[value] ?? value }))} />
        </div>
        <SelectionBar selection={selection} onClear={() => select(new Set())}>{can && <Button size="sm" look="primary" busy={see.isPending} onClick={() => see.mutate(waiting)}>{say.seenMany}</Button>}</SelectionBar>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<Reply>
            label={say.replies} columns={columns} rows={rows} rowId={(row) => row.id} onOpen={(row) => show(row.id)} current={open} selection={can ? selection : undefined} onSelect={can ? select : undefined}
            empty={<Empty icon={<MessageCircle />} title={say.repliesEmpty}>{say.repliesEmptyText}</Empty>}
          />
        </div>
      </Page>
    </WithSide>
  );
}
