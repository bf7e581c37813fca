import type { ReactNode } from "react";
import { cx } from "./cx";
import type { Tone } from "./badge";

export type TimelineItem = { id: string; icon: ReactNode; tone?: Tone; title: ReactNode; when: ReactNode; body?: ReactNode };
const TONES: Record<Tone, string> = { neutral: "text-faint", good: "text-good", warn: "text-warn", bad: "text-bad", info: "text-info", accent: "text-accent" };

/** What happened, the newest first, along a line. */
export function Timeline({ items, label }: { items: readonly TimelineItem[]; label: string }) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {items.map((item, at) => (
        <li key={item.id} className="relative flex gap-3 pb-4">
          {at < items.length - 1 && <span aria-hidden className="absolute top-7 bottom-0 left-3.5 w-px bg-line" />}
          <span aria-hidden className={cx("flex size-7 shrink-0 items-center justify-center rounded-full border border-line bg-surface [&_svg]:size-3.5", TONES[item.tone ?? "neutral"])}>{item.icon}</span>
          <div className="min-w-0 flex-1 pt-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <div className="min-w-0">{item.title}</div>
              <div className="num text-sm text-faint">{item.when}</div>
            </div>
            {item.body && <div className="mt-1 text-sm text-muted">{item.body}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
