import { Badge, cx, type Tone } from "../../ui";
import { enums, useWords } from "../../words";
import { daysBetween } from "./days";
import { useName } from "./names";
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

/** The name of a customer with its code; the code alone until the name is known. */
export function CustomerName({ id, code }: { id: string; code: string }) {
  const say = useWords(words);
  const known = useName(id);
  const name = known && (known.erased ? say.erased : (known.name ?? say.unnamed));
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      {name && <span className={cx("truncate", known.erased || !known.name ? "text-muted" : undefined)}>{name}</span>}
      <span className={cx("shrink-0 truncate", name ? "text-sm text-muted" : "text-ink")}>{code}</span>
    </span>
  );
}
