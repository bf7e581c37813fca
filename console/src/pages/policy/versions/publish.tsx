import { useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { useCompany } from "../../../app/mode";
import { useTellDone } from "../../../app/toasts";
import { Button, Dialog, Failed, Field, Input, Notice, SkeletonRows, Textarea } from "../../../ui";
import { common, useFormats, useWords } from "../../../words";
import { useCheck, useDiff, useMigration } from "../data";
import { Differences } from "./differences";
import { shareOf } from "./share";
import { versionWords } from "./words";

/** Publishing, with what changes and what happens told before. */
export function PublishDialog({ text, current, onClose, onPublished }: { text: string; current: { hash: string } | null; onClose: () => void; onPublished: (version: { number: number; hash: string }) => void }) {
  const say = useWords(versionWords);
  const shared = useWords(common);
  const format = useFormats();
  const tellDone = useTellDone();
  const { data: company } = useCompany();
  const check = useCheck(text);
  const diff = useDiff(current && { hash: current.hash }, current ? { text } : null);
  const open = useMigration(current?.hash, null);
  const [share, setShare] = useState("100");
  const [reason, setReason] = useState("");
  const points = shareOf(share);
  const errors = check.data?.findings.filter((finding) => finding.severity === "error").length ?? 0;
  const publish = useAct({
    run: () => answer(api.POST("/v1/policies", { body: { text, share_bp: points === 10_000 ? null : points, reason: reason.trim() || null } })),
    stale: [keys.policies, keys.company, keys.plan, keys.audit],
    onDone: (version) => {
      tellDone(version.unchanged ? say.unchanged : say.published(version.number));
      onPublished(version);
    },
  });
  const count = open.data ? open.data.moved + open.data.there + open.data.refused_count : null;
  const mode = company && say.modeTexts[company.mode];
  return (
    <Dialog
      open
      wide
      onOpenChange={(to) => !to && onClose()}
      title={say.publishTitle}
      description={say.publishText}
      footer={<><Button onClick={onClose}>{shared.cancel}</Button><Button look="primary" busy={publish.isPending} disabled={!check.current || !check.data?.right || points === null} onClick={() => publish.mutate()}>{say.publish}</Button></>}
    >
      <div className="flex flex-col gap-5">
        {errors > 0 && <Notice tone="bad">{say.hasErrors(errors)}</Notice>}
        <section>
          <h3 className="mb-1 font-semibold">{say.changes}</h3>
          {!current ? <p className="text-muted">{say.first}</p> : errors > 0 ? null : diff.isPending ? <SkeletonRows rows={3} /> : diff.error ? <Failed error={diff.error} /> : <Differences changes={diff.data.changes} sameText={diff.data.same_text} />}
        </section>
        <section>
          <h3 className="mb-1 font-semibold">{say.effects}</h3>
          <ul className="ml-4 flex list-disc flex-col gap-1">
            <li>{points !== null && points < 10_000 ? say.newShare(format.percent(points / 10_000)) : say.newOnes}</li>
            {current && <li>{count === null ? say.stayUnknown : say.stay(count)}</li>}
            {mode && <li>{mode}</li>}
            <li>{say.forever}</li>
          </ul>
        </section>
        <div className="grid gap-4 sm:grid-cols-[200px_1fr]">
          {current && (
            <Field label={say.shareLabel} hint={say.shareHelp} error={points === null ? say.badShare : undefined}>
              <Input value={share} onChange={(event) => setShare(event.target.value)} inputMode="decimal" />
            </Field>
          )}
          <Field label={shared.reason} hint={shared.reasonHelp} optional={shared.optional}>
            <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={4000} />
          </Field>
        </div>
      </div>
    </Dialog>
  );
}
