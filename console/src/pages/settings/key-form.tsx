import { type FormEvent, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useSession } from "../../app/session";
import { useProblemText } from "../../app/toasts";
import { Button, Checkbox, Dialog, Field, Input, Notice } from "../../ui";
import { common, useWords } from "../../words";
import { keysWords } from "./keys-words";
import { typedLimit } from "./limit";

type KeyScope = Schemas["Key"]["scopes"][number];

/** A key with the scopes that it needs, out of those that its maker has. */
export function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Schemas["NewKey"]) => void }) {
  const say = useWords(keysWords);
  const words = useWords(common);
  const text = useProblemText();
  const { caller } = useSession();
  const mine = caller.scopes as KeyScope[];
  const areas = [...new Set(mine.map((scope) => scope.split(":")[0] ?? scope))];
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<KeyScope>>(new Set());
  const [until, setUntil] = useState("");
  const [typed, setTyped] = useState("");
  const limit = typedLimit(typed);
  const make = useAct({
    run: () => answer(api.POST("/v1/keys", { body: { name: name.trim(), scopes: [...scopes], limit: limit ?? null, expires_at: until ? new Date(`${until}T23:59:59`).toISOString() : null } })),
    stale: [keys.apiKeys], quiet: true, onDone: onMade,
  });
  function toggle(scope: KeyScope, on: boolean) {
    const next = new Set(scopes);
    if (on) next.add(scope);
    else next.delete(scope);
    setScopes(next);
  }
  function go(event: FormEvent) {
    event.preventDefault();
    if (limit !== undefined && scopes.size > 0) make.mutate();
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={say.make}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="key" disabled={scopes.size === 0} busy={make.isPending}>{say.make}</Button></>}
    >
      <form id="key" className="flex flex-col gap-4" onSubmit={go}>
        <Field label={say.name} hint={say.nameHint}><Input autoFocus required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" /></Field>
        <fieldset>
          <legend className="text-sm font-medium">{say.scopes}</legend>
          <p className="mb-2 text-sm text-muted">{say.scopesHint}</p>
          <div className="grid grid-cols-2 gap-x-6 gap-y-1.5 sm:grid-cols-3">
            {areas.map((area) => (
              <div key={area} className="flex flex-col gap-1">
                {mine.filter((scope) => scope.startsWith(`${area}:`)).map((scope) => <Checkbox key={scope} checked={scopes.has(scope)} onChange={(on) => toggle(scope, on)} label={<code className="font-mono text-sm">{scope}</code>} />)}
              </div>
            ))}
          </div>
        </fieldset>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={say.expires} hint={say.expiresHint} optional={words.optional}><Input type="date" value={until} onChange={(event) => setUntil(event.target.value)} /></Field>
          <Field label={say.limit} hint={say.limitHint} optional={words.optional} error={limit === undefined ? say.limitWrong : undefined}><Input inputMode="decimal" placeholder="R$" className="num" value={typed} onChange={(event) => setTyped(event.target.value)} /></Field>
        </div>
        {make.error && <Notice tone="bad">{text(make.error)}</Notice>}
      </form>
    </Dialog>
  );
}
