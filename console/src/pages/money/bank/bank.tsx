import { Landmark } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";
import { usePageKeys } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Badge, type Column, DataTable, Day, Empty, Money, Page, useRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { MoneyParts } from "../head";
import { words } from "../words";
import { LinePanel } from "./panel";
import { ReadFile } from "./read-file";
import { Sums } from "./sums";
import type { Line } from "./use-acts";
import { bankWords } from "./words";

const idOf = (row: Line) => row.id;

/** Lines of the bank that do not say by themselves what they pay. */
export default function BankPart() {
  const say = useWords(bankWords);
  const page = useWords(words);
  const format = useFormats();
  const may = useMay();
  const [open, show] = useState<string | null>(null);
  const rows = useRows<Line>([...keys.bank, "lines"], (cursor, signal) => answer(api.GET("/v1/bank-lines", { params: { query: { cursor, limit: 200 } }, signal })));
  usePageKeys(say.keys);
  const at = rows.rows.findIndex((row) => row.id === open);
  const current = rows.rows[at];
  /** The line is done with: the next one comes to its place. */
  const next = () => {
    show(rows.rows[at + 1]?.id ?? rows.rows[at - 1]?.id ?? null);
    rows.reload();
  };
  const columns = useMemo<Column<Line>[]>(
    () => [
      { id: "day", head: say.day, width: 120, cell: (row) => <Day value={row.posted_on} /> },
      { id: "amount", head: say.amount, width: 130, right: true, cell: (row) => <Money value={row.told?.amount} className="font-medium" /> },
      { id: "text", head: say.text, width: 240, grow: 2, cell: (row) => <span title={row.told?.text ?? undefined}>{row.told?.payer_name && <span className="mr-2 font-medium">{row.told.payer_name}</span>}{row.told?.text}</span> },
      {
        id: "maybe", head: say.maybe, width: 190, grow: 1,
        cell: (row) => {
          const [first] = row.suggestions;
          return first ? <span className="flex items-center gap-2"><span className="num">{first.receivable_external_id}</span><Badge tone={first.percent >= 80 ? "good" : "info"}>{format.percent(first.percent / 100)}</Badge></span> : <span className="text-muted">{say.whys[row.why] ?? row.why}</span>;
        },
      },
      { id: "account", head: say.account, width: 120, cell: (row) => <span className="text-muted">{row.account}</span> },
    ],
    [say, format],
  );
  return (
    <WithSide side={current && <LinePanel key={current.id} line={current} onClose={() => show(null)} onDone={next} />}>
      <Page title={page.title} fill actions={may("bank:act") && <ReadFile onDone={rows.reload} />}>
        <MoneyParts open="bank" />
        <Sums />
        <div className="-mx-6 flex min-h-0 flex-1 flex-col max-sm:-mx-4">
          <DataTable<Line> label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open} empty={<Empty icon={<Landmark />} title={say.empty}>{say.emptyText}</Empty>} />
        </div>
      </Page>
    </WithSide>
  );
}
