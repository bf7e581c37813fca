import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { Field, Input, Notice, Segments } from "../../ui";
import { useWords } from "../../words";
import { shiftDay } from "../today/days";
import { words } from "./words";

/** A span of days that a report is about, and the currency of what it shows. */
export function useSpan(today: string, days: number) {
  const [from, setFrom] = useState(shiftDay(today, 1 - days));
  const [until, setUntil] = useState(today);
  const [currency, setCurrency] = useState<string | null>(null);
  const bad = from === "" || until === "" || until < from;
  return { from, until, bad, setFrom, setUntil, currency, setCurrency };
}

/** A report over a span. It reads the whole book, so that they are asked for one after the other and kept for a while. */
export function useReport<T>(name: string, { from, until, bad }: ReturnType<typeof useSpan>, ask: (query: { from: string; until: string }, signal: AbortSignal) => Promise<T>) {
  return useQuery({
    queryKey: [...keys.reports, name, from, until],
    queryFn: ({ signal }) => slow(() => ask({ from, until }, signal), signal),
    enabled: !bad,
    staleTime: 5 * 60_000,
  });
}

export function SpanFields({ span, today, currencies }: { span: ReturnType<typeof useSpan>; today: string; currencies: readonly string[] }) {
  const say = useWords(words);
  const chosen = currencies.find((one) => one === span.currency) ?? currencies[0] ?? "";
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={say.from}><Input type="date" className="w-44!" max={today} value={span.from} onChange={(event) => span.setFrom(event.target.value)} /></Field>
        <Field label={say.until}><Input type="date" className="w-44!" max={today} value={span.until} onChange={(event) => span.setUntil(event.target.value)} /></Field>
        {currencies.length > 1 && <Segments label={say.currency} value={chosen} onChange={span.setCurrency} choices={currencies.map((value) => ({ value, label: value }))} />}
      </div>
      {span.bad && <Notice tone="warn">{say.badSpan}</Notice>}
    </>
  );
}
