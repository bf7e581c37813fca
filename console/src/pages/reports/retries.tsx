import { useQuery } from "@tanstack/react-query";
import { CreditCard } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { Button, Card, Chart, Confirm, Empty, Failed, SkeletonRows, Stat } from "../../ui";
import { useFormats, useWords } from "../../words";
import { telling } from "../customers/telling/words";
import { useCharges } from "../money/retries/data";
import { Exports } from "./export";
import { monthsOf, reasonsOf } from "./months";
import { words } from "./words";

export default function RetriesReport() {
  const may = useMay();
  return (
    <div className="flex flex-col gap-4">
      <Timing />
      {may("charging:read") && <Attempts />}
    </div>
  );
}

/** How retries are timed, and what came of those at chosen moments. */
function Timing() {
  const say = useWords(words);
  const format = useFormats();
  const may = useMay();
  const [asking, ask] = useState(false);
  const timing = useQuery({ queryKey: [...keys.reports, "retries"], queryFn: ({ signal }) => answer(api.GET("/v1/reports/retries", { signal })), staleTime: 60_000 });
  const learn = useAct({ run: (reason: string) => answer(api.POST("/v1/retries/learn", { body: { reason: reason || undefined } })), done: say.learntDone, stale: [keys.reports] });
  const told = timing.data;
  return (
    <Card
      title={say.retriesTitle}
      description={say.retriesText}
      actions={told && <>{may("charging:act") && told.retries > 0 && <Button size="sm" onClick={() => ask(true)}>{say.learn}</Button>}<Exports name="retries" head={[say.retries, say.recovered]} rows={[[told.retries, told.paid]]} /></>}
    >
      {timing.isPending ? <SkeletonRows rows={2} /> : timing.isError ? <Failed error={timing.error} retry={() => void timing.refetch()} /> : (
        <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
          <Stat label={say.retries} value={format.number(timing.data.retries)} />
          <Stat label={say.recovered} value={format.number(timing.data.paid)} />
          <Stat label={say.rate} value={timing.data.retries > 0 ? format.percent(timing.data.paid / timing.data.retries) : "–"} />
          <div>
            <div className="text-sm text-muted">{say.weights}</div>
            <div className="mt-1">{timing.data.weights === "learnt" && timing.data.learnt_at ? say.learnt(format.moment(timing.data.learnt_at), format.number(timing.data.learnt_from ?? 0)) : say.shipped}</div>
          </div>
        </div>
      )}
      <Confirm open={asking} onOpenChange={ask} title={say.learnTitle} consequences={say.learnText} act={say.learn} reason="optional" onConfirm={(reason) => learn.mutateAsync(reason)} />
    </Card>
  );
}

function Attempts() {
  const say = useWords(words);
  const format = useFormats();
  const { declines } = useWords(telling);
  const zone = useCompany().data?.time_zone ?? "America/Sao_Paulo";
  const charges = useCharges();
  if (charges.isPending) return <SkeletonRows rows={6} />;
  if (charges.isError) return <Failed error={charges.error} retry={() => void charges.refetch()} />;
  const months = monthsOf(charges.data.items, zone);
  const reasons = reasonsOf(charges.data.items);
  if (months.length === 0) return <Empty icon={<CreditCard />} title={say.chargesNone}>{say.chargesNoneText}</Empty>;
  const nameOf = (reason: string) => declines[reason.replaceAll("_", " ")] ?? reason;
  const series = [{ key: "settled", name: say.settled, stack: "a", color: "var(--chart-2)" }, { key: "declined", name: say.declined, stack: "a", color: "var(--chart-4)" }];
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
      <Card
        title={say.months}
        description={charges.data.capped ? say.capped(format.number(charges.data.items.length)) : undefined}
        actions={
          <Exports
            name="attempts-by-month"
            head={[say.month, say.settled, say.declined]}
            rows={months.map((one) => [one.month, one.settled, one.declined])}
            picture={() => ({ title: say.months, note: "", series: series.map((one) => ({ name: one.name, color: one.color })), rows: months.map((one) => ({ label: format.month(`${one.month}-01`), values: [one.settled, one.declined], text: format.number(one.settled + one.declined) })) })}
          />
        }
      >
        <Chart kind="bar" height={260} x="month" label={say.monthsLabel} data={months.map((one) => ({ ...one }))} series={series} formatX={(month) => format.month(`${month}-01`)} formatY={format.number} />
      </Card>
      {reasons.length > 0 && (
        <Card title={say.reasons} actions={<Exports name="decline-reasons" head={[say.reason, say.times]} rows={reasons.map((one) => [nameOf(one.reason), one.times])} />}>
          <table className="w-full">
            <thead><tr className="text-right text-sm text-muted"><th className="py-1 text-left font-medium">{say.reason}</th><th className="font-medium">{say.times}</th></tr></thead>
            <tbody>{reasons.map((one) => <tr key={one.reason} className="num border-t border-line text-right"><td className="py-1.5 text-left">{nameOf(one.reason)}</td><td>{format.number(one.times)}</td></tr>)}</tbody>
          </table>
        </Card>
      )}
    </div>
  );
}
