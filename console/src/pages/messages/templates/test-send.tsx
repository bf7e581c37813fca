import { type FormEvent, useId, useState } from "react";
import { answer, api } from "../../../api/client";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useProblemText } from "../../../app/toasts";
import { Button, Dialog, Field, Input, Notice } from "../../../ui";
import { common, useWords } from "../../../words";
import type { LANGUAGES, TONES } from "./words";
import { templateWords } from "./words";

export type Choice = { template: string; language: (typeof LANGUAGES)[number]; tone: (typeof TONES)[number] };

/** Sends the template by e-mail to somebody who may sign in. */
export function TestSend({ choice, onClose }: { choice: Choice; onClose: () => void }) {
  const say = useWords(templateWords);
  const usual = useWords(common);
  const text = useProblemText();
  const form = useId();
  const [to, setTo] = useState("");
  const send = useAct({ run: () => answer(api.POST("/v1/messages/test", { body: { to: to.trim(), ...choice } })), done: () => say.testSent(to.trim()), quiet: true, onDone: onClose });
  const problem = send.error instanceof Problem ? send.error : null;
  const go = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.testTitle}
      description={say.testText}
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form={form} look="primary" busy={send.isPending} disabled={!to.trim()}>{say.testSend}</Button></>}
    >
      <form id={form} onSubmit={go} className="flex flex-col gap-3">
        <p className="text-muted">{say.names[choice.template] ?? choice.template} · {say.languages[choice.language]} · {say.tones[choice.tone]}</p>
        <Field label={say.testTo} hint={say.emailOnly} error={problem?.of("/to")}><Input type="email" value={to} onChange={(event) => setTo(event.target.value)} /></Field>
        {send.error && !problem?.of("/to") && <Notice tone="bad">{text(send.error)}</Notice>}
      </form>
    </Dialog>
  );
}
