import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Card, cx, Failed, Segments, SkeletonRows } from "../../ui";
import { enums, useFormats, useWords } from "../../words";
import { stepName } from "../customers/telling/tell";
import { telling } from "../customers/telling/words";
import { useResults } from "./data";
import { share, type Tally, total } from "./tally";
import { words } from "./words";

/** What became of the messages of the last days, by channel or by step. */
export function Results() {
  const say = useWords(words);
  const format = useFormats();
  const channels = useWords(enums).channel;
  const tells = useWords(telling);
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState<"1" | "7" | "30">("7");
  const [by, setBy] = useState<"channel" | "step">("channel");
  const results = useResults(Number(days));
  const all = total(results.data?.byChannel ?? [], say.stripTotal);
  const sent = share(all.sent, all.all);
  const rows = (by === "channel" ? results.data?.byChannel : results.data?.byStep) ?? [];
  const nameOf = (row: Tally) => (by === "channel" ? (channels?.[row.name] ?? row.name) : stepName(row.name, tells));
  const capped = results.data?.capped;
  const note = [capped && say.capped(format.number(capped)), by === "step" && say.stepsText].filter(Boolean).join(" ");
  return (
    <Card className="mb-3 shrink-0" flush>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-2.5">
        <Segments label={say.strip} value={days} onChange={setDays} choices={(["1", "7", "30"] as const).map((value) => ({ value, label: value === "1" ? "24 h" : say.stripDays(Number(value)) }))} />
        <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1">
          <Figure name={say.decidedN} value={results.data ? format.number(all.all) : "…"} />
          <Figure name={say.sentShare} value={results.data ? `${format.number(all.sent)}${sent === null ? "" : ` · ${format.percent(sent)}`}` : "…"} />
          {all.failed > 0 && <Figure name={say.failedN} value={format.number(all.failed)} tone="text-bad" />}
          {all.unknown > 0 && <Figure name={say.unknownN} value={format.number(all.unknown)} tone="text-warn" />}
          {all.delivered > 0 && <Figure name={say.deliveredN} value={format.number(all.delivered)} />}
          {all.read > 0 && <Figure name={say.readN} value={format.number(all.read)} />}
        </dl>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="ml-auto inline-flex items-center gap-1 text-sm text-muted hover:text-ink">
          {open ? say.hide : say.show}<ChevronDown className={cx("size-4 transition-transform", open && "rotate-180")} />
        </button>
      </div>
      {open && (
        <div className="border-t border-line px-4 py-3">
          <div className="mb-2 flex flex-wrap items-center gap-3">
            <Segments label={say.strip} value={by} onChange={setBy} choices={[{ value: "channel", label: say.byChannel }, { value: "step", label: say.byStep }]} />
            {note && <span className="text-sm text-muted">{note}</span>}
          </div>
          {results.isPending ? <SkeletonRows rows={3} /> : results.isError ? <Failed error={results.error} retry={() => void results.refetch()} /> : rows.length === 0 ? <p className="text-muted">{say.nothingIn(Number(days))}</p> : (
            <div className="scrollbar-thin max-h-56 overflow-y-auto" tabIndex={0} role="region" aria-label={say.strip}>
              <table className="w-full max-w-3xl">
                <thead>
                  <tr className="text-right text-sm text-muted">
                    <th className="py-1 text-left font-medium">{by === "channel" ? say.channel : say.step}</th>
                    {[say.decidedN, say.sentShare, say.deliveredN, say.readN, say.clickedN, say.failedN, say.unknownN].map((head) => <th key={head} className="py-1 pl-4 font-medium">{head}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => {
                    const part = share(row.sent, row.all);
                    return (
                      <tr key={row.name} className="num border-t border-line text-right">
                        <td className="py-1 text-left">{nameOf(row)}</td>
                        <td className="pl-4">{format.number(row.all)}</td>
                        <td className="pl-4">{format.number(row.sent)}{part !== null && <span className="ml-1.5 text-sm text-muted">{format.percent(part)}</span>}</td>
                        {[row.delivered, row.read, row.clicked, row.failed, row.unknown].map((n, at) => <td key={at} className={cx("pl-4", n === 0 ? "text-faint" : at === 3 ? "text-bad" : at === 4 && "text-warn")}>{format.number(n)}</td>)}
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
    </Card>
  );
}

function Figure({ name, value, tone }: { name: string; value: string; tone?: string }) {
  return <div className="flex items-baseline gap-1.5"><dt className="text-sm text-muted">{name}</dt><dd className={cx("num font-semibold", tone)}>{value}</dd></div>;
}
