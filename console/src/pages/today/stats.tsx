import { Card, Skeleton, Stat } from "../../ui";
import { decimal, useFormats, useWords } from "../../words";
import { useAging, useLastDay, usePaidWeeks } from "./data";
import { overdueOf } from "./sums";
import { words } from "./words";

/** Four numbers that say how it stands. Each is absent for who may not look at what it is made of. */
export function Stats({ today }: { today: string }) {
  const say = useWords(words);
  const format = useFormats();
  const aging = useAging();
  const paid = usePaidWeeks(today);
  const sent = useLastDay();
  const book = aging.data ? overdueOf(aging.data) : null;
  const week = paid.data?.weeks.at(-1);
  const trouble = sent.data?.items.filter((message) => message.status === "failed" || message.status === "unknown").length ?? 0;
  const money = (units: number, currency: string) => format.money({ amount: decimal(units), currency });
  const boxes = [
    aging.isPending && aging.fetchStatus !== "idle" && <Skeleton key="wait" className="h-14 w-32" />,
    book && <Stat key="open" label={say.open} value={format.money(book.open)} note={say.receivables(format.number(book.receivables))} />,
    book && <Stat key="overdue" label={say.overdue} value={money(book.overdue, book.open.currency)} tone={book.overdue > 0 ? "bad" : undefined} note={book.openMinor > 0 ? say.overdueShare(format.percent(book.overdue / book.openMinor)) : undefined} />,
    paid.data && week && <Stat key="late" label={say.recovered} value={money(week.late, paid.data.currency)} tone={week.late > 0 ? "good" : undefined} note={say.recoveredNote} />,
    sent.data && <Stat key="sent" label={say.sent} value={`${format.number(sent.data.items.length)}${sent.data.capped ? "+" : ""}`} note={say.sentNote(trouble)} />,
  ].filter(Boolean);
  if (boxes.length === 0) return null;
  return (
    <Card>
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4 lg:divide-x lg:divide-line [&>*+*]:lg:pl-6">{boxes}</div>
    </Card>
  );
}
