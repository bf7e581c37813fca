import { Link } from "@tanstack/react-router";
import { BookOpenText } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { useShortcut } from "../../../app/shortcuts";
import { DataTable, Empty, useRows } from "../../../ui";
import { useWords } from "../../../words";
import { nextSort, type Sort } from "../../receivables/filters";
import { BulkBar } from "../../receivables/bulk/bar";
import { useColumns } from "../../receivables/columns";
import type { ColumnId } from "../../receivables/columns-ids";
import { type ReceivableRow, receivableKeys, useToday } from "../../receivables/data";
import { Side } from "../../receivables/panel/side";
import type { Customer } from "../data";
import { pageWords } from "./words";

const COLUMNS: readonly ColumnId[] = ["number", "due", "late", "amount", "balance", "status", "method"];

/** The receivables of a customer, with the acts that the big list has. */
export function Owed({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  const today = useToday();
  const [sort, setSort] = useState<Sort>("newest");
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const [open, show] = useState<string | null>(null);
  const columns = useColumns(COLUMNS, today, false);
  const query = useMemo(() => ({ customer: customer.id, sort }), [customer.id, sort]);
  const rows = useRows<ReceivableRow>([...receivableKeys.list, query], (cursor, signal) =>
    answer(api.GET("/v1/customers/{customer}/receivables", { params: { path: { customer: customer.id }, query: { sort, cursor, limit: 200 } }, signal })),
  );
  useShortcut("Escape", () => show(null), open !== null);
  return (
    <div className="flex flex-col">
      <BulkBar selection={selection} onSelect={select} today={today} selecting={null} />
      <div className="flex h-[56vh] min-h-80 overflow-hidden rounded-lg border border-line">
        <DataTable<ReceivableRow>
          label={say.tabs.receivables}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          onOpen={(row) => show(row.id)}
          selection={selection}
          onSelect={select}
          sort={sort.startsWith("-") ? { by: sort.slice(1), down: true } : { by: sort, down: sort === "newest" }}
          onSort={(by) => setSort(nextSort(sort, by))}
          empty={<Empty icon={<BookOpenText />} title={say.noReceivables} />}
          current={open}
        />
      </div>
      {open && <Side id={open} over onClose={() => show(null)} />}
      <Link to="/receivables" search={{ customer: customer.external_id }} className="mt-2 self-start text-sm text-accent hover:underline">{say.allReceivables}</Link>
    </div>
  );
}
