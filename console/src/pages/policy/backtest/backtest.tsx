import { useQueryClient } from "@tanstack/react-query";
import { History, Play } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../../api/client";
import { useAct } from "../../../app/act";
import { Button, Card, Empty, Failed, Field, Input, Notice, Select, SkeletonRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import type { useVersions, Version } from "../data";
import type { Draft } from "../draft";
import { type Backtest, backtestKey, useBacktest } from "./data";
import { Results } from "./results";
import { backtestWords } from "./words";

const DRAFT = "draft";
const NONE = "none";

function yearAgo(): string {
  const day = new Date();
  day.setFullYear(day.getFullYear() - 1);
  return day.toISOString().slice(0, 10);
}

/** A policy over the company's own past, beside another. */
export function BacktestPart({ draft, right, versions }: { draft: Draft; right: boolean; versions: NonNullable<ReturnType<typeof useVersions>["data"]>["items"] }) {
  const say = useWords(backtestWords);
  const { data, error, isPending, refetch } = useBacktest();
  return (
    <div className="flex flex-col gap-4">
      <Choose draft={draft} right={right} versions={versions} data={data} />
      {isPending ? <SkeletonRows rows={4} /> : error ? <Failed error={error} retry={() => void refetch()} />
        : data.running ? <Progress data={data} />
        : data.failed ? <Notice tone="bad"><strong>{say.failed}.</strong> <span lang="en">{data.failed}</span></Notice>
        : data.result ? <Results result={data.result} />
        : <Card><Empty icon={<History />} title={say.empty} className="py-10">{say.emptyText}</Empty></Card>}
    </div>
  );
}

function Choose({ draft, right, versions, data }: { draft: Draft; right: boolean; versions: readonly Version[]; data: Backtest | undefined }) {
  const say = useWords(backtestWords);
  const client = useQueryClient();
  const [chosen, choose] = useState<string | null>(null);
  const [compared, compare] = useState<string | null>(null);
  const [from, setFrom] = useState(yearAgo);
  const published = versions.map((one) => ({ value: one.hash, label: say.version(one.version, one.name) }));
  const sides = draft.dirty ? [{ value: DRAFT, label: say.draft }, ...published] : published;
  const policy = sides.find((one) => one.value === chosen)?.value ?? sides[0]?.value;
  const others = [...sides.filter((one) => one.value !== policy), { value: NONE, label: say.nothing }];
  const against = others.find((one) => one.value === compared)?.value ?? others[0]?.value ?? NONE;
  const needsDraft = policy === DRAFT || against === DRAFT;
  const side = (value: string) => (value === DRAFT ? { text: draft.text } : { hash: value });
  const begin = useAct({
    run: () => answer(api.POST("/v1/policies/backtest", { body: { policy: side(policy ?? ""), against: against === NONE ? null : side(against), from: from || null } })),
    onDone: (told: Backtest) => client.setQueryData(backtestKey, told),
  });
  return (
    <Card title={say.title} description={say.text}>
      <form className="flex flex-wrap items-end gap-3" onSubmit={(event) => { event.preventDefault(); begin.mutate(); }}>
        <Field label={say.policy} className="min-w-52 flex-1"><Select value={policy} onChange={choose} choices={sides} className="w-full" /></Field>
        <Field label={say.against} className="min-w-52 flex-1"><Select value={against} onChange={compare} choices={others} className="w-full" /></Field>
        <Field label={say.from}><Input type="date" value={from} onChange={(event) => setFrom(event.target.value)} required /></Field>
        <Button type="submit" look="primary" busy={begin.isPending || data?.running} disabled={!policy || (needsDraft && !right)}><Play />{data?.result ? say.again : say.begin}</Button>
      </form>
      {needsDraft && !right && <p className="mt-2 text-sm text-warn">{say.notRight}</p>}
    </Card>
  );
}

function Progress({ data }: { data: Backtest }) {
  const say = useWords(backtestWords);
  const format = useFormats();
  return (
    <Card>
      <div className="flex items-center gap-4 py-4">
        <div className="h-2 min-w-0 flex-1 overflow-hidden rounded-full bg-hover" role="progressbar" aria-label={say.running} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(data.done_bp / 100)}>
          <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${data.done_bp / 100}%` }} />
        </div>
        <span className="num text-sm text-muted">{data.done_bp === 0 ? say.reading : format.percent(data.done_bp / 10_000)}</span>
      </div>
    </Card>
  );
}
