import { Link } from "@tanstack/react-router";
import { useMay } from "../../app/session";
import { Button, Card, Failed, MiniChart, Skeleton } from "../../ui";
import { decimal, useFormats, useWords } from "../../words";
import { useOverdueTrend, usePaidWeeks } from "./data";
import { words } from "./words";

// The oldest lies lowest.
const AGES = [["lateMore", "var(--chart-6)"], ["late90", "var(--chart-4)"], ["late30", "var(--chart-3)"]] as const;
const PAID = [["onTime", "var(--chart-1)"], ["late", "var(--chart-2)"]] as const;

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
            {overdue.isPending ? <Skeleton className="h-45" /> : overdue.error ? <Failed error={overdue.error} /> : (
              <MiniChart
                kind="area" height={180} x="on" label={say.overdueTrendLabel(format.day(points[0]?.on ?? today), format.day(today))}
                data={points.map(({ on, late30, late90, lateMore }) => ({ on, late30, late90, lateMore }))}
                series={AGES.map(([key, color]) => ({ key, name: say[key], color }))}
                formatX={format.shortDay} formatY={short(currency)} formatTip={full(currency)}
              />
            )}
          </section>
        ) : null}
        {paid.fetchStatus !== "idle" || paid.data !== undefined ? (
          <section>
            <h3 className="mb-2 text-sm text-muted">{say.paidTrend}</h3>
            {paid.isPending ? <Skeleton className="h-45" /> : paid.error ? <Failed error={paid.error} /> : paid.data.weeks.every((week) => week.onTime + week.late === 0) ? <p className="text-muted">{say.nothingPaid}</p> : (
              <MiniChart
                kind="bar" height={180} x="week" label={say.paidTrendLabel}
                data={paid.data.weeks}
                series={PAID.map(([key, color]) => ({ key, name: say[key], color }))}
                formatX={format.shortDay} formatY={short(paid.data.currency)} formatTip={full(paid.data.currency)}
              />
            )}
          </section>
        ) : null}
      </div>
    </Card>
  );
}
