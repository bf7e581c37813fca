import { Badge, cx, type Tone } from "../../ui";
import { enums, useWords } from "../../words";
import { daysBetween } from "./days";
import { words } from "./words";

export const STATUS_TONES: Record<string, Tone> = { open: "info", paid: "good", void: "neutral", written_off: "bad", assigned: "warn" };

export function StatusBadge({ status }: { status: string }) {
  const names = useWords(enums).receivable;
  return <Badge tone={STATUS_TONES[status] ?? "neutral"}>{names?.[status] ?? status}</Badge>;
}

/** How late an open one is on the company's day, by its due date as written. */
export function Late({ status, dueOn, today, long }: { status: string; dueOn: string; today: string; long?: boolean }) {
  const say = useWords(words);
  if (status !== "open") return <span className="text-muted">–</span>;
  const late = daysBetween(dueOn, today);
  if (late <= 0) return long || late === 0 ? <span className="text-muted">{say.dueIn(-late)}</span> : <span className="text-muted">–</span>;
  return <span className={cx("num", late > 90 ? "font-medium text-bad" : late > 30 ? "text-bad" : "text-warn")}>{say.lateDays(late)}</span>;
}

/** The name of a customer with its code; the code alone where nobody may know the name, or there is none any more. */
export function CustomerName({ name, code }: { name: string | null | undefined; code: string }) {
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      {name && <span className="truncate">{name}</span>}
      <span className={cx("shrink-0 truncate", name ? "text-sm text-muted" : "text-ink")}>{code}</span>
    </span>
  );
}

/** What holds something still. */
export function Held({ causes }: { causes: readonly string[] }) {
  const names = useWords(words).cause;
  return <span className="flex gap-1">{causes.map((cause) => <Badge key={cause} tone="warn">{names[cause] ?? cause}</Badge>)}</span>;
}
