import { CalendarX } from "lucide-react";
import { useState } from "react";
import { useCompany, useStopped } from "../../../app/mode";
import { useMay } from "../../../app/session";
import { Badge, Card, Chart, Empty, Failed, Notice, Segments, SkeletonRows, Stat } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { useDiff } from "../data";
import type { Draft } from "../draft";
import { Differences } from "../versions/differences";
import { type Span, useAhead } from "./ahead";
import type { Sums } from "./sums";
import { previewWords } from "./words";

/** What will happen to everybody, in words and in numbers: under the draft, once there is one that is right. */
export function PreviewPart({ draft, right, published }: { draft: Draft; right: boolean; published: { body: string; hash: string } | null }) {
  const say = useWords(previewWords);
  const may = useMay();
  const [side, setSide] = useState<"draft" | "published">("draft");
  const both = draft.dirty && published !== null;
  const text = draft.dirty && (side === "draft" || !published) ? draft.text : null;
  return (
    <div className="flex flex-col gap-4">
      {both && <Segments label={say.whose} value={side} onChange={setSide} choices={(["draft", "published"] as const).map((value) => ({ value, label: say.sides[value] }))} />}
      {!may("receivables:read") ? <Notice>{say.mayNot}</Notice>
        : text !== null && !right ? <Notice tone="warn">{say.notRight}</Notice>
        : <Ahead text={text} published={published} />}
      {published && <DraftChanges draft={draft} hash={published.hash} />}
    </div>
  );
}

/** What is in the plan of a text, beside what is published. */
function Ahead({ text, published }: { text: string | null; published: { body: string } | null }) {
  const say = useWords(previewWords);
  const format = useFormats();
  const stopped = useStopped();
  const { data: company } = useCompany();
  const [span, setSpan] = useState<Span>("tomorrow");
  const { data, sums, error, refetch, isPending } = useAhead(span, text, published?.body ?? null);
  const before = useAhead(span, null, published?.body ?? null, text !== null && published !== null).sums;
  const was = text === null ? null : before;
  const mode = stopped ? say.stopped : company?.mode === "shadow" ? say.shadow : company?.mode === "approve" ? say.approve : company?.mode === "redirect" ? say.redirect : null;
  return (
    <Card
      title={text === null ? say.published : say.draftAhead}
      description={text === null ? say.ifNobody : say.ifPublished}
      actions={<Segments label={say.label} value={span} onChange={setSpan} choices={(["tomorrow", "week"] as const).map((value) => ({ value, label: say.span[value] }))} />}
    >
      {mode && <div className="mb-3"><Notice tone={stopped ? "bad" : "info"}>{mode}</Notice></div>}
      {isPending ? <SkeletonRows rows={6} /> : error ? <Failed error={error} retry={() => void refetch()} /> : sums && (
        sums.rows.length === 0
          ? <Empty icon={<CalendarX />} title={say.nothing} className="py-8">{say.nothingText}</Empty>
          : (
            <div className="flex flex-col gap-5">
              <Sentence sums={sums} when={span === "tomorrow" ? say.tomorrow(format.weekday(sums.tomorrow)) : say.week} />
              {data?.moves && <p className="-mt-3 text-sm text-muted">{say.moves(data.moves.moved, data.moves.there, data.moves.refused_count)}</p>}
              <div className="grid grid-cols-2 gap-4 sm:grid-cols-5">
                <Stat label={say.messages} value={format.number(sums.messages)} note={was && say.now(format.number(was.messages))} />
                <Stat label={say.customers} value={format.number(sums.customers)} note={was && say.now(format.number(was.customers))} />
                <Stat label={say.others} value={format.number(acts(sums))} note={was && say.now(format.number(acts(was)))} />
                <Stat label={say.skippedStat} value={format.number(sums.skipped.steps)} tone={sums.skipped.steps ? "warn" : undefined} note={was && say.now(format.number(was.skipped.steps))} />
                <Stat label={say.deferredStat} value={format.number(sums.deferred.steps)} note={was && say.now(format.number(was.deferred.steps))} />
              </div>
              <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)]">
                <Steps sums={sums} was={was} />
                <div className="flex flex-col gap-6">
                  {sums.reasons.length > 0 && <Reasons sums={sums} />}
                  {span === "week" && sums.days.length > 1 && (
                    <section>
                      <h3 className="mb-2 font-semibold">{say.byDay}</h3>
                      <Chart kind="bar" label={say.byDayLabel} data={sums.days} x="day" height={190} formatX={format.shortDay} formatY={format.number} series={[{ key: "messages", name: say.messages, stack: "a" }, { key: "skipped", name: say.skippedStat, stack: "a", color: "var(--chart-3)" }, { key: "deferred", name: say.deferredStat, stack: "a", color: "var(--chart-6)" }]} />
                    </section>
                  )}
                </div>
              </div>
              {data && data.more > 0 && <p className="text-sm text-muted">{say.more(format.number(data.more))}</p>}
            </div>
          )
      )}
    </Card>
  );
}

const acts = (sums: Sums) => sums.acts.reduce((sum, [, n]) => sum + n, 0);

/** "Tomorrow this sends N messages to M customers and makes 3 tasks; 12 steps are skipped." */
export function Sentence({ sums, when }: { sums: Sums; when: string }) {
  const say = useWords(previewWords);
  const parts = [sums.messages ? say.sends(sums.messages, sums.customers) : say.sendsNone, ...sums.acts.map(([verb, n]) => (say.acts[verb] ?? say.acts.other)?.(n) ?? "")];
  const does = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} ${say.and} ${parts.at(-1)}` : parts[0];
  const misses = [sums.skipped.steps && say.skipped(sums.skipped.steps, sums.skipped.customers), sums.deferred.steps && say.deferred(sums.deferred.steps, sums.deferred.customers)].filter(Boolean);
  return <p className="text-lg text-pretty">{when} {does}.{misses.length > 0 && <span className="text-muted"> {misses.join(`, ${say.and} `)}.</span>}</p>;
}

function Reasons({ sums }: { sums: Sums }) {
  const say = useWords(previewWords);
  const tells = useWords(telling);
  const format = useFormats();
  return (
    <section>
      <h3 className="mb-1 font-semibold">{say.because}</h3>
      <ul>
        {sums.reasons.map((one) => (
          <li key={`${one.outcome}${one.reason}`} className="flex items-center gap-3 border-b border-line py-2 last:border-0">
            <Badge tone={one.outcome === "skipped" ? "warn" : "info"}>{say.outcome[one.outcome]}</Badge>
            <span className="min-w-0 flex-1">{(one.outcome === "skipped" ? tells.skipped : tells.deferred)[one.reason] ?? (one.reason || say.reasonNone)}</span>
            <span className="num font-medium">{format.number(one.steps)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Steps({ sums, was }: { sums: Sums; was: Sums | null }) {
  const say = useWords(previewWords);
  const tells = useWords(telling);
  const format = useFormats();
  const number = (n: number) => (n ? format.number(n) : <span className="text-faint">–</span>);
  const before = new Map(was?.rows.map((row) => [row.step, row.done]));
  const gone = was?.rows.filter((row) => row.done > 0 && !sums.rows.some((one) => one.step === row.step)) ?? [];
  const rows = [...sums.rows, ...gone.map((row) => ({ ...row, done: 0, customers: 0, skipped: 0, deferred: 0 }))];
  return (
    <section className="min-w-0">
      <h3 className="mb-1 font-semibold">{say.byStep}</h3>
      <table className="w-full">
        <thead className="text-left text-sm text-muted">
          <tr className="border-b border-line [&>th]:py-1.5 [&>th]:pl-3 [&>th]:text-right [&>th]:font-medium [&>th:first-child]:pl-0 [&>th:first-child]:text-left">
            <th>{say.step}</th><th>{say.customers}</th><th>{say.done}</th>{was && <th>{say.before}</th>}<th>{say.skippedHead}</th><th>{say.deferredHead}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.step} className="border-b border-line last:border-0 [&>td]:py-1.5 [&>td]:pl-3 [&>td]:text-right [&>td:first-child]:pl-0 [&>td:first-child]:text-left">
              <td className="font-medium">{stepName(row.step, tells)}</td><td>{number(row.customers)}</td><td>{number(row.done)}</td>{was && <td className="text-muted">{number(before.get(row.step) ?? 0)}</td>}<td>{number(row.skipped)}</td><td>{number(row.deferred)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function DraftChanges({ draft, hash }: { draft: Draft; hash: string }) {
  const say = useWords(previewWords);
  const { data, error, isPending } = useDiff({ hash }, draft.dirty ? { text: draft.text } : null);
  return (
    <Card title={say.draft} description={draft.dirty ? say.draftText : undefined}>
      {!draft.dirty ? <p className="text-muted">{say.draftNone}</p> : isPending ? <SkeletonRows rows={3} /> : error ? <Failed error={error} /> : data && <Differences changes={data.changes} sameText={data.same_text} />}
    </Card>
  );
}
