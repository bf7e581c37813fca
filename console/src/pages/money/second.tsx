import { CopyCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useShortcut } from "../../app/shortcuts";
import { WithSide } from "../../app/side";
import { Badge, type Column, DataTable, Day, Empty, Money, Page, type Tone, useRows } from "../../ui";
import { enums, useWords } from "../../words";
import { CustomerCell } from "../messages/columns";
import { Side } from "../receivables/panel/side";
import { MoneyParts } from "./head";
import { words } from "./words";

type Row = Schemas["SecondPayment"];
const TONES: Record<string, Tone> = { kept: "warn", credited: "info", refunding: "info", refunded: "good", charged_back: "bad" };
const idOf = (row: Row) => `${row.gateway} ${row.reference}`;

export default function SecondPart() {
  const say = useWords(words);
  const { method } = useWords(enums);
  const [open, show] = useState<Row | null>(null);
  useShortcut("Escape", () => show(null), open !== null);
  const rows = useRows<Row>([...keys.payments, "second"], (cursor, signal) => answer(api.GET("/v1/second-payments", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "paid", head: say.paidOn, width: 120, cell: (row) => <Day value={row.paid_on} /> },
      { id: "customer", head: say.customer, width: 200, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "receivable", head: say.receivable, width: 130, cell: (row) => <span className="num">{row.receivable_external_id}</span> },
      { id: "amount", head: say.amount, width: 130, right: true, cell: (row) => <Money value={row.amount} /> },
      { id: "fate", head: say.fateHead, width: 150, cell: (row) => <Badge tone={TONES[row.fate] ?? "neutral"}>{say.fate[row.fate] ?? row.fate}</Badge> },
      { id: "returned", head: say.returned, width: 130, right: true, cell: (row) => <Money value={row.returned} className="text-muted" /> },
      { id: "by", head: say.method, width: 160, grow: 1, cell: (row) => <span className="text-muted">{method?.[row.rail] ?? row.rail} · {row.gateway}</span> },
    ],
    [say, method],
  );
  return (
    <WithSide side={open && <Side id={open.receivable} onClose={() => show(null)} />}>
      <Page title={say.title} fill>
        <MoneyParts open="second" />
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Row> label={say.secondList} columns={columns} rows={rows} rowId={idOf} onOpen={show} current={open && idOf(open)} empty={<Empty icon={<CopyCheck />} title={say.secondEmpty}>{say.secondEmptyText}</Empty>} />
        </div>
      </Page>
    </WithSide>
  );
}
