import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useMay, useSession } from "../../../app/session";
import { useProblemText } from "../../../app/toasts";
import { Button, Dialog, Field, Input, Notice } from "../../../ui";
import { common, useWords } from "../../../words";
import type { Language, Tone } from "./data";
import { templateWords } from "./words";

export type Choice = { template: string; language: Language; tone: Tone };

/** The address of whoever is signed in, where they may look at people. */
function useOwnAddress(): string | undefined {
  const may = useMay();
  const { caller } = useSession();
  const people = useQuery({ queryKey: [...keys.people, "own", caller.id], queryFn: ({ signal }) => answer(api.GET("/v1/people", { params: { query: { limit: 200 } }, signal })), enabled: may("people:read"), staleTime: 5 * 60_000 });
  return people.data?.items.find((person) => person.id === caller.id)?.email;
}

/** Sends the template by e-mail to somebody who may sign in. */
export function TestSend({ choice, text: draft, onClose }: { choice: Choice; text?: string; onClose: () => void }) {
  const say = useWords(templateWords);
  const usual = useWords(common);
  const text = useProblemText();
  const form = useId();
  const own = useOwnAddress();
  const [typed, setTo] = useState<string | null>(null);
  const to = typed ?? own ?? "";
  const send = useAct({ run: () => answer(api.POST("/v1/messages/test", { body: { to: to.trim(), ...choice, text: draft } })), done: () => say.testSent(to.trim()), quiet: true, onDone: onClose });
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
        <p className="text-muted">{say.names[choice.template] ?? choice.template} · {say.languages[choice.language]} · {say.tones[choice.tone]}{draft !== undefined && ` · ${say.draft}`}</p>
        <Field label={say.testTo} hint={say.emailOnly} error={problem?.of("/to")}><Input type="email" value={to} onChange={(event) => setTo(event.target.value)} /></Field>
        {send.error && !problem?.of("/to") && <Notice tone="bad">{text(send.error)}</Notice>}
      </form>
    </Dialog>
  );
}
