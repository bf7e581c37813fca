import { useQuery } from "@tanstack/react-query";
import { BadgePercent } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { Card, Chart, Empty, Failed, Field, Input, Notice, SkeletonRows } from "../../ui";
import { minor, useFormats, useWords } from "../../words";
import { useToday } from "../today/data";
import { Exports } from "./export";
import { words } from "./words";

export default function DiscountsReport() {
  const say = useWords(words);
  const format = useFormats();
  const today = useToday();
  const [from, setFrom] = useState(`${today.slice(0, 4)}-01-01`);
  const [until, setUntil] = useState(today);
  const bad = from !== "" && until !== "" && until < from;
  const cost = useQuery({
    queryKey: [...keys.reports, "discounts", from, until],
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/reports/discounts", { params: { query: { from: from || undefined, until: until || undefined, limit: 200 } }, signal })), signal),
    enabled: !bad,
    staleTime: 5 * 60_000,
  });
  const items = cost.data?.items ?? [];
  const share = (one: (typeof items)[number]) => minor(one.cost) / Math.max(1, minor(one.cost) + minor(one.paid));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <Field label={say.from}><Input type="date" className="w-44!" max={today} value={from} onChange={(event) => setFrom(event.target.value)} /></Field>
        <Field label={say.until}><Input type="date" className="w-44!" value={until} onChange={(event) => setUntil(event.target.value)} /></Field>
      </div>
      {bad ? <Notice tone="warn">{say.badSpan}</Notice> : cost.isPending ? <SkeletonRows rows={5} /> : cost.isError ? <Failed error={cost.error} retry={() => void cost.refetch()} /> : items.length === 0 ? (
        <Empty icon={<BadgePercent />} title={say.discountsNone}>{say.discountsNoneText}</Empty>
      ) : (
        <Card
          title={say.discountsTitle}
          description={say.discountsText}
          actions={
            <Exports
              name={`discounts-${from}-${until}`}
              head={[say.currency, say.payments, say.cost, say.paid]}
              rows={items.map((one) => [one.cost.currency, one.payments, one.cost, one.paid])}
              picture={() => ({ title: say.discountsTitle, note: `${format.day(from)} – ${format.day(until)}`, series: [{ name: say.cost, color: "--chart-4" }], rows: items.map((one) => ({ label: one.cost.currency, values: [minor(one.cost)], text: format.money(one.cost) })) })}
            />
          }
        >
          <table className="w-full max-w-2xl">
            <thead><tr className="text-right text-sm text-muted"><th className="py-1 text-left font-medium">{say.currency}</th><th className="font-medium">{say.payments}</th><th className="font-medium">{say.cost}</th><th className="font-medium">{say.paid}</th><th className="font-medium">{say.costShare}</th></tr></thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.cost.currency} className="num border-t border-line text-right"><td className="py-1.5 text-left">{one.cost.currency}</td><td>{format.number(one.payments)}</td><td>{format.money(one.cost)}</td><td>{format.money(one.paid)}</td><td className="text-muted">{format.percent(share(one))}</td></tr>
              ))}
            </tbody>
          </table>
          <div className="mt-4 max-w-2xl">
            <Chart kind="bar" lying height={60 + 44 * items.length} x="currency" label={say.discountsTitle} data={items.map((one) => ({ currency: one.cost.currency, share: share(one) * 100 }))} series={[{ key: "share", name: say.costShare, color: "var(--chart-4)" }]} formatY={(value) => format.percent(value / 100)} />
          </div>
        </Card>
      )}
    </div>
  );
}
