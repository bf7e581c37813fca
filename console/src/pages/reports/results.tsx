import { MailCheck } from "lucide-react";
import { answer, api, type Schemas } from "../../api/client";
import { Card, Chart, Empty, Failed, SkeletonRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { stepName } from "../customers/telling/tell";
import { telling } from "../customers/telling/words";
import { useToday } from "../today/data";
import { Exports } from "./export";
import { SpanFields, useReport, useSpan } from "./span";
import { words } from "./words";

type Row = Schemas["MessageResults"]["rows"][number];
const COUNTS = ["messages", "sent", "delivered", "read", "clicked", "failed", "unknown"] as const;

/** What became of messages, by step and channel. */
export default function ResultsReport() {
  const say = useWords(words);
  const today = useToday();
  const span = useSpan(today, 90);
  const { data, isPending, error, refetch } = useReport("messages", span, (query, signal) => answer(api.GET("/v1/reports/messages", { params: { query }, signal })));
  return (
    <div className="flex flex-col gap-4">
      <SpanFields span={span} today={today} currencies={[]} />
      {span.bad ? null : isPending ? <SkeletonRows rows={8} /> : error ? <Failed error={error} retry={() => void refetch()} />
        : data.rows.length === 0 ? <Empty icon={<MailCheck />} title={say.resultsNone}>{say.resultsNoneText}</Empty>
        : <Shown rows={data.rows} name={`messages-${span.from}-${span.until}`} />}
    </div>
  );
}

function Shown({ rows, name }: { rows: readonly Row[]; name: string }) {
  const say = useWords(words);
  const tells = useWords(telling);
  const format = useFormats();
  const channel = (row: Row) => (row.channel ? (say.channels[row.channel] ?? row.channel) : say.noChannel);
  const channels = [...new Set(rows.map((row) => row.channel ?? ""))].map((id) => {
    const own = rows.filter((row) => (row.channel ?? "") === id);
    const sum = (count: (typeof COUNTS)[number]) => own.reduce((all, row) => all + row[count], 0);
    return { name: own[0] ? channel(own[0]) : "", delivered: sum("delivered"), sent: sum("sent") - sum("delivered"), failed: sum("failed") + sum("unknown") };
  });
  const share = (row: Row, count: "delivered" | "read" | "clicked") => (row.sent > 0 && row[count] > 0 ? <span className="ml-1.5 text-xs text-muted">{format.percent(row[count] / row.sent)}</span> : null);
  return (
    <>
      <Card title={say.byChannel} description={say.byChannelText}>
        <Chart kind="bar" lying height={60 + 44 * channels.length} x="name" label={say.byChannel} data={channels} formatY={format.number} series={[{ key: "delivered", name: say.counts.delivered ?? "", stack: "a", color: "var(--chart-1)" }, { key: "sent", name: say.sentOnly, stack: "a", color: "var(--chart-2)" }, { key: "failed", name: say.counts.failed ?? "", stack: "a", color: "var(--chart-6)" }]} />
      </Card>
      <Card
        title={say.byStep}
        actions={<Exports
          name={name}
          head={[say.step, say.channel, ...COUNTS.map((count) => say.counts[count] ?? count)]}
          rows={rows.map((row) => [row.step, row.channel ?? "", ...COUNTS.map((count) => row[count])])}
          picture={() => ({ title: say.byChannel, note: "", series: [{ name: say.counts.delivered ?? "", color: "--chart-1" }, { name: say.sentOnly, color: "--chart-2" }], rows: channels.map((one) => ({ label: one.name, values: [one.delivered, one.sent], text: format.number(one.delivered + one.sent) })) })}
        />}
      >
        <div className="overflow-x-auto">
          <table className="w-full">
            <thead><tr className="text-right text-sm text-muted [&>th]:pr-3 [&>th]:font-medium [&>th]:whitespace-nowrap"><th className="py-1 text-left">{say.step}</th><th className="text-left">{say.channel}</th>{COUNTS.map((count) => <th key={count}>{say.counts[count]}</th>)}</tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.step} ${row.channel}`} className="num border-t border-line text-right whitespace-nowrap [&>td]:pr-3">
                  <td className="py-1.5 text-left">{stepName(row.step, tells)}</td><td className="text-left">{channel(row)}</td>
                  {COUNTS.map((count) => <td key={count}>{row[count] ? format.number(row[count]) : <span className="text-faint">–</span>}{(count === "delivered" || count === "read" || count === "clicked") && share(row, count)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}
