import { useMemo } from "react";
import { Badge, type Column, Moment } from "../../ui";
import { enums, useWords } from "../../words";
import { stepName } from "../customers/telling/tell";
import { telling } from "../customers/telling/words";
import { useName } from "../receivables/names";
import { type MessageRow, STATUS_TONES } from "./data";
import { words } from "./words";

export function useMessageColumns(): Column<MessageRow>[] {
  const say = useWords(words);
  const { channel, mode } = useWords(enums);
  const tells = useWords(telling);
  return useMemo(
    () => [
      { id: "when", head: say.when, width: 150, cell: (row) => <Moment value={row.decided_at} className="text-muted" /> },
      { id: "customer", head: say.customer, width: 180, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "step", head: say.step, width: 120, grow: 1, cell: (row) => row.step && <span title={row.step}>{stepName(row.step, tells)}</span> },
      {
        id: "receivables", head: say.receivables, width: 120,
        cell: (row) => <span className="num text-muted" title={row.receivables_external_ids.slice(0, 20).join(", ")}>{row.receivables_external_ids[0]}{row.receivables_external_ids.length > 1 && ` ${say.moreOf(row.receivables_external_ids.length - 1)}`}</span>,
      },
      { id: "channel", head: say.channel, width: 90, cell: (row) => { const one = row.channel ?? row.channels[0] ?? ""; return channel?.[one] ?? one; } },
      { id: "tone", head: say.tone, width: 76, cell: (row) => <span className="text-muted">{say.tones[row.tone] ?? row.tone}</span> },
      {
        id: "status", head: say.status, width: 130,
        cell: (row) => (
          <span className="flex gap-1">
            <Badge tone={STATUS_TONES[row.status] ?? "neutral"}>{say.statuses[row.status] ?? row.status}</Badge>
            {row.mode !== "live" && <Badge>{mode?.[row.mode] ?? row.mode}</Badge>}
          </span>
        ),
      },
      { id: "standing", head: say.standing, width: 100, cell: (row) => row.standing && <Badge tone={row.standing === "failed" ? "bad" : row.standing === "read" || row.standing === "delivered" ? "good" : "neutral"}>{say.reached[row.standing] ?? row.standing}</Badge> },
      { id: "reply", head: say.reply, width: 110, grow: 1, cell: (row) => <span className="text-muted" title={row.reply ?? undefined}>{row.reply === "captured" ? "" : row.reply}</span> },
    ],
    [say, channel, mode, tells],
  );
}

/** The code at once, the name as soon as it is known. */
export function CustomerCell({ id, code }: { id: string; code: string }) {
  const known = useName(id);
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      {known?.name && <span className="truncate font-medium">{known.name}</span>}
      <span className={known?.name ? "text-sm text-muted" : "font-medium"}>{code}</span>
    </span>
  );
}
