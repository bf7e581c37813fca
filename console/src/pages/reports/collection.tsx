import { Filter } from "lucide-react";
import { answer, api, type Schemas } from "../../api/client";
import { Card, Chart, Empty, Failed, SkeletonRows } from "../../ui";
import { minor, useFormats, useWords } from "../../words";
import { useToday } from "../today/data";
import { Exports } from "./export";
import { SpanFields, useReport, useSpan } from "./span";
import { words } from "./words";

type Funnel = Schemas["Collection"]["currencies"][number];
type Cohort = Schemas["Collection"]["cohorts"][number];
const STAGES = ["due", "on_time", "late", "contacted", "recovered", "open", "given_up"] as const;
/** Curves in one picture at most: the newest months. */
const CURVES = 6;

/** How far receivables got, and how soon they were paid. */
export default function CollectionReport() {
  const say = useWords(words);
  const today = useToday();
  const span = useSpan(today, 365);
  const { data, isPending, error, refetch } = useReport("collection", span, (query, signal) => answer(api.GET("/v1/reports/collection", { params: { query }, signal })));
  const funnels = [...(data?.currencies ?? [])].sort((a, b) => b.due.receivables - a.due.receivables);
  const funnel = funnels.find((one) => one.currency === span.currency) ?? funnels[0];
  return (
    <div className="flex flex-col gap-4">
      <SpanFields span={span} today={today} currencies={funnels.map((one) => one.currency)} />
      {span.bad ? null : isPending ? <SkeletonRows rows={8} /> : error ? <Failed error={error} retry={() => void refetch()} />
        : !funnel ? <Empty icon={<Filter />} title={say.collectionNone}>{say.collectionNoneText}</Empty>
        : <>
            <FunnelCard funnel={funnel} name={`${data.from}-${data.until}`} />
            <Curves cohorts={data.cohorts.filter((one) => one.currency === funnel.currency)} name={`${data.from}-${data.until}`} />
          </>}
    </div>
  );
}

function FunnelCard({ funnel, name }: { funnel: Funnel; name: string }) {
  const say = useWords(words);
  const format = useFormats();
  const whole = minor(funnel.due.amount);
  const late = minor(funnel.late.amount);
  const rows = STAGES.map((stage) => ({ stage, label: say.stages[stage] ?? stage, help: say.stageHelp[stage] ?? "", ...funnel[stage] }));
  const of = (stage: (typeof STAGES)[number], units: number) => (stage === "due" || stage === "on_time" || stage === "late" ? whole : late) && units / (stage === "due" || stage === "on_time" || stage === "late" ? whole : late);
  return (
    <Card
      title={say.funnel}
      description={say.funnelText}
      actions={<Exports
        name={`funnel-${name}-${funnel.currency}`}
        head={[say.stage, say.receivables, say.balance, say.currency]}
        rows={rows.map((row) => [row.label, row.receivables, row.amount, funnel.currency])}
        picture={() => ({ title: say.funnel, note: funnel.currency, series: [{ name: say.balance, color: "--chart-1" }], rows: rows.map((row) => ({ label: row.label, values: [minor(row.amount)], text: format.shortMoney(row.amount) })) })}
      />}
    >
      <ul className="flex flex-col gap-1">
        {rows.map((row) => {
          const part = Math.min(1, whole > 0 ? minor(row.amount) / whole : 0);
          const color = row.stage === "due" || row.stage === "on_time" || row.stage === "recovered" ? "var(--chart-1)" : row.stage === "given_up" ? "var(--chart-6)" : "var(--chart-3)";
          return (
            <li key={row.stage} title={row.help} className="grid grid-cols-[10rem_minmax(0,1fr)_21rem] items-center gap-3 py-1 max-md:grid-cols-[7rem_minmax(0,1fr)]">
              <span className="truncate">{row.label}</span>
              <span className="h-5 rounded-sm bg-hover" aria-hidden="true"><span className="block h-full rounded-sm" style={{ width: `${Math.max(part * 100, minor(row.amount) ? 0.5 : 0)}%`, background: color }} /></span>
              <span className="num text-right whitespace-nowrap max-md:col-span-2">
                <span className="font-medium">{format.money(row.amount)}</span>
                <span className="ml-2 inline-block w-28 text-sm text-muted">{say.titles(row.receivables)}</span>
                <span className="ml-2 inline-block w-14 text-sm text-muted">{format.percent(of(row.stage, minor(row.amount)) || 0)}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Curves({ cohorts, name }: { cohorts: readonly Cohort[]; name: string }) {
  const say = useWords(words);
  const format = useFormats();
  const months = cohorts.filter((one) => minor(one.billed) > 0);
  const drawn = months.filter((one) => one.paid.some((point) => point.share_bp != null)).slice(-CURVES);
  const horizons = months[0]?.paid.map((point) => point.days) ?? [];
  const data = horizons.map((days, at) => ({ days: String(days), ...Object.fromEntries(drawn.map((one) => [one.month, one.paid[at]?.share_bp == null ? null : (one.paid[at]?.share_bp ?? 0) / 100])) }));
  const percent = (bp: number | null | undefined) => (bp == null ? "" : format.percent(bp / 10_000));
  if (months.length === 0) return null;
  return (
    <Card
      title={say.curves}
      description={say.curvesText}
      actions={<Exports
        name={`curves-${name}`}
        head={[say.month, say.billed, ...horizons.map((days) => say.daysAfter(days))]}
        rows={months.map((one) => [one.month, one.billed, ...one.paid.map((point) => (point.share_bp == null ? "" : { amount: (point.share_bp / 100).toFixed(2) }))])}
        picture={() => ({ title: say.curves, note: say.daysAfter(30), series: [{ name: say.paid, color: "--chart-1" }], rows: months.map((one) => ({ label: format.month(`${one.month}-01`), values: [one.paid.find((point) => point.days === 30)?.share_bp ?? 0], text: percent(one.paid.find((point) => point.days === 30)?.share_bp) })) })}
      />}
    >
      <Chart kind="line" height={260} x="days" label={say.curvesLabel} data={data} series={drawn.map((one) => ({ key: one.month, name: format.month(`${one.month}-01`) }))} formatX={(days) => say.daysAfter(Number(days))} formatY={(value) => format.percent(value / 100)} />
      <div className="mt-4 overflow-x-auto">
        <table className="w-full">
          <thead><tr className="text-right text-sm text-muted"><th className="py-1 pr-3 text-left font-medium">{say.month}</th><th className="pr-3 font-medium">{say.billed}</th>{horizons.map((days) => <th key={days} className="pr-3 font-medium whitespace-nowrap">{say.daysAfter(days)}</th>)}</tr></thead>
          <tbody>
            {[...months].reverse().map((one) => (
              <tr key={one.month} className="num border-t border-line text-right whitespace-nowrap">
                <td className="py-1.5 pr-3 text-left">{format.month(`${one.month}-01`)}</td><td className="pr-3">{format.money(one.billed)}</td>
                {one.paid.map((point) => <td key={point.days} className="pr-3">{percent(point.share_bp) || <span className="text-faint">–</span>}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
