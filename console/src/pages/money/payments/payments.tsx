import { Banknote, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { usePageKey } from "../../../app/page-key";
import { useMay } from "../../../app/session";
import { usePageKeys, useShortcut } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Button, type Column, DataTable, Day, Empty, Input, Money, Moment, Page, useRows } from "../../../ui";
import { useWords } from "../../../words";
import { Side } from "../../receivables/panel/side";
import { MoneyParts } from "../head";
import { words } from "../words";
import { EnterPayment } from "./enter";

type Row = Schemas["Payment"];
const idOf = (row: Row) => `${row.receivable} ${row.external_id}`;

export default function PaymentsPart() {
  const say = useWords(words);
  const may = useMay();
  const [open, show] = useState<Row | null>(null);
  const [entering, enter] = useState(false);
  const can = may("money:act");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const span = { known_from: from || undefined, known_until: until || undefined };
  const rows = useRows<Row>([...keys.payments, "list", from, until], (cursor, signal) => answer(api.GET("/v1/payments", { params: { query: { ...span, cursor, limit: 200 } }, signal })));
  usePageKey("n", () => enter(true), can);
  usePageKeys(say.keysPayments);
  useShortcut("Escape", () => show(null), open !== null);
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "paid", head: say.paidOn, width: 130, cell: (row) => <Day value={row.paid_on} /> },
      { id: "receivable", head: say.receivable, width: 150, grow: 1, cell: (row) => <span className="num font-medium">{row.receivable_external_id}</span> },
      { id: "customer", head: say.customer, width: 130, grow: 1, cell: (row) => <span className="num">{row.customer_external_id}</span> },
      { id: "amount", head: say.amount, width: 190, right: true, cell: (row) => (row.amount ? <Money value={row.amount} /> : <span title={say.whole}><Money value={row.billed} /></span>) },
      { id: "known", head: say.knownAt, width: 160, cell: (row) => <Moment value={row.known_at} className="text-muted" /> },
      { id: "source", head: say.source, width: 200, grow: 2, cell: (row) => <span className="text-muted" title={row.external_id}>{row.external_id}</span> },
    ],
    [say],
  );
  return (
    <WithSide side={open && <Side id={open.receivable} onClose={() => show(null)} />}>
      <Page title={say.title} fill actions={can && <Button look="primary" onClick={() => enter(true)}><Plus />{say.enter}</Button>}>
        <MoneyParts open="payments" />
        <div className="mb-3 flex flex-wrap items-center gap-2 text-muted">
          {say.knownBetween}
          <Input type="date" className="w-40!" aria-label={say.knownFrom} max={until || undefined} value={from} onChange={(event) => setFrom(event.target.value)} />
          –
          <Input type="date" className="w-40!" aria-label={say.knownUntil} min={from || undefined} value={until} onChange={(event) => setUntil(event.target.value)} />
        </div>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Row>
            label={say.paymentsList} columns={columns} rows={rows} rowId={idOf} onOpen={show} current={open && idOf(open)}
            empty={<Empty icon={<Banknote />} title={say.paymentsEmpty}>{say.paymentsEmptyText}</Empty>}
          />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : say.loaded(rows.rows.length, rows.more)}</footer>
        </div>
        {entering && <EnterPayment onClose={() => enter(false)} onDone={rows.reload} />}
      </Page>
    </WithSide>
  );
}
