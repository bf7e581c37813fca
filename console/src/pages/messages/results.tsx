import { MailCheck } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { WithSide } from "../../app/side";
import { DataTable, Empty, Page, Segments, useRows } from "../../ui";
import { useWords } from "../../words";
import { useMessageColumns } from "./columns";
import type { MessageRow } from "./data";
import { MessagesParts } from "./head";
import { MessagePanel } from "./panel";
import { Results } from "./strip";
import { words } from "./words";

const STATUSES = ["any", "queued", "sent", "failed", "unknown", "cancelled"] as const;

export default function ResultsPart() {
  const say = useWords(words);
  const [status, setStatus] = useState<(typeof STATUSES)[number]>("any");
  const [open, show] = useState<string | null>(null);
  const rows = useRows<MessageRow>([...keys.messages, "list", status], (cursor, signal) =>
    answer(api.GET("/v1/messages", { params: { query: { status: status === "any" ? undefined : status, cursor, limit: 200 } }, signal })),
  );
  const columns = useMessageColumns();
  const empty = status === "any" ? <Empty icon={<MailCheck />} title={say.emptyTitle}>{say.emptyText}</Empty> : <Empty icon={<MailCheck />} title={say.noneTitle}>{say.noneText}</Empty>;
  return (
    <WithSide side={open && <MessagePanel key={open} id={open} customer={rows.rows.find((row) => row.id === open)?.customer} onClose={() => show(null)} />}>
      <Page title={say.title} fill>
        <MessagesParts open="results" />
        <Results />
        <div className="mb-2 max-sm:overflow-x-auto">
          <Segments label={say.statusLabel} value={status} onChange={(next) => { show(null); setStatus(next); }} choices={STATUSES.map((value) => ({ value, label: value === "any" ? say.any : (say.statuses[value] ?? value) }))} />
        </div>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<MessageRow> label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open} empty={empty} />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : say.loaded(rows.rows.length, rows.more)}</footer>
        </div>
      </Page>
    </WithSide>
  );
}

const idOf = (row: MessageRow) => row.id;
