import { useMemo } from "react";
import { Badge, type Column, Moment } from "../../ui";
import { enums, useWords } from "../../words";
import { useName } from "../receivables/names";
import { type MessageRow, STATUS_TONES } from "./data";
import { words } from "./words";

export function useMessageColumns(): Column<MessageRow>[] {
  const say = useWords(words);
  const { channel, mode } = useWords(enums);
  return useMemo(
    () => [
      { id: "when", head: say.when, width: 150, cell: (row) => <Moment value={row.decided_at} className="text-muted" /> },
      { id: "customer", head: say.customer, width: 200, grow: 2, cell: (row) => <CustomerCell id={row.customer} code={row.customer_external_id} /> },
      { id: "channel", head: say.channel, width: 120, cell: (row) => { const one = row.channel ?? row.channels[0] ?? ""; return channel?.[one] ?? one; } },
      { id: "tone", head: say.tone, width: 90, cell: (row) => <span className="text-muted">{say.tones[row.tone] ?? row.tone}</span> },
      { id: "class", head: say.kind, width: 110, cell: (row) => <span className="text-muted">{say.classes[row.class] ?? row.class}</span> },
      {
        id: "status", head: say.status, width: 190,
        cell: (row) => (
          <span className="flex gap-1">
            <Badge tone={STATUS_TONES[row.status] ?? "neutral"}>{say.statuses[row.status] ?? row.status}</Badge>
            {row.mode !== "live" && <Badge>{mode?.[row.mode] ?? row.mode}</Badge>}
          </span>
        ),
      },
      { id: "reply", head: say.reply, width: 140, grow: 1, cell: (row) => <span className="text-muted" title={row.reply ?? undefined}>{row.reply === "captured" ? "" : row.reply}</span> },
    ],
    [say, channel, mode],
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
