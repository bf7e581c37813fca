import { type FormEvent, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useProblemText } from "../../app/toasts";
import { useSession } from "../../app/session";
import { Button, Dialog, Field, Input, Notice, Select } from "../../ui";
import { common, decimal, enums, useWords } from "../../words";
import { typedLimit } from "./limit";
import type { Person } from "./people";
import { peopleWords } from "./people-words";

const ROLES = ["owner", "manager", "collector", "analyst", "reader"] as const;
type Props = { person: Person | null; self: boolean; onClose: () => void; onInvited: (token: Schemas["PersonToken"]) => void };

/** Invites somebody, or changes their name, role and limit. One's own role and limit are another's business. */
export function PersonForm({ person, self, onClose, onInvited }: Props) {
  const say = useWords(peopleWords);
  const words = useWords(common);
  const names = useWords(enums).role;
  const text = useProblemText();
  const { caller } = useSession();
  const [name, setName] = useState(person?.name ?? "");
  const [email, setEmail] = useState(person?.email ?? "");
  const [role, setRole] = useState<Person["role"]>(person?.role ?? "collector");
  const [typed, setTyped] = useState(person?.limit === null || person?.limit === undefined ? "" : decimal(person.limit).replace(".", ","));
  const limit = typedLimit(typed);
  const invite = useAct({ run: () => answer(api.POST("/v1/people", { body: { name: name.trim(), email: email.trim(), role, limit: limit ?? null } })), stale: [keys.people], quiet: true, onDone: onInvited });
  const change = useAct({
    run: () => answer(api.PATCH("/v1/people/{person}", { params: { path: { person: person?.id ?? "" } }, body: self ? { name: name.trim() } : { name: name.trim(), role, limit: limit ?? null } })),
    stale: [keys.people], done: say.changed, quiet: true, onDone: onClose,
  });
  const error = invite.error ?? change.error;
  function go(event: FormEvent) {
    event.preventDefault();
    if (limit === undefined) return;
    if (person) change.mutate();
    else invite.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={person ? person.name : say.invite}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="person" busy={invite.isPending || change.isPending}>{person ? words.save : say.sendInvite}</Button></>}
    >
      <form id="person" className="flex flex-col gap-4" onSubmit={go}>
        <Field label={say.name}><Input autoFocus required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" /></Field>
        {!person && <Field label={say.email}><Input type="email" required maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="off" /></Field>}
        {!self && (
          <>
            <Field label={say.role} hint={say.roles[role]}>
              <Select value={role} onChange={setRole} choices={ROLES.filter((one) => one !== "owner" || caller.role === "owner").map((one) => ({ value: one, label: names?.[one] ?? one }))} />
            </Field>
            <Field label={say.limit} hint={say.limitHint} error={limit === undefined ? say.limitWrong : undefined} optional={words.optional}>
              <Input inputMode="decimal" placeholder="R$" className="num max-w-48" value={typed} onChange={(event) => setTyped(event.target.value)} />
            </Field>
          </>
        )}
        {error && <Notice tone="bad">{text(error)}</Notice>}
      </form>
    </Dialog>
  );
}
