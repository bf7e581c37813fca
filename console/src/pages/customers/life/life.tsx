import { type ReactNode, useMemo, useState } from "react";
import { Button, cx, Timeline, type TimelineItem } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { countSorts, type Entry, type Sort, sorts } from "../telling/gather";
import { useEntryItem } from "./entry";
import { lifeWords } from "./words";

/** What is not shown until somebody asks: it explains, but is no event. */
const QUIET: readonly Sort[] = ["waits"];
const STEP = 60;

type Props = {
  /** Oldest first; shown newest first. */
  entries: readonly Entry[];
  /** Entries of other sources, drawn by whoever brings them. */
  own?: ReadonlyMap<string, (entry: Entry) => TimelineItem>;
  withReceivable: boolean;
  filters?: boolean;
  notice?: ReactNode;
};

/** What happened, the newest first, by months, with filters. */
export function Life({ entries, own, withReceivable, filters = true, notice }: Props) {
  const say = useWords(lifeWords);
  const format = useFormats();
  const item = useEntryItem(withReceivable);
  const [hidden, hide] = useState<ReadonlySet<Sort>>(() => new Set(QUIET));
  const [most, setMost] = useState(STEP);
  const counts = useMemo(() => countSorts(entries), [entries]);
  const shown = useMemo(() => entries.filter((entry) => !hidden.has(entry.sort)).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)), [entries, hidden]);
  const months = useMemo(() => {
    const found: { month: string; entries: Entry[] }[] = [];
    for (const entry of shown.slice(0, most)) {
      const month = entry.at.slice(0, 7);
      const last = found.at(-1);
      if (last?.month === month) last.entries.push(entry);
      else found.push({ month, entries: [entry] });
    }
    return found;
  }, [shown, most]);
  if (entries.length === 0) return <p className="text-muted">{say.empty}</p>;
  const toggle = (sort: Sort) => {
    const next = new Set(hidden);
    if (!next.delete(sort)) next.add(sort);
    hide(next);
  };
  return (
    <div className="flex flex-col gap-3">
      {filters && (
        <div role="group" aria-label={say.filter} className="flex flex-wrap gap-1.5">
          {sorts.filter((sort) => counts.has(sort)).map((sort) => (
            <button
              key={sort}
              type="button"
              aria-pressed={!hidden.has(sort)}
              onClick={() => toggle(sort)}
              className={cx("flex h-6.5 items-center gap-1.5 rounded-full border px-2.5 text-sm", hidden.has(sort) ? "border-line text-muted hover:text-ink" : "border-line-strong bg-active text-ink")}
            >
              {say.sorts[sort]}
              <span className="num text-xs text-muted">{counts.get(sort)}</span>
            </button>
          ))}
        </div>
      )}
      {notice}
      {shown.length === 0 && <p className="text-muted">{say.noneShown}</p>}
      {months.map(({ month, entries: of }) => (
        <section key={month} aria-label={format.month(`${month}-15`)}>
          <h3 className="mb-2 text-sm font-medium text-faint">{format.month(`${month}-15`)}</h3>
          <Timeline label={format.month(`${month}-15`)} items={of.map((entry) => own?.get(entry.id)?.(entry) ?? item(entry))} />
        </section>
      ))}
      {shown.length > most && <Button className="self-start" onClick={() => setMost(most + STEP)}>{say.older(Math.min(STEP, shown.length - most))}</Button>}
    </div>
  );
}
