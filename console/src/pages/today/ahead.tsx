import { CalendarClock } from "lucide-react";
import { useMemo, useState } from "react";
import { useCompany, useStopped } from "../../app/mode";
import { Badge, Button, Card, Empty, Failed, Notice, Segments, SkeletonRows } from "../../ui";
import { decimal, enums, useFormats, useWords } from "../../words";
import { AheadSheet } from "./ahead-sheet";
import { useAhead } from "./data";
import { gatherSteps } from "./sums";
import { words } from "./words";

/** What will go out in the next day, step by step, decided by the engine itself. */
export function Ahead() {
  const say = useWords(words);
  const channels = useWords(enums).channel;
  const format = useFormats();
  const stopped = useStopped();
  const { data: company } = useCompany();
  const [days, setDays] = useState<"1" | "3" | "7">("1");
  const { data, isPending, fetchStatus, error, refetch } = useAhead(Number(days));
  const [open, setOpen] = useState(false);
  const rows = useMemo(() => gatherSteps(data?.steps ?? []), [data]);
  if (isPending && fetchStatus === "idle") return null;
  return (
    <Card title={say.ahead} description={say.aheadSpan} flush actions={
      <>
        <Segments label={say.ahead} value={days} onChange={setDays} choices={(["1", "3", "7"] as const).map((value) => ({ value, label: say.span[value] }))} />
        <Button size="sm" disabled={rows.length === 0} onClick={() => setOpen(true)}>{say.seeAll}</Button>
      </>
    }>
      {(stopped || company?.mode === "shadow") && <div className="px-4 pb-3"><Notice tone={stopped ? "bad" : "info"}>{stopped ? say.aheadStopped : say.aheadShadow}</Notice></div>}
      {isPending ? (
        <SkeletonRows rows={5} className="px-4 pb-4" />
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={<CalendarClock />} title={say.aheadNothing} className="py-8">{say.aheadNothingText}</Empty>
      ) : (
        <div className="scrollbar-thin overflow-x-auto" tabIndex={0} role="region" aria-label={say.ahead}>
          <table className="w-full border-t border-line">
            <thead className="text-left text-sm text-muted">
              <tr className="border-b border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-medium [&>th:first-child]:pl-4 [&>th:last-child]:pr-4">
                <th>{say.step}</th><th>{say.firstAt}</th><th>{say.how}</th><th className="text-right">{say.customersHead}</th><th className="text-right">{say.amount}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.step} className="border-b border-line last:border-0 [&>td]:px-2 [&>td]:py-2 [&>td:first-child]:pl-4 [&>td:last-child]:pr-4">
                  <td className="font-medium">{row.step}</td>
                  <td className="num whitespace-nowrap text-muted">{days === "1" ? format.time(row.first) : `${format.shortDay(row.first)} ${format.time(row.first)}`}</td>
                  <td>
                    <div className="flex flex-wrap gap-1">
                      {row.channels.map((channel) => <Badge key={channel}>{channels?.[channel] ?? channel}</Badge>)}
                      {row.done > 0 && row.channels.length === 0 && <Badge>{say.task}</Badge>}
                      {row.skipped > 0 && <Badge tone="warn">{format.number(row.skipped)} {say.outcome.skipped}</Badge>}
                      {row.deferred > 0 && <Badge tone="info">{format.number(row.deferred)} {say.outcome.deferred}</Badge>}
                    </div>
                  </td>
                  <td className="num text-right">{row.customers ? format.number(row.customers) : "–"}</td>
                  <td className="num text-right whitespace-nowrap">{row.due ? format.money({ amount: decimal(row.due), currency: row.currency }) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {data && data.more > 0 && <p className="border-t border-line px-4 py-2 text-sm text-muted">{say.more(format.number(data.more))}</p>}
        </div>
      )}
      {open && data && <AheadSheet plan={data} onOpenChange={setOpen} />}
    </Card>
  );
}
