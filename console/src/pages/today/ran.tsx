import { Moon } from "lucide-react";
import { Card, cx, Empty, Failed, SkeletonRows } from "../../ui";
import { enums, useFormats, useWords } from "../../words";
import { type SentMessage, useLastDay } from "./data";
import { words } from "./words";

const TONES: Record<string, string> = { sent: "bg-good", queued: "bg-line-strong", sending: "bg-info", failed: "bg-bad", unknown: "bg-warn", cancelled: "bg-faint", shadow: "bg-line-strong" };
const ORDER = ["sent", "shadow", "sending", "queued", "unknown", "failed", "cancelled"];

/** Messages of the last day by channel, each a bar of what became of them. */
export function Ran() {
  const say = useWords(words);
  const channels = useWords(enums).channel;
  const format = useFormats();
  const { data, isPending, fetchStatus, error } = useLastDay();
  if (isPending && fetchStatus === "idle") return null;
  const rows = [...gather(data?.items ?? [])].sort((a, b) => b[1].total - a[1].total);
  const most = Math.max(1, ...rows.map(([, row]) => row.total));
  return (
    <Card title={say.ran} description={say.ranSpan}>
      {isPending ? (
        <SkeletonRows rows={3} />
      ) : error ? (
        <Failed error={error} />
      ) : rows.length === 0 ? (
        <Empty icon={<Moon />} title={say.ranNothing} className="py-6">{say.ranNothingText}</Empty>
      ) : (
        <ul className="flex flex-col gap-3">
          {rows.map(([channel, row]) => (
            <li key={channel}>
              <div className="flex items-baseline justify-between gap-3">
                <span className="font-medium">{channels?.[channel] ?? channel}</span>
                <span className="num text-sm text-muted">
                  {ORDER.filter((status) => row.by[status]).map((status) => `${format.number(row.by[status] ?? 0)} ${say.status[status]}`).join(" · ")}
                </span>
              </div>
              <div aria-hidden className="mt-1.5 flex h-1.5 gap-px overflow-hidden rounded-full" style={{ width: `${Math.max(4, (row.total / most) * 100)}%` }}>
                {ORDER.filter((status) => row.by[status]).map((status) => <span key={status} className={cx("h-full", TONES[status])} style={{ flexGrow: row.by[status] }} />)}
              </div>
            </li>
          ))}
          {data?.capped && <li className="text-sm text-muted">{say.capped(format.number(data.items.length))}</li>}
        </ul>
      )}
    </Card>
  );
}

function gather(messages: readonly SentMessage[]) {
  const found = new Map<string, { total: number; by: Record<string, number> }>();
  for (const message of messages) {
    const channel = message.channel ?? message.channels[0] ?? "email";
    const row = found.get(channel) ?? { total: 0, by: {} };
    row.total += 1;
    row.by[message.status] = (row.by[message.status] ?? 0) + 1;
    found.set(channel, row);
  }
  return found;
}
