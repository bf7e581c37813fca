import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useSession } from "../../app/session";
import { useProblemText } from "../../app/toasts";
import { Ago, Badge, Button, Card, Dialog, Facts, Failed, Field, Input, Moment, SkeletonRows } from "../../ui";
import { common, enums, useWords } from "../../words";
import { PasswordInput, Strength } from "../door/password";
import { accountWords } from "./account-words";
import { LimitText } from "./limit";
import { useOwn } from "./own";
import { SecondFactor } from "./second-factor";

export default function Account() {
  return (
    <div className="flex flex-col gap-4">
      <You />
      <SecondFactor />
      <Sessions />
    </div>
  );
}

function You() {
  const say = useWords(accountWords);
  const roles = useWords(enums).role;
  const { caller } = useSession();
  const own = useOwn().data;
  const [changing, setChanging] = useState(false);
  const [naming, setNaming] = useState(false);
  return (
    <Card title={say.you} actions={<><Button size="sm" onClick={() => setNaming(true)}>{say.changeName}</Button><Button size="sm" onClick={() => setChanging(true)}>{say.changePassword}</Button></>}>
      <Facts rows={[[say.name, own?.name ?? caller.name], [say.email, own?.email ?? "…"], [say.role, roles?.[caller.role ?? ""] ?? caller.role], [say.limit, <LimitText key="limit" limit={caller.limit} />]]} />
      {naming && <ChangeName name={own?.name ?? caller.name} onClose={() => setNaming(false)} />}
      {changing && <ChangePassword onOpenChange={setChanging} />}
    </Card>
  );
}

function ChangeName({ name: before, onClose }: { name: string; onClose: () => void }) {
  const say = useWords(accountWords);
  const words = useWords(common);
  const text = useProblemText();
  const [name, setName] = useState(before);
  const change = useAct({
    run: () => answer(api.PATCH("/v1/me/person", { body: { name: name.trim() } })),
    done: say.nameSaved,
    stale: [keys.people, keys.session],
    quiet: true,
    onDone: onClose,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.changeName}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="name" disabled={name.trim() === ""} busy={change.isPending}>{words.save}</Button></>}
    >
      <form id="name" onSubmit={(event) => { event.preventDefault(); change.mutate(); }}>
        <Field label={say.name} error={change.error ? text(change.error) : undefined}><Input required maxLength={100} autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} /></Field>
      </form>
    </Dialog>
  );
}

function ChangePassword({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const say = useWords(accountWords);
  const words = useWords(common);
  const text = useProblemText();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useAct({
    run: () => answer(api.POST("/v1/password", { body: { old, new: fresh } })),
    done: say.passwordDone,
    stale: [keys.sessions],
    quiet: true,
    onDone: () => onOpenChange(false),
  });
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={say.changePassword}
      footer={<><Button onClick={() => onOpenChange(false)}>{words.cancel}</Button><Button look="primary" type="submit" form="password" busy={change.isPending}>{words.save}</Button></>}
    >
      <form id="password" className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); change.mutate(); }}>
        <Field label={say.old}><PasswordInput autoComplete="current-password" required value={old} onChange={(event) => setOld(event.target.value)} /></Field>
        <Field label={say.fresh} hint={say.passwordHint} error={change.error ? text(change.error) : undefined}>
          <PasswordInput autoComplete="new-password" required minLength={12} maxLength={128} value={fresh} onChange={(event) => setFresh(event.target.value)} />
        </Field>
        <Strength password={fresh} />
      </form>
    </Dialog>
  );
}

function Sessions() {
  const say = useWords(accountWords);
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.sessions, queryFn: () => answer(api.GET("/v1/sessions", { params: { query: { limit: 200 } } })) });
  const end = useAct({ run: (session: string) => answer(api.DELETE("/v1/sessions/{session}", { params: { path: { session } } })), done: say.ended, stale: [keys.sessions] });
  return (
    <Card title={say.sessions} description={say.placeHint} flush>
      {isPending ? <SkeletonRows className="px-4 pb-4" /> : error ? <Failed error={error} retry={() => void refetch()} /> : (
        <ul className="max-h-120 overflow-auto border-t border-line">
          {data.items.map((session) => (
            <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-2.5 last:border-0">
              <div>
                <div className="flex items-center gap-2"><code className="font-mono text-sm">{session.place}</code>{session.current && <Badge tone="good" dot>{say.thisOne}</Badge>}</div>
                <div className="text-sm text-muted">{say.since}: <Moment value={session.made_at} /> · {say.seen}: <Ago value={session.seen_at} /></div>
              </div>
              {!session.current && <Button size="sm" busy={end.isPending && end.variables === session.id} onClick={() => end.mutate(session.id)}>{say.end}</Button>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
