import { useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useMay } from "../../../app/session";
import { Button, Dialog, Failed, Field, Input, Notice, SkeletonRows, Stat, Textarea } from "../../../ui";
import { common, useFormats, useWords } from "../../../words";
import { type Migration, useMigration } from "../data";
import { versionWords } from "./words";

/** Open receivables to another version: the numbers first, then the act. */
export function MigrateDialog({ version, justPublished, onClose }: { version: { number: number; hash: string }; justPublished?: boolean; onClose: () => void }) {
  const say = useWords(versionWords);
  const shared = useWords(common);
  const may = useMay();
  const [typed, type] = useState("");
  const [filter, setFilter] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const preview = useMigration(version.hash, filter);
  const migrate = useAct({
    run: () => answer(api.POST("/v1/policies/{policy}/migrate", { params: { path: { policy: version.hash } }, body: { filter, reason: reason.trim() || null } })),
    done: (told: Migration) => say.migrated(told.moved),
    stale: [keys.policies, keys.receivables, keys.plan, keys.today, keys.audit],
    onDone: onClose,
  });
  const wrong = preview.error instanceof Problem ? (preview.error.of("/filter") ?? (preview.error.status === 422 ? preview.error.detail : undefined)) : undefined;
  // Only what was counted is moved.
  const current = (typed.trim() || null) === filter;
  const moved = current && preview.data ? preview.data.moved : 0;
  return (
    <Dialog
      open
      wide
      onOpenChange={(to) => !to && onClose()}
      title={say.migrateTitle(version.number)}
      description={justPublished ? say.afterPublish : say.migrateText}
      footer={<>
        <Button onClick={onClose}>{justPublished ? say.later : shared.cancel}</Button>
        {may("policy:act") && <Button look="primary" busy={migrate.isPending} disabled={moved === 0} onClick={() => migrate.mutate()}>{say.moveThem(moved)}</Button>}
      </>}
    >
      <div className="flex flex-col gap-5">
        <form className="flex items-start gap-2" onSubmit={(event) => { event.preventDefault(); setFilter(typed.trim() || null); }}>
          <Field label={say.filter} hint={say.filterHelp} error={wrong && <span lang="en">{wrong}</span>} optional={shared.optional} className="flex-1">
            <Input value={typed} onChange={(event) => type(event.target.value)} placeholder={say.filterExample} spellCheck={false} autoComplete="off" className="font-mono" />
          </Field>
          <Button type="submit" className="mt-6" disabled={current}>{say.look}</Button>
        </form>
        {preview.isPending ? <div><p className="mb-2 text-sm text-muted">{say.counting}</p><SkeletonRows rows={2} /></div>
          : preview.error ? !wrong && <Failed error={preview.error} retry={() => void preview.refetch()} />
          : <Numbers told={preview.data} />}
        {justPublished && <p className="text-sm text-muted">{say.migrateText}</p>}
        {may("policy:act") && (
          <Field label={shared.reason} hint={shared.reasonHelp} optional={shared.optional}>
            <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={4000} rows={2} />
          </Field>
        )}
      </div>
    </Dialog>
  );
}

function Numbers({ told }: { told: Migration }) {
  const say = useWords(versionWords);
  const format = useFormats();
  return (
    <div className="flex flex-col gap-3" role="status">
      <div className="grid grid-cols-2 gap-4 rounded-lg border border-line p-4 sm:grid-cols-5">
        <Stat label={say.moved} value={format.number(told.moved)} />
        <Stat label={say.there} value={format.number(told.there)} />
        <Stat label={say.keptSteps} value={format.number(told.kept_steps)} />
        <Stat label={say.openSteps} value={format.number(told.open_steps)} />
        <Stat label={say.refused} value={format.number(told.refused_count)} tone={told.refused_count ? "warn" : undefined} />
      </div>
      {told.moved === 0 && <Notice>{say.nothingMoves}</Notice>}
      {told.refused.length > 0 && (
        <div>
          <h3 className="mb-1 text-sm font-medium text-muted">{say.refusedWhy}</h3>
          <ul className="scrollbar-thin max-h-40 overflow-y-auto text-sm" tabIndex={0}>
            {told.refused.map((one) => <li key={one.receivable} className="border-b border-line py-1 last:border-0"><span className="font-medium">{one.receivable}</span>: <span lang="en">{one.why}</span></li>)}
          </ul>
          {told.refused_count > told.refused.length && <p className="text-sm text-muted">{say.more(told.refused_count - told.refused.length)}</p>}
        </div>
      )}
    </div>
  );
}
