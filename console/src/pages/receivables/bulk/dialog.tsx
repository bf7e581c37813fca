import { type ReactNode, useMemo, useState } from "react";
import { useSession } from "../../../app/session";
import { Button, Dialog, Field, Input, Money, Notice } from "../../../ui";
import { common, decimal, minor, useFormats, useWords } from "../../../words";
import { CauseField, DayField, ReasonField } from "../acts/fields";
import { type BulkAct, final, limited, undoes, type Values } from "../acts/kinds";
import { runAct } from "../acts/run";
import { actWords } from "../acts/words";
import { useRefresh } from "../data";
import { addDays } from "../days";
import { preview } from "./preview";
import { Results } from "./results";
import { count } from "./run";
import { useLooks, useRun } from "./use-bulk";

type Props = { act: BulkAct; ids: readonly string[]; today: string; onClose: (changed: boolean) => void };

/** An act on many: what it will do and to how many; then how far it is; then what came of each. */
export function BulkDialog({ act, ids, today, onClose }: Props) {
  const say = useWords(actWords);
  const usual = useWords(common);
  const { caller } = useSession();
  const format = useFormats();
  const refresh = useRefresh();
  const [values, setValues] = useState<Values>(() => (act === "hold" || act === "release" ? { cause: "hold" } : act === "promise" ? { on: addDays(today, 3) } : {}));
  const [sure, setSure] = useState("");
  const [changed, setChanged] = useState(false);
  const { looks, over } = useLooks(ids);
  const { run, start, halt } = useRun<BulkAct>();
  const seen = useMemo(() => preview(act, values, looks, Date.now()), [act, values, looks]);
  const name = say.acts[act].name;
  const customersOf = (done: readonly string[]) => looks.filter((look) => done.includes(look.id)).flatMap((look) => look.receivable?.customer ?? []);

  async function go(one: BulkAct, of: readonly string[]) {
    const results = await start(one, of, (id, key) => runAct(one, id, values, key));
    const done = results.filter((result) => result.outcome === "done" || result.outcome === "held").map((result) => result.id);
    if (done.length > 0) setChanged(true);
    await refresh(done, customersOf(done));
  }

  const word = final.has(act) ? String(seen.fits.length) : null;
  const ready = over && seen.fits.length > 0 && (!word || sure.trim() === word) && (act !== "promise" || Boolean(values.on));
  const running = run !== null && !run.over;
  const back = run?.over ? (undoes[run.act] as BulkAct | undefined) : undefined;
  const done = run?.results.filter((result) => result.outcome === "done").map((result) => result.id) ?? [];
  const again = run?.results.filter((result) => result.outcome === "failed" || result.outcome === "left").map((result) => result.id) ?? [];
  const names = new Map(looks.map((look) => [look.id, look.receivable?.external_id ?? look.id]));
  const over_limit = limited.has(act) && caller.limit != null ? seen.fits.filter((one) => minor(one.stands?.due.total ?? one.balance) > (caller.limit ?? 0)).length : 0;

  const footer: ReactNode = running ? (
    <Button onClick={halt} disabled={run.stopping}>{run.stopping ? say.bulk.stopping : say.bulk.stop}</Button>
  ) : run ? (
    <>
      {again.length > 0 && run.act === act && <Button onClick={() => void go(run.act, again)}>{say.bulk.retry(again.length)}</Button>}
      {back && done.length > 0 && <Button onClick={() => void go(back, done)}>{say.bulk.undo(done.length)}</Button>}
      <Button look="primary" onClick={() => onClose(changed)}>{usual.close}</Button>
    </>
  ) : (
    <>
      <Button onClick={() => onClose(false)}>{usual.cancel}</Button>
      <Button look={final.has(act) ? "danger" : "primary"} disabled={!ready} onClick={() => void go(act, seen.fits.map((one) => one.id))}>{say.bulk.run(name, seen.fits.length)}</Button>
    </>
  );

  return (
    <Dialog open wide onOpenChange={(open) => !open && !running && onClose(changed)} title={run ? name : say.bulk.title(name)} description={say.acts[act].means} footer={footer}>
      {run ? (
        <Progress total={run.total} done={run.results.length} running={running}>
          <div className="flex flex-wrap gap-x-4 gap-y-1" role="status">
            {count(run.results, "done") > 0 && <span className="text-good">{say.bulk.done(count(run.results, "done"))}</span>}
            {count(run.results, "held") > 0 && <span className="text-warn">{say.bulk.held(count(run.results, "held"))}</span>}
            {count(run.results, "failed") > 0 && <span className="text-bad">{say.bulk.failed(count(run.results, "failed"))}</span>}
            {run.over && count(run.results, "left") > 0 && <span className="text-muted">{say.bulk.left(count(run.results, "left"))}</span>}
          </div>
          <Results results={run.results} names={names} />
        </Progress>
      ) : !over ? (
        <Progress total={ids.length} done={looks.length} running text={say.bulk.reading(looks.length, ids.length)} />
      ) : (
        <div className="flex flex-col gap-4">
          <Summary seen={seen} />
          {(act === "hold" || act === "release") && <CauseField values={values} onChange={setValues} />}
          {act === "promise" && <DayField values={values} onChange={setValues} label={say.dayPromised} min={today} />}
          <ReasonField values={values} onChange={setValues} />
          {over_limit > 0 && <Notice tone="warn">{say.overLimit(format.money({ amount: decimal(caller.limit ?? 0), currency: seen.totals[0]?.currency ?? "BRL" }))} ({over_limit})</Notice>}
          {word && seen.fits.length > 0 && (
            <Field label={say.bulk.sure(word)}>
              <Input className="w-32!" inputMode="numeric" autoComplete="off" value={sure} onChange={(event) => setSure(event.target.value)} />
            </Field>
          )}
        </div>
      )}
    </Dialog>
  );
}

export function Progress({ total, done, running, text, children }: { total: number; done: number; running: boolean; text?: string; children?: ReactNode }) {
  const say = useWords(actWords);
  const label = text ?? say.bulk.running(done, total);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1.5">
        <span className="num text-muted">{label}</span>
        <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total} aria-valuenow={done} className="h-1.5 overflow-hidden rounded-full bg-active">
          <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${total > 0 ? (done / total) * 100 : 0}%` }} />
        </div>
        {running && !text && <span className="text-sm text-muted">{say.bulk.keepOpen}</span>}
      </div>
      {children}
    </div>
  );
}

function Summary({ seen }: { seen: ReturnType<typeof preview> }) {
  const say = useWords(actWords);
  const left = [...seen.unfits.values()].reduce((sum, of) => sum + of.length, 0);
  return (
    <div className="flex flex-col gap-3">
      {seen.fits.length === 0 ? (
        <Notice tone="warn">{say.bulk.noneFit}</Notice>
      ) : (
        <div className="grid gap-4 rounded-lg border border-line bg-canvas p-4 sm:grid-cols-2">
          <div>
            <div className="text-xl font-semibold">{say.bulk.fits(seen.fits.length)}</div>
            <div className="text-muted">{say.bulk.ofCustomers(seen.customers)}</div>
          </div>
          <div>
            <div className="text-xl font-semibold">{seen.totals.map((total) => <Money key={total.currency} value={total} className="mr-3" />)}</div>
            <div className="text-muted">{say.bulk.dueToday}</div>
          </div>
          {seen.stopped > 0 && <div className="text-sm sm:col-span-2">{say.bulk.stops(seen.stopped)}</div>}
          <details className="sm:col-span-2">
            <summary className="text-sm text-accent">{say.bulk.which}</summary>
            <p className="scrollbar-thin num mt-1 max-h-28 overflow-y-auto text-sm text-muted">{seen.fits.map((one) => one.external_id).join(", ")}</p>
          </details>
        </div>
      )}
      {left > 0 && (
        <div className="text-sm">
          <div className="font-medium">{say.bulk.unfits(left)}</div>
          <ul className="text-muted">
            {[...seen.unfits].map(([why, of]) => (
              <li key={why}>{say.unfit[why] ?? why}: <span className="num">{of.slice(0, 12).join(", ")}{of.length > 12 && ` +${of.length - 12}`}</span></li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
