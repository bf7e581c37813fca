import { type ReactNode, useState } from "react";
import { useMay } from "../../app/session";
import { useShortcut } from "../../app/shortcuts";
import { Button, Dialog, SelectionBar } from "../../ui";
import { common, useWords } from "../../words";
import { CauseField, ReasonField } from "../receivables/acts/fields";
import type { Values } from "../receivables/acts/kinds";
import { actWords } from "../receivables/acts/words";
import { MOST } from "../receivables/bulk/bar";
import { Progress } from "../receivables/bulk/dialog";
import { Results } from "../receivables/bulk/results";
import { count } from "../receivables/bulk/run";
import { useRun } from "../receivables/bulk/use-bulk";
import { useRefreshMany } from "./data";
import type { CustomerRow } from "./data";
import { runCustomerAct } from "./page/use-acts";
import { pageWords } from "./page/words";
import { words } from "./words";

const ACTS = ["pause", "resume", "hold", "release"] as const;
type ManyAct = (typeof ACTS)[number];
const BACK: Record<ManyAct, ManyAct> = { pause: "resume", resume: "pause", hold: "release", release: "hold" };

/** What can be done to customers that are selected. */
export function CustomersBar({ selection, onSelect, rows }: { selection: ReadonlySet<string>; onSelect: (next: ReadonlySet<string>) => void; rows: readonly CustomerRow[] }) {
  const say = useWords(pageWords);
  const names = useWords(words);
  const may = useMay();
  const [act, setAct] = useState<ManyAct | null>(null);
  const can = may("customers:act");
  const many = selection.size > MOST;
  useShortcut("P", () => setAct("pause"), can && selection.size > 0 && !many);
  useShortcut("B", () => setAct("hold"), can && selection.size > 0 && !many);
  return (
    <>
      <SelectionBar selection={selection} onClear={() => onSelect(new Set())}>
        {can && ACTS.map((one) => <Button key={one} size="sm" disabled={many} onClick={() => setAct(one)}>{say.acts[one].name}</Button>)}
        {many && <span className="text-sm text-warn">{names.tooMany(MOST)}</span>}
      </SelectionBar>
      {act && (
        <ManyDialog
          act={act}
          ids={[...selection]}
          names={new Map(rows.filter((row) => selection.has(row.id)).map((row) => [row.id, row.name ?? row.external_id]))}
          onClose={(changed) => {
            setAct(null);
            if (changed) onSelect(new Set());
          }}
        />
      )}
    </>
  );
}

function ManyDialog({ act, ids, names, onClose }: { act: ManyAct; ids: readonly string[]; names: ReadonlyMap<string, string>; onClose: (changed: boolean) => void }) {
  const say = useWords(pageWords);
  const own = useWords(actWords).bulk;
  const list = useWords(words);
  const usual = useWords(common);
  const refresh = useRefreshMany();
  const [values, setValues] = useState<Values>(act === "hold" || act === "release" ? { cause: "hold" } : {});
  const { run, start, halt } = useRun<ManyAct>();
  const [changed, setChanged] = useState(false);
  const name = say.acts[act].name;
  async function go(one: ManyAct, of: readonly string[]) {
    const results = await start(one, of, (id, key) => runCustomerAct(one, id, values, key));
    const done = results.filter((result) => result.outcome === "done").map((result) => result.id);
    if (done.length > 0) setChanged(true);
    refresh(done);
  }
  const running = run !== null && !run.over;
  const done = run?.results.filter((result) => result.outcome === "done").map((result) => result.id) ?? [];
  const again = run?.results.filter((result) => result.outcome === "failed" || result.outcome === "left").map((result) => result.id) ?? [];
  const footer: ReactNode = running ? (
    <Button onClick={halt} disabled={run.stopping}>{run.stopping ? own.stopping : own.stop}</Button>
  ) : run ? (
    <>
      {again.length > 0 && run.act === act && <Button onClick={() => void go(run.act, again)}>{usual.retry}</Button>}
      {done.length > 0 && run.act === act && <Button onClick={() => void go(BACK[act], done)}>{usual.undo}</Button>}
      <Button look="primary" onClick={() => onClose(changed)}>{usual.close}</Button>
    </>
  ) : (
    <>
      <Button onClick={() => onClose(false)}>{usual.cancel}</Button>
      <Button look="primary" onClick={() => void go(act, ids)}>{name}: {list.bulkFits(ids.length)}</Button>
    </>
  );
  return (
    <Dialog open wide onOpenChange={(open) => !open && !running && onClose(changed)} title={name} description={say.acts[act].means} footer={footer}>
      {run ? (
        <Progress total={run.total} done={run.results.length} running={running}>
          <div role="status" className="flex flex-wrap gap-x-4">
            {count(run.results, "done") > 0 && <span className="text-good">{own.done(count(run.results, "done"))}</span>}
            {count(run.results, "failed") > 0 && <span className="text-bad">{own.failed(count(run.results, "failed"))}</span>}
            {run.over && count(run.results, "left") > 0 && <span className="text-muted">{own.left(count(run.results, "left"))}</span>}
          </div>
          <Results results={run.results} names={names} />
        </Progress>
      ) : (
        <div className="flex flex-col gap-4">
          <div className="rounded-lg border border-line bg-canvas p-4">
            <div className="text-xl font-semibold">{list.bulkFits(ids.length)}</div>
            <div className="text-muted">{list.bulkMeans}</div>
            <p className="scrollbar-thin mt-1 max-h-24 overflow-y-auto text-sm text-muted">{[...names.values()].join(", ")}</p>
          </div>
          {(act === "hold" || act === "release") && <CauseField values={values} onChange={setValues} />}
          <ReasonField values={values} onChange={setValues} />
        </div>
      )}
    </Dialog>
  );
}
