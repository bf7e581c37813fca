import { MailCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { WithSide } from "../../app/side";
import { Badge, type Column, DataTable, Empty, Moment, Page, SelectionBar, useRows } from "../../ui";
import { enums, useWords } from "../../words";
import { STATUS_TONES } from "./data";
import { MessagesParts } from "./head";
import { MessagePanel } from "./panel";
import { outcomes, Settle } from "./settle";
import { words } from "./words";

type Row = Schemas["MessageThatNeedsAPerson"];

export default function NeedPart() {
  const say = useWords(words);
  return (
    <NeedList title={say.title}>
      <MessagesParts open="need" />
    </NeedList>
  );
}

/** Messages that failed or of which nobody knows; also shown among the work. */
export function NeedList({ title, children }: { title: string; children: React.ReactNode }) {
  const say = useWords(words);
  const { channel } = useWords(enums);
  const [open, show] = useState<string | null>(null);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows<Row>([...keys.messages, "need"], (cursor, signal) => answer(api.GET("/v1/reports/messages-in-need", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "when", head: say.when, width: 150, cell: (row) => <Moment value={row.decided_at} className="text-muted" /> },
      { id: "customer", head: say.customer, width: 140, grow: 1, cell: (row) => <span className="font-medium">{row.customer_external_id}</span> },
      { id: "channel", head: say.channel, width: 120, cell: (row) => channel?.[row.channel ?? row.channels[0] ?? ""] ?? row.channel },
      { id: "status", head: say.status, width: 150, cell: (row) => <Badge tone={STATUS_TONES[row.status] ?? "neutral"}>{say.statuses[row.status] ?? row.status}</Badge> },
      { id: "tries", head: say.tries, width: 100, right: true, cell: (row) => row.tries },
      { id: "reply", head: say.reply, width: 220, grow: 2, cell: (row) => <span className="text-muted" title={row.reply ?? undefined}>{row.reply}</span> },
    ],
    [say, channel],
  );
  const chosen = rows.rows.filter((row) => selection.has(row.id));
  // Of a mixed selection only what fits all of them.
  const status = chosen.length > 0 && chosen.every((row) => outcomes(row.status).length > 1) ? "unknown" : "failed";
  return (
    <WithSide side={open && <MessagePanel key={open} id={open} onClose={() => show(null)} />}>
      <Page title={title} fill>
        {children}
        <SelectionBar selection={selection} onClear={() => select(new Set())}>
          <Settle ids={[...selection]} status={status} onDone={() => { select(new Set()); rows.reload(); }} />
        </SelectionBar>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Row>
            label={say.needTitle} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open} selection={selection} onSelect={select}
            empty={<Empty icon={<MailCheck />} title={say.needEmpty}>{say.needEmptyText}</Empty>}
          />
        </div>
      </Page>
    </WithSide>
  );
}

const idOf = (row: Row) => row.id;
