import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type Tab = { value: string; label: ReactNode; count?: number; body?: ReactNode };

/** Tabs with their bodies. `value` and `onChange` keep which one is open, so that it can live in the address. */
export function Tabs({ tabs, value, onChange, label, className }: { tabs: readonly Tab[]; value: string; onChange: (value: string) => void; label: string; className?: string }) {
  return (
    <Radix.Root value={value} onValueChange={onChange} className={className}>
      <Radix.List aria-label={label} className="scrollbar-thin flex gap-4 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent py-2 font-medium whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && <span className="num rounded-full bg-active px-1.5 text-xs text-muted">{tab.count}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-4 focus-visible:outline-offset-4" tabIndex={-1}>
          {tab.body}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

/** A few choices side by side, one of them taken: for filters and ranges. */
export function Segments<V extends string>({ value, onChange, choices, label }: { value: V; onChange: (value: V) => void; choices: readonly { value: V; label: ReactNode }[]; label: string }) {
  return (
    <div role="group" aria-label={label} className="inline-flex w-fit rounded-md border border-line-strong bg-surface p-0.5">
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className={cx("h-6.5 rounded-sm px-2.5 text-sm font-medium", choice.value === value ? "bg-active text-ink" : "text-muted hover:text-ink")}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
