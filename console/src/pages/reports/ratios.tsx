import { Gauge } from "lucide-react";
import { answer, api, type Schemas } from "../../api/client";
import { Card, Chart, Empty, Failed, SkeletonRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { useToday } from "../today/data";
import { Exports } from "./export";
import { SpanFields, useReport, useSpan } from "./span";
import { words } from "./words";

type Month = Schemas["CollectionRatios"]["months"][number];

/** DSO and CEI, month by month. */
export default function RatiosReport() {
  const say = useWords(words);
  const today = useToday();
  const span = useSpan(today, 365);
  const { data, isPending, error, refetch } = useReport("ratios", span, (query, signal) => answer(api.GET("/v1/reports/ratios", { params: { query }, signal })));
  const months = data?.months ?? [];
  const counts = new Map<string, number>();
  for (const one of months) counts.set(one.currency, (counts.get(one.currency) ?? 0) + Number(one.billed.amount));
  const currencies = [...counts].sort((a, b) => b[1] - a[1]).map(([currency]) => currency);
  const currency = currencies.find((one) => one === span.currency) ?? currencies[0];
  const rows = months.filter((one) => one.currency === currency);
  return (
    <div className="flex flex-col gap-4">
      <SpanFields span={span} today={today} currencies={currencies} />
      {span.bad ? null : isPending ? <SkeletonRows rows={8} /> : error ? <Failed error={error} retry={() => void refetch()} />
        : rows.length === 0 ? <Empty icon={<Gauge />} title={say.collectionNone}>{say.collectionNoneText}</Empty>
        : <Shown rows={rows} today={today} name={`${span.from}-${span.until}-${currency}`} />}
    </div>
  );
}

function Shown({ rows, today, name }: { rows: readonly Month[]; today: string; name: string }) {
  const say = useWords(words);
  const format = useFormats();
  const month = (text: string) => format.month(`${text}-01`);
  const days = (tenths: number | null | undefined) => (tenths == null ? "–" : format.number(tenths / 10));
  const cei = (bp: number | null | undefined) => (bp == null ? "–" : format.percent(bp / 10_000));
  // A month under way has collected little of what it can: as the end of a curve it would look like a fall.
  const ended = rows.filter((row) => row.month < today.slice(0, 7));
  return (
    <>
      <div className="grid gap-4 xl:grid-cols-2">
        <Card title="DSO" description={say.dsoText} actions={<Exports name={`dso-${name}`} head={[say.month, "DSO"]} rows={rows.map((row) => [row.month, row.dso_tenths == null ? "" : { amount: (row.dso_tenths / 10).toFixed(1) }])} picture={() => ({ title: "DSO", note: say.dsoText, series: [{ name: "DSO", color: "--chart-1" }], rows: rows.map((row) => ({ label: month(row.month), values: [row.dso_tenths ?? 0], text: days(row.dso_tenths) })) })} />}>
          <Chart kind="line" height={220} x="month" label={say.dsoLabel} data={rows.map((row) => ({ month: row.month, dso: row.dso_tenths == null ? null : row.dso_tenths / 10 }))} series={[{ key: "dso", name: say.days }]} formatX={month} formatY={format.number} />
        </Card>
        <Card title="CEI" description={say.ceiText} actions={<Exports name={`cei-${name}`} head={[say.month, "CEI"]} rows={rows.map((row) => [row.month, row.cei_bp == null ? "" : { amount: (row.cei_bp / 100).toFixed(2) }])} picture={() => ({ title: "CEI", note: say.ceiText, series: [{ name: "CEI", color: "--chart-2" }], rows: ended.map((row) => ({ label: month(row.month), values: [row.cei_bp ?? 0], text: cei(row.cei_bp) })) })} />}>
          <Chart kind="line" height={220} x="month" label={say.ceiLabel} data={ended.map((row) => ({ month: row.month, cei: row.cei_bp == null ? null : row.cei_bp / 100 }))} series={[{ key: "cei", name: "CEI", color: "var(--chart-2)" }]} formatX={month} formatY={(value) => format.percent(value / 100)} />
        </Card>
      </div>
      <Card title={say.byMonth} actions={<Exports name={`ratios-${name}`} head={[say.month, say.openBefore, say.billed, say.writtenOff, say.openAfter, say.currentAfter, "CEI %", "DSO"]} rows={rows.map((row) => [row.month, row.open_before, row.billed, row.written_off, row.open_after, row.current_after, row.cei_bp == null ? "" : { amount: (row.cei_bp / 100).toFixed(2) }, row.dso_tenths == null ? "" : { amount: (row.dso_tenths / 10).toFixed(1) }])} />}>
        <div className="overflow-x-auto">
          <table className="w-full">
            <thead><tr className="text-right text-sm text-muted [&>th]:pr-3 [&>th]:font-medium [&>th]:whitespace-nowrap"><th className="py-1 text-left">{say.month}</th><th>{say.openBefore}</th><th>{say.billed}</th><th>{say.writtenOff}</th><th>{say.openAfter}</th><th>{say.currentAfter}</th><th title={say.ceiText}>CEI</th><th title={say.dsoText}>DSO</th></tr></thead>
            <tbody>
              {[...rows].reverse().map((row) => (
                <tr key={row.month} className="num border-t border-line text-right whitespace-nowrap [&>td]:pr-3">
                  <td className="py-1.5 text-left">{month(row.month)}</td><td>{format.money(row.open_before)}</td><td>{format.money(row.billed)}</td><td>{format.money(row.written_off)}</td><td>{format.money(row.open_after)}</td><td>{format.money(row.current_after)}</td><td className="font-medium">{cei(row.cei_bp)}</td><td className="font-medium">{days(row.dso_tenths)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}
