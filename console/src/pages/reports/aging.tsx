import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { Card, Chart, Empty, Failed, Field, Input, Segments, Skeleton, SkeletonRows, Stat, Switch } from "../../ui";
import { decimal, minor, useFormats, useWords } from "../../words";
import { useOverdueTrend, useToday } from "../today/data";
import { mainCurrency } from "../today/sums";
import { Exports } from "./export";
import { words } from "./words";

type OneCurrency = Schemas["Aging"]["currencies"][number];
const BANDS = ["not_due", "1-30", "31-60", "61-90", "91-180", "181-360", "over_360"] as const;
const COLORS = ["var(--chart-1)", "var(--chart-3)", "var(--chart-3)", "var(--chart-3)", "var(--chart-4)", "var(--chart-4)", "var(--chart-4)"];

export default function AgingReport() {
  const say = useWords(words);
  const today = useToday();
  const [on, setOn] = useState(today);
  const [hindsight, setHindsight] = useState(false);
  const [wanted, want] = useState<string | null>(null);
  const past = on < today;
  const aging = useQuery({
    queryKey: [...keys.reports, "aging", on, past && hindsight],
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/reports/aging", { params: { query: { on, hindsight: past && hindsight ? true : undefined } }, signal })), signal),
    enabled: on !== "",
    staleTime: 5 * 60_000,
  });
  const chosen = aging.data?.currencies.find((one) => one.currency === wanted) ?? (aging.data && mainCurrency(aging.data));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
        <Field label={say.on}><Input type="date" className="w-44!" max={today} value={on} onChange={(event) => setOn(event.target.value)} /></Field>
        {past && <div className="pb-1.5" title={say.hindsightHelp}><Switch checked={hindsight} onChange={setHindsight} label={say.hindsight} /></div>}
        {aging.data && aging.data.currencies.length > 1 && (
          <Segments label={say.currency} value={chosen?.currency ?? ""} onChange={want} choices={aging.data.currencies.map(({ currency }) => ({ value: currency, label: currency }))} />
        )}
      </div>
      {aging.isPending ? <SkeletonRows rows={8} /> : aging.isError ? <Failed error={aging.error} retry={() => void aging.refetch()} /> : chosen ? (
        <Shown of={chosen} on={aging.data.on} live={!past} />
      ) : (
        <Empty icon={<ChartColumn />} title={say.agingNone}>{say.agingNoneText}</Empty>
      )}
      <Trend today={today} />
    </div>
  );
}

function Shown({ of, on, live }: { of: OneCurrency; on: string; live: boolean }) {
  const say = useWords(words);
  const format = useFormats();
  const whole = minor(of.balance);
  const rows = BANDS.map((band, at) => {
    const found = of.bands.find((one) => one.days_late === band);
    return { band, name: say.bands[band] ?? band, receivables: found?.receivables ?? 0, balance: found?.balance ?? { amount: "0.00", currency: of.currency }, minor: found ? minor(found.balance) : 0, color: COLORS[at] ?? "" };
  });
  const sum = (bands: readonly string[]) => rows.filter((row) => bands.includes(row.band)).reduce((all, row) => all + row.minor, 0);
  const overdue = whole - sum(["not_due"]);
  const money = (units: number) => format.money({ amount: decimal(Math.round(units)), currency: of.currency });
  const short = (units: number) => format.shortMoney({ amount: decimal(Math.round(units)), currency: of.currency });
  const share = (units: number) => (whole === 0 ? "–" : format.percent(units / whole));
  return (
    <>
      <Card>
        <div className="grid grid-cols-2 gap-4 pt-1 lg:grid-cols-4">
          <Stat label={say.open} value={format.money(of.balance)} note={say.titles(of.receivables)} />
          <Stat label={say.overdue} value={money(overdue)} />
          <Stat label={say.overdueShare} value={share(overdue)} note={say.ofOpen} />
          <Stat label={say.over90} value={money(sum(["91-180", "181-360", "over_360"]))} note={share(sum(["91-180", "181-360", "over_360"]))} />
        </div>
      </Card>
      <Card
        title={say.agingLabel(format.day(on))}
        actions={
          <Exports
            name={`aging-${on}-${of.currency}`}
            head={[say.band, say.receivables, say.balance, say.currency]}
            rows={rows.map((row) => [row.name, row.receivables, row.balance, of.currency])}
            picture={() => ({
              title: say.agingLabel(format.day(on)), note: `${format.money(of.balance)} · ${say.titles(of.receivables)}`, series: [{ name: say.balance, color: "--chart-1" }],
              rows: rows.map((row) => ({ label: row.name, values: [row.minor], text: short(row.minor) })),
            })}
          />
        }
      >
        <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)]">
          <Chart
            kind="bar" height={280} x="name" label={say.agingLabel(format.day(on))}
            data={rows.map((row) => ({ name: row.name, balance: row.minor }))} series={[{ key: "balance", name: say.balance, color: "var(--chart-1)" }]}
            formatY={short} formatTip={money}
          />
          <table className="w-full">
            <thead>
              <tr className="text-right text-sm text-muted"><th className="py-1 text-left font-medium">{say.band}</th><th className="font-medium">{say.receivables}</th><th className="font-medium">{say.balance}</th><th className="font-medium">{say.share}</th></tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.band} className="num border-t border-line text-right">
                  <td className="py-1.5 text-left">
                    {live && row.receivables > 0 ? <Link to="/receivables" search={{ age: row.band }} title={say.seeList} className="hover:text-accent hover:underline">{row.name}</Link> : row.name}
                  </td>
                  <td>{format.number(row.receivables)}</td><td>{format.money(row.balance)}</td><td className="text-muted">{share(row.minor)}</td>
                </tr>
              ))}
              <tr className="num border-t border-line-strong text-right font-semibold"><td className="py-1.5 text-left">{say.total}</td><td>{format.number(of.receivables)}</td><td>{format.money(of.balance)}</td><td /></tr>
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}

function Trend({ today }: { today: string }) {
  const say = useWords(words);
  const format = useFormats();
  const trend = useOverdueTrend(today);
  const points = trend.data ?? [];
  const currency = points[0]?.currency ?? "BRL";
  const money = (units: number) => format.money({ amount: decimal(Math.round(units)), currency });
  const short = (units: number) => format.shortMoney({ amount: decimal(Math.round(units)), currency });
  const series = [{ key: "lateMore", name: say.lateMore, stack: "a", color: "var(--chart-6)" }, { key: "late90", name: say.late90, stack: "a", color: "var(--chart-4)" }, { key: "late30", name: say.late30, stack: "a", color: "var(--chart-3)" }];
  return (
    <Card
      title={say.trend}
      actions={
        <Exports
          name={`overdue-weeks-${today}`}
          head={[say.on, say.late30, say.late90, say.lateMore, say.currency]}
          rows={points.map((point) => [point.on, { amount: decimal(point.late30) }, { amount: decimal(point.late90) }, { amount: decimal(point.lateMore) }, currency])}
          picture={() => ({
            title: say.trend, note: format.day(today), series: series.map((one) => ({ name: one.name, color: one.color })),
            rows: points.map((point) => ({ label: format.shortDay(point.on), values: [point.lateMore, point.late90, point.late30], text: short(point.lateMore + point.late90 + point.late30) })),
          })}
        />
      }
    >
      {trend.isPending ? <Skeleton className="h-60" /> : trend.isError ? <Failed error={trend.error} retry={() => void trend.refetch()} /> : (
        <Chart kind="area" height={240} x="on" label={say.trendLabel} data={points.map(({ on, late30, late90, lateMore }) => ({ on, late30, late90, lateMore }))} series={series} formatX={format.shortDay} formatY={short} formatTip={money} />
      )}
    </Card>
  );
}
