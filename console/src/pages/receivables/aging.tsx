import { useState } from "react";
import { cx, Segments, Skeleton } from "../../ui";
import { minor, useFormats, useWords } from "../../words";
import { useAging } from "./data";
import type { Age } from "./filters";
import { words } from "./words";

const COLORS: Record<string, string> = {
  not_due: "bg-(--chart-2)", "1-30": "bg-(--chart-3)", "31-60": "bg-warn", "61-90": "bg-(--chart-4)", "91-180": "bg-bad", "181-360": "bg-bad", over_360: "bg-bad",
};

type Props = { age: string | undefined; currency: string | undefined; onPick: (age: Age | undefined, currency: string) => void };

/** What is open by age, as a bar and seven numbers that narrow the list. One currency at a time: sums across them do not exist. */
export function AgingStrip({ age, currency, onPick }: Props) {
  const say = useWords(words);
  const format = useFormats();
  const { data, isPending, fetchStatus } = useAging();
  const [chosen, choose] = useState<string>();
  if (isPending) return fetchStatus === "idle" ? null : <Skeleton className="mb-4 h-[74px] w-full rounded-lg" />;
  if (!data) return null;
  const all = [...data.currencies].sort((a, b) => b.receivables - a.receivables);
  const shown = all.find((one) => one.currency === (currency ?? chosen)) ?? all[0];
  if (!shown) return null;
  const total = shown.bands.reduce((sum, band) => sum + minor(band.balance), 0);
  return (
    <section aria-label={`${say.aging} ${say.agingOn(format.day(data.on))}`} className="mb-3 rounded-lg border border-line bg-surface">
      <div className="flex items-center gap-3 px-3 pt-2.5">
        <div aria-hidden className="flex h-1.5 flex-1 gap-px overflow-hidden rounded-full bg-active">
          {shown.bands.map((band) => (
            <span key={band.days_late} className={cx("h-full min-w-0.5", COLORS[band.days_late])} style={{ flexGrow: total > 0 ? minor(band.balance) / total : 0 }} />
          ))}
        </div>
        {all.length > 1 && (
          <Segments label={say.currency} value={shown.currency} onChange={choose} choices={all.map((one) => ({ value: one.currency, label: one.currency }))} />
        )}
      </div>
      <ul className="scrollbar-thin flex overflow-x-auto p-1.5">
        {shown.bands.map((band) => {
          const name = say.age[band.days_late] ?? band.days_late;
          const on = age === band.days_late;
          return (
            <li key={band.days_late} className="min-w-28 flex-1">
              <button
                type="button"
                aria-pressed={on}
                title={say.agingShow(name, say.many(band.receivables), format.money(band.balance))}
                onClick={() => onPick(on ? undefined : (band.days_late as Age), shown.currency)}
                className={cx("w-full rounded-md px-2 py-1 text-left", on ? "bg-accent-soft" : "hover:bg-hover")}
              >
                <span className="flex items-center gap-1.5 text-sm whitespace-nowrap text-muted">
                  <span aria-hidden className={cx("size-2 rounded-full", COLORS[band.days_late])} />
                  {name}
                </span>
                <span className="num mt-0.5 flex items-baseline gap-2 whitespace-nowrap">
                  <span className={cx("font-semibold", on && "text-accent")}>{format.shortMoney(band.balance)}</span>
                  <span className="text-sm text-muted">{format.number(band.receivables)}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
