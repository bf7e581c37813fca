import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useAct } from "../../app/act";
import { useProblemText } from "../../app/toasts";
import { Button, Dialog, Failed, Field, Input, Notice, SkeletonRows, Stat, Textarea } from "../../ui";
import { common, enums, useFormats, useWords } from "../../words";
import { modeWords } from "./mode-words";

export type Mode = "shadow" | "redirect" | "approve" | "live";

/** Another mode, with what it would do to the real book before anybody agrees to it. */
export function ChangeMode({ from, mode, onClose }: { from: Mode; mode: Mode; onClose: () => void }) {
  const say = useWords(modeWords);
  const words = useWords(common);
  const names = useWords(enums).mode ?? {};
  const format = useFormats();
  const text = useProblemText();
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const preview = useQuery({
    queryKey: ["mode-preview", mode],
    queryFn: ({ signal }) => slow(() => answer(api.POST("/v1/mode/preview", { body: { mode, hours: 48 }, signal })), signal),
    staleTime: 0,
  });
  const change = useAct({
    run: () => answer(api.PUT("/v1/mode", { body: { mode, redirect_to: mode === "redirect" ? to.trim() : null, reason: reason.trim() || null } })),
    done: (told) => `${say.changed(names[mode] ?? mode)}${told.moved ? ` · ${say.moved(format.number(told.moved))}` : ""}`,
    stale: [keys.company, keys.plan, keys.today, keys.receivables, keys.approvals],
    quiet: true,
    onDone: onClose,
  });
  const told = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${say.change}: ${names[mode]}`}
      description={say.from(names[from] ?? from, names[mode] ?? mode)}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look={mode === "live" ? "danger" : "primary"} type="submit" form="change-mode" busy={change.isPending} disabled={preview.isPending}>{say.change}</Button></>}
    >
      <form id="change-mode" className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); change.mutate(); }}>
        <p className="text-muted">{say.texts[mode]}</p>
        {from === "shadow" && mode !== "shadow" && <Notice tone="warn">{say.enters}</Notice>}
        <section className="rounded-lg border border-line p-3">
          <h3 className="mb-2 text-sm font-medium text-muted">{say.next}</h3>
          {preview.isPending ? <><p className="mb-3 text-muted">{say.previewing}</p><SkeletonRows rows={2} /></> : preview.error ? <Failed error={preview.error} retry={() => void preview.refetch()} className="py-4" /> : told && told.messages === 0 && told.steps.length === 0 ? <p>{say.nothing}</p> : told && (
            <>
              <Stat label={say.preview} value={say.messages(format.number(told.messages), format.number(told.customers))} note={told.receivables > 0 ? say.receivables(format.number(told.receivables)) : undefined} />
              <ul className="mt-3 grid max-h-40 grid-cols-2 gap-x-6 overflow-auto">
                {told.steps.map((step) => <li key={step.step} className="flex justify-between border-b border-line py-1"><span>{step.step}</span><span className="num text-muted">{format.number(step.receivables)}</span></li>)}
              </ul>
            </>
          )}
        </section>
        {mode === "redirect" && <Field label={say.to} hint={say.toHint}><Input type="email" required value={to} onChange={(event) => setTo(event.target.value)} /></Field>}
        <Field label={words.reason} hint={words.reasonHelp} optional={words.optional}><Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} maxLength={4000} /></Field>
        {change.error && <Notice tone="bad">{text(change.error)}</Notice>}
      </form>
    </Dialog>
  );
}
