import { Inbox } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, download, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { usePageKey } from "../../../app/page-key";
import { useMay } from "../../../app/session";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { useTellError } from "../../../app/toasts";
import { Ago, Badge, Button, type Column, DataTable, Empty, Keys, Page, Segments, SelectionBar, useRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { lifeWords } from "../../customers/life/words";
import { CustomerCell } from "../../messages/columns";
import { CustomerPanel } from "../customer/panel";
import { WorkParts } from "../head";
import { words } from "../words";
import { askedWords } from "./words";

type Request = Schemas["CustomerRequest"];

/** The words of a form in one line. */
export function wroteOf(request: Request): string {
  return Object.values(request.wrote ?? {}).filter((one) => typeof one === "string" || typeof one === "number").join(" · ");
}

export default function RequestsWork() {
  const say = useWords(askedWords);
  const page = useWords(words);
  const life = useWords(lifeWords);
  const may = useMay();
  const [state, setState] = useState<"open" | "done">("open");
  const [open, show] = useState<string | null>(null);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows<Request>([...keys.customers, "requests", state], (cursor, signal) => answer(api.GET("/v1/customer-requests", { params: { query: { state, cursor, limit: 200 } }, signal })));
  const close = useAct({
    run: async (ids: readonly string[]) => {
      for (const id of ids) await answer(api.POST("/v1/customer-requests/{request}/close", { params: { path: { request: id } } }));
    },
    done: say.doneTold,
    stale: [keys.today],
    onDone: () => {
      select(new Set());
      show(null);
      rows.reload();
    },
  });
  const can = may("customers:act") && state === "open";
  const current = rows.rows.find((row) => row.id === open);
  const chosen = selection.size > 0 ? [...selection] : current ? [current.id] : [];
  usePageKey("e", () => chosen.length > 0 && close.mutate(chosen), can);
  usePageKeys(say.keysRequests);
  const columns = useMemo<Column<Request>[]>(
    () => [
      { id: "customer", head: say.customer, width: 200, grow: 1, cell: (row) => <CustomerCell id={row.customer} code="" /> },
      { id: "asks", head: say.asks, width: 190, cell: (row) => <Badge tone={row.asks === "dispute" || row.asks === "not_me" || row.asks === "erase" ? "warn" : "info"}>{life.asks[row.asks] ?? row.asks}</Badge> },
      { id: "wrote", head: say.wrote, width: 240, grow: 2, cell: (row) => <span className="text-muted">{wroteOf(row)}</span> },
      { id: "when", head: say.when, width: 130, cell: (row) => <Ago value={row.asked_at} className="text-muted" /> },
    ],
    [say, life],
  );
  return (
    <WithSide side={current && <CustomerPanel key={current.id} id={current.customer} first={current.receivable ? [current.receivable] : []} onClose={() => show(null)} />}>
      <Page title={page.title} fill>
        <WorkParts open="requests" />
        <div className="mb-2">
          <Segments label={say.show} value={state} onChange={(next) => { setState(next); show(null); select(new Set()); }} choices={(["open", "done"] as const).map((value) => ({ value, label: say.states[value] ?? value }))} />
        </div>
        <SelectionBar selection={selection} onClear={() => select(new Set())}>{can && <Button size="sm" look="primary" busy={close.isPending} onClick={() => close.mutate(chosen)}>{say.doneMany}</Button>}</SelectionBar>
        {current && <Asked request={current} close={can ? () => close.mutate([current.id]) : undefined} />}
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<Request>
            label={say.requests} columns={columns} rows={rows} rowId={(row) => row.id} onOpen={(row) => show(row.id)} current={open} selection={can ? selection : undefined} onSelect={can ? select : undefined}
            empty={<Empty icon={<Inbox />} title={say.requestsEmpty}>{say.requestsEmptyText}</Empty>}
          />
        </div>
      </Page>
    </WithSide>
  );
}

/** What was asked, in whole, over the list; who asked stands beside it. */
function Asked({ request, close }: { request: Request; close?: () => void }) {
  const say = useWords(askedWords);
  const life = useWords(lifeWords);
  const format = useFormats();
  const tellError = useTellError();
  return (
    <section aria-label={say.selectedRequest} className="mb-2 flex flex-wrap items-start justify-between gap-3 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="min-w-0 flex-1">
        <div className="font-semibold">{life.asks[request.asks] ?? request.asks}</div>
        {request.wrote ? <p className="whitespace-pre-wrap">{wroteOf(request)}</p> : <p className="text-muted">{say.gone}</p>}
        {request.files.map((file) => (
          <Button key={file.id} size="sm" look="quiet" className="-ml-2" onClick={() => void download(`/v1/customer-files/${encodeURIComponent(file.id)}`, `${request.id}.${file.kind === "jpeg" ? "jpg" : file.kind}`).catch(tellError)}>
            {say.file(file.kind.toUpperCase(), `${format.number(Math.ceil(file.bytes / 1024))} kB`)}
          </Button>
        ))}
      </div>
      {close && <Button size="sm" onClick={close}>{say.done}<Keys text="e" /></Button>}
    </section>
  );
}
