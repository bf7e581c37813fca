import { Undo2 } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useShortcut } from "../../app/shortcuts";
import { WithSide } from "../../app/side";
import { Badge, type Column, DataTable, Day, Empty, Money, Page, type Tone, useRows } from "../../ui";
import { useWords } from "../../words";
import { CustomerCell } from "../messages/columns";
import { Side } from "../receivables/panel/side";
import { MoneyParts } from "./head";
import { words } from "./words";

type Row = Schemas["Refund"];
const KINDS: Record<string, Tone> = { refund: "neutral", chargeback: "bad", dispute_won: "good" };
const STANDS: Record<string, Tone> = { ordered: "info", sending: "info", pending: "info", unknown: "warn", done: "good", refused: "bad" };

export default function DisputesPart() {
  const say = useWords(words);
  const [open, show] = useState<Row | null>(null);
  useShortcut("Escape", () => show(null), open !== null);
  const rows = useRows<Row>([...keys.payments, "refunds"], (cursor, signal) => answer(api.GET("/v1/refunds", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "on", head: say.countsOn, width: 120, cell: (row) => <Day value={row.counts_on} /> },
      { id: "kind", head: say.kindHead, width: 130, cell: (row) => <Badge tone={KINDS[row.kind] ?? "neutral"}>{say.kind[row.kind] ?? row.kind}</Badge> },
      { id: "customer", head: say.customer, width: 200, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "receivable", head: say.receivable, width: 130, cell: (row) => <span className="num">{row.receivable_external_id}</span> },
      { id: "amount", head: say.amount, width: 130, right: true, cell: (row) => <Money value={row.amount} /> },
      { id: "status", head: say.status, width: 150, cell: (row) => <Badge tone={STANDS[row.status] ?? "neutral"}>{say.refundStatus[row.status] ?? row.status}</Badge> },
      { id: "said", head: say.said, width: 160, grow: 1, cell: (row) => <span className="text-muted" title={row.said ?? undefined}>{row.said ?? row.gateway}</span> },
    ],
    [say],
  );
  return (
    <WithSide side={open && <Side id={open.receivable} onClose={() => show(null)} />}>
      <Page title={say.title} fill>
        <MoneyParts open="disputes" />
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Row> label={say.refundsList} columns={columns} rows={rows} rowId={(row) => row.id} onOpen={show} current={open?.id} empty={<Empty icon={<Undo2 />} title={say.refundsEmpty}>{say.refundsEmptyText}</Empty>} />
        </div>
      </Page>
    </WithSide>
  );
}
