import { Badge, Card, Chart, Stat } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { Exports } from "../../reports/export";
import type { Backtest, Tested } from "./data";
import { stepsOf, weeks } from "./weeks";
import { backtestWords } from "./words";

type Result = NonNullable<Backtest["result"]>;
type Sums = Tested["received"];

/** What both would have done, in numbers, charts and tables. */
export function Results({ result }: { result: Result }) {
  const say = useWords(backtestWords);
  const format = useFormats();
  const { policy } = result;
  const against = result.against ?? null;
  // Headlines are in the currency in which most was billed.
  const most = [...policy.billed].sort((a, b) => Number(b.amount) - Number(a.amount))[0]?.currency;
  const text = (sums: Sums) => {
    const sum = sums.find((one) => one.currency === most) ?? sums[0];
    return sum ? format.money(sum) : "–";
  };
  const note = (value: (side: Tested) => string) => against && say.other(value(against));
  const share = (side: Tested) => (side.paid ? format.percent(side.paid_on_time / side.paid) : "–");
  return (
    <>
      <Card title={say.about(policy.receivables, policy.customers, format.day(result.from))} description={result.void ? say.void(result.void) : undefined}>
        <div className="grid grid-cols-2 gap-4 lg:grid-cols-5">
          <Stat label={say.messages} value={format.number(policy.messages)} note={note((side) => format.number(side.messages))} />
          <Stat label={say.contacted} value={format.number(policy.contacted)} note={note((side) => format.number(side.contacted))} />
          <Stat label={say.onTime} value={share(policy)} />
          <Stat label={say.followed(result.within_days)} value={text(policy.followed)} note={note((side) => text(side.followed))} />
          <Stat label={say.overdue} value={text(policy.overdue)} note={note((side) => text(side.overdue))} />
        </div>
        <p className="mt-3 text-sm text-muted">{say.correlation}</p>
      </Card>
      <Messages policy={policy} against={against} />
      <Months policy={policy} />
      <Steps policy={policy} against={against} />
      <Reasons policy={policy} />
    </>
  );
}

function Messages({ policy, against }: { policy: Tested; against: Tested | null }) {
  const say = useWords(backtestWords);
  const format = useFormats();
  const rows = weeks(policy, against);
  const name = (side: Tested) => `${side.name} ${side.hash.slice(0, 6)}`;
  const series = [{ key: "policy", name: name(policy) }, ...(against ? [{ key: "against", name: name(against), color: "var(--chart-3)", dashed: true }] : [])];
  return (
    <Card
      title={say.byWeek}
      actions={<Exports
        name={`${say.file}-semanas`}
        head={[say.byWeek, ...series.map((one) => one.name)]}
        rows={rows.map((row) => [row.week, row.policy, ...(against ? [row.against] : [])])}
        picture={() => ({ title: say.byWeek, note: policy.name, series: [{ name: name(policy), color: "--chart-1" }], rows: rows.slice(-26).map((row) => ({ label: format.shortDay(row.week), values: [row.policy], text: format.number(row.policy) })) })}
      />}
    >
      <Chart kind="line" label={say.byWeekLabel} data={rows} x="week" height={240} formatX={format.shortDay} formatY={format.number} series={series} />
    </Card>
  );
}

/** Recorded payments: the same under every policy. */
function Months({ policy }: { policy: Tested }) {
  const say = useWords(backtestWords);
  const format = useFormats();
  const currency = policy.received[0]?.currency;
  if (!currency) return null;
  const of = (sums: Sums) => Number(sums.find((sum) => sum.currency === currency)?.amount ?? 0);
  const rows = policy.months.map((month) => ({ month: `${month.month}-01`, late: of(month.received_late), ontime: of(month.received) - of(month.received_late) }));
  const money = (value: number) => format.shortMoney({ amount: value.toFixed(2), currency });
  return (
    <Card
      title={say.byMonth}
      actions={<Exports
        name={`${say.file}-meses`}
        head={[say.byMonth, `${say.onTimeSeries} (${currency})`, `${say.lateSeries} (${currency})`]}
        rows={rows.map((row) => [row.month.slice(0, 7), { amount: row.ontime.toFixed(2) }, { amount: row.late.toFixed(2) }])}
        picture={() => ({ title: say.byMonth, note: currency, series: [{ name: say.onTimeSeries, color: "--chart-1" }, { name: say.lateSeries, color: "--chart-3" }], rows: rows.slice(-18).map((row) => ({ label: format.month(row.month), values: [row.ontime, row.late], text: money(row.ontime + row.late) })) })}
      />}
    >
      <Chart kind="bar" label={say.byMonthLabel} data={rows} x="month" height={220} formatX={format.month} formatY={money} series={[{ key: "ontime", name: say.onTimeSeries, stack: "a" }, { key: "late", name: say.lateSeries, stack: "a", color: "var(--chart-3)" }]} />
    </Card>
  );
}

function Steps({ policy, against }: { policy: Tested; against: Tested | null }) {
  const say = useWords(backtestWords);
  const tells = useWords(telling);
  const format = useFormats();
  const rows = stepsOf(policy, against);
  const number = (n: number | undefined) => (n ? format.number(n) : <span className="text-faint">–</span>);
  return (
    <Card
      title={say.steps}
      actions={<Exports
        name={`${say.file}-etapas`}
        head={[say.step, say.done, say.skipped, say.deferred, ...(against ? [say.compared] : [])]}
        rows={rows.map((row) => [row.step, row.policy?.done ?? 0, row.policy?.skipped ?? 0, row.policy?.deferred ?? 0, ...(against ? [row.against?.done ?? 0] : [])])}
      />}
    >
      <div className="overflow-x-auto">
        <table className="w-full">
          <thead className="text-left text-sm text-muted">
            <tr className="border-b border-line [&>th]:py-1.5 [&>th]:pl-3 [&>th]:text-right [&>th]:font-medium [&>th:first-child]:pl-0 [&>th:first-child]:text-left">
              <th>{say.step}</th><th>{say.done}</th>{against && <th>{say.compared}</th>}<th>{say.skipped}</th><th>{say.deferred}</th><th title={say.correlation}>{say.after}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.step} className="border-b border-line last:border-0 [&>td]:py-1.5 [&>td]:pl-3 [&>td]:text-right [&>td:first-child]:pl-0 [&>td:first-child]:text-left">
                <td className="font-medium">{stepName(row.step, tells)}</td><td className="num">{number(row.policy?.done)}</td>
                {against && <td className="num text-muted">{number(row.against?.done)}</td>}
                <td className="num">{number(row.policy?.skipped)}</td><td className="num">{number(row.policy?.deferred)}</td>
                <td className="num whitespace-nowrap">{row.policy?.received_after.map((sum) => format.money(sum)).join(" + ") || <span className="text-faint">–</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Reasons({ policy }: { policy: Tested }) {
  const say = useWords(backtestWords);
  const tells = useWords(telling);
  const format = useFormats();
  const rows = [...policy.skipped.map((one) => ({ ...one, skipped: true })), ...policy.deferred.map((one) => ({ ...one, skipped: false }))].sort((a, b) => b.times - a.times);
  if (rows.length === 0) return null;
  return (
    <Card title={say.because}>
      <ul>
        {rows.map((row) => (
          <li key={`${row.skipped}${row.reason}`} className="flex items-center gap-3 border-b border-line py-2 last:border-0">
            <Badge tone={row.skipped ? "warn" : "info"}>{row.skipped ? say.skippedOne : say.deferredOne}</Badge>
            <span className="min-w-0 flex-1">{(row.skipped ? tells.skipped : tells.deferred)[row.reason] ?? row.reason}</span>
            <span className="num font-medium">{format.number(row.times)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
