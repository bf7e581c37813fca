import { Link } from "@tanstack/react-router";
import { useMay } from "../../app/session";
import { Button, Card, Chart, Failed, Skeleton } from "../../ui";
import { decimal, useFormats, useWords } from "../../words";
import { useOverdueTrend, usePaidWeeks } from "./data";
import { words } from "./words";

const COLORS = ["var(--chart-3)", "var(--chart-4)", "var(--chart-6)"];

/** Two curves at a glance: what is overdue, and what was paid. */
export function Trends({ today }: { today: string }) {
  const say = useWords(words);
  const format = useFormats();
  const may = useMay();
  const overdue = useOverdueTrend(today);
  const paid = usePaidWeeks(today);
  if ((overdue.isPending && overdue.fetchStatus === "idle") && (paid.isPending && paid.fetchStatus === "idle")) return null;
  const short = (currency: string) => (value: number) => format.shortMoney({ amount: decimal(Math.round(value)), currency });
  const full = (currency: string) => (value: number) => format.money({ amount: decimal(Math.round(value)), currency });
  const points = overdue.data ?? [];
  const currency = points[0]?.currency ?? "BRL";
  return (
    <Card title={say.trends} actions={may("reports:read") && <Button asChild size="sm" look="quiet"><Link to="/reports">{say.seeReports}</Link></Button>}>
      <div className="grid gap-x-6 gap-y-5 xl:grid-cols-2">
        {overdue.fetchStatus !== "idle" || overdue.data !== undefined ? (
          <section>
            <h3 className="mb-2 text-sm text-muted">{say.overdueTrend}</h3>
            {overdue.isPending ? <Skeleton className="h-45" /> : overdue.error ? <Failed error={overdue.error} /> : overdue.data === null ? <p className="text-muted">{say.tooLarge}</p> : (
              <Chart
                kind="area" height={180} x="on" label={say.overdueTrendLabel(format.day(points[0]?.on ?? today), format.day(today))}
                data={points.map(({ on, late30, late90, lateMore }) => ({ on, late30, late90, lateMore }))}
                series={[
                  { key: "lateMore", name: say.lateMore, stack: "a", color: COLORS[2] },
                  { key: "late90", name: say.late90, stack: "a", color: COLORS[1] },
                  { key: "late30", name: say.late30, stack: "a", color: COLORS[0] },
                ]}
                formatX={format.shortDay} formatY={short(currency)} formatTip={full(currency)}
              />
            )}
          </section>
        ) : null}
        {paid.fetchStatus !== "idle" || paid.data !== undefined ? (
          <section>
            <h3 className="mb-2 text-sm text-muted">{say.paidTrend}</h3>
            {paid.isPending ? <Skeleton className="h-45" /> : paid.error ? <Failed error={paid.error} /> : !paid.data ? <p className="text-muted">{say.tooLarge}</p> : paid.data.weeks.every((week) => week.onTime + week.late === 0) ? <p className="text-muted">{say.nothingPaid}</p> : (
              <Chart
                kind="bar" height={180} x="week" label={say.paidTrendLabel}
                data={paid.data.weeks}
                series={[{ key: "onTime", name: say.onTime, stack: "a", color: "var(--chart-1)" }, { key: "late", name: say.late, stack: "a", color: "var(--chart-2)" }]}
                formatX={format.shortDay} formatY={short(paid.data.currency)} formatTip={full(paid.data.currency)}
              />
            )}
          </section>
        ) : null}
      </div>
    </Card>
  );
}
