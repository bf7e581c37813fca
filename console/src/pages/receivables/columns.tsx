import { useCallback, useMemo, useState } from "react";
import { type Column, Day } from "../../ui";
import { enums, useFormats, useWords } from "../../words";
import { type ColumnId, columnIds, readColumns, SHIPPED, STORED } from "./columns-ids";
import type { ReceivableRow } from "./data";
import { CustomerName, Held, Late, StatusBadge } from "./labels";
import { words } from "./words";

/** Which columns are shown; kept in this browser. */
export function useColumnChoice() {
  const [shown, set] = useState(() => readColumns(localStorage.getItem(STORED)));
  const choose = useCallback((next: ColumnId[] | null) => {
    if (next) localStorage.setItem(STORED, next.join(","));
    else localStorage.removeItem(STORED);
    set(next ?? [...SHIPPED]);
  }, []);
  const toggle = useCallback(
    (id: ColumnId) => {
      const next = columnIds.filter((one) => (one === id ? !shown.includes(id) : shown.includes(one)));
      if (next.length > 0) choose(next);
    },
    [shown, choose],
  );
  /** Those of a saved view; none means those that ship. */
  const show = useCallback((wanted: readonly string[]) => {
    const known = columnIds.filter((id) => wanted.includes(id));
    choose(known.length > 0 ? known : null);
  }, [choose]);
  return { shown, toggle, show, reset: useCallback(() => choose(null), [choose]) };
}
export type ColumnChoice = ReturnType<typeof useColumnChoice>;

export function useColumns(shown: readonly ColumnId[], today: string, withCustomer: boolean): Column<ReceivableRow>[] {
  const say = useWords(words);
  const methods = useWords(enums).method;
  const format = useFormats();
  return useMemo(() => {
    const all: Record<ColumnId, Column<ReceivableRow>> = {
      number: { id: "number", head: say.number, width: 120, cell: (row) => <span className="font-medium">{row.external_id}</span> },
      customer: { id: "customer", head: say.customer, width: 200, grow: 1, cell: (row) => <CustomerName name={row.customer_name} code={row.customer_external_id} /> },
      status: { id: "status", head: say.status, width: 136, cell: (row) => <StatusBadge status={row.status} /> },
      due: { id: "due", head: say.due, width: 120, sort: "due_on", cell: (row) => <Day value={row.due_on} /> },
      late: { id: "late", head: say.late, width: 96, right: true, cell: (row) => <Late status={row.status} dueOn={row.due_on} today={today} /> },
      amount: { id: "amount", head: say.amount, width: 124, right: true, cell: (row) => <span className="text-muted">{format.money(row.amount)}</span> },
      balance: { id: "balance", head: say.balance, width: 124, right: true, sort: "balance", cell: (row) => <span className={/[1-9]/.test(row.balance.amount) ? "font-medium" : "text-muted"}>{format.money(row.balance)}</span> },
      total: { id: "total", head: say.total, width: 124, right: true, cell: (row) => (row.due ? <span className="font-medium">{format.money(row.due)}</span> : <span className="text-muted">–</span>) },
      held: { id: "held", head: say.held, width: 150, cell: (row) => <Held causes={row.held_for} /> },
      issued: { id: "issued", head: say.issued, width: 120, cell: (row) => <Day value={row.issued_on} className="text-muted" /> },
      method: { id: "method", head: say.method, width: 120, cell: (row) => (row.method ? <span className="text-muted">{methods?.[row.method] ?? row.method}</span> : <span className="text-muted">–</span>) },
      entered: { id: "entered", head: say.entered, width: 120, sort: "newest", cell: (row) => <Day value={row.entered_at.slice(0, 10)} className="text-muted" /> },
      closed: { id: "closed", head: say.closed, width: 120, cell: (row) => <Day value={row.closed_at?.slice(0, 10)} className="text-muted" /> },
    };
    return shown.filter((id) => withCustomer || id !== "customer").map((id) => all[id]);
  }, [shown, say, methods, format, today, withCustomer]);
}
