import { useMemo } from "react";
import { Badge, type Column, Money, Moment } from "../../../ui";
import { useWords } from "../../../words";
import { telling } from "../../customers/telling/words";
import { CustomerCell } from "../../messages/columns";
import { panelWords } from "../../receivables/panel/words";
import { CHARGE_TONES, type Charge } from "./data";
import { retryWords } from "./words";

/** Why an attempt failed, in the reader's words. */
export function useReason(): (charge: Charge) => string {
  const { declines } = useWords(telling);
  return (charge) => (charge.reason ? (declines[charge.reason.replaceAll("_", " ")] ?? charge.reason) : (charge.said ?? ""));
}

export function useChargeColumns(): Column<Charge>[] {
  const say = useWords(retryWords);
  const names = useWords(panelWords);
  const { declines } = useWords(telling);
  return useMemo(
    () => [
      { id: "when", head: say.when, width: 150, cell: (row) => <Moment value={row.ordered_at} className="text-muted" /> },
      { id: "customer", head: say.customer, width: 190, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "receivable", head: say.receivable, width: 120, cell: (row) => <span className="num">{row.receivable_external_id}</span> },
      { id: "amount", head: say.amount, width: 130, right: true, cell: (row) => <Money value={row.amount} /> },
      { id: "status", head: say.status, width: 150, cell: (row) => <Badge tone={CHARGE_TONES[row.status] ?? "neutral"}>{names.charge[row.status] ?? row.status}</Badge> },
      { id: "why", head: say.why, width: 170, grow: 1, cell: (row) => <span className="text-muted">{row.reason ? (declines[row.reason.replaceAll("_", " ")] ?? row.reason) : row.said}</span> },
      { id: "trigger", head: say.trigger, width: 150, cell: (row) => <span className="text-muted">{names.trigger[row.trigger] ?? row.trigger}{row.retry > 0 && `, ${say.retryN(row.retry + 1)}`}</span> },
    ],
    [say, names, declines],
  );
}
