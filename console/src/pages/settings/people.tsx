import { useQuery } from "@tanstack/react-query";
import { Ellipsis, UserPlus } from "lucide-react";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay, useSession } from "../../app/session";
import { Badge, Button, Card, Confirm, Failed, Menu, Moment, SkeletonRows } from "../../ui";
import { common, enums, useWords } from "../../words";
import { LimitText } from "./limit";
import { OnceLink } from "./once-link";
import { peopleWords } from "./people-words";
import { PersonForm } from "./person-form";

export type Person = Schemas["Person"];
const TONES = { active: "good", invited: "info", disabled: "neutral" } as const;
type Asking = { person: Person; what: "disable" | "factor" } | null;

export default function People() {
  const say = useWords(peopleWords);
  const words = useWords(common);
  const roles = useWords(enums).role;
  const may = useMay();
  const { caller } = useSession();
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.people, queryFn: () => answer(api.GET("/v1/people", { params: { query: { limit: 200 } } })) });
  const [form, setForm] = useState<Person | "new" | null>(null);
  const [link, setLink] = useState<{ kind: "invitation" | "reset"; token: Schemas["PersonToken"] } | null>(null);
  const [asking, ask] = useState<Asking>(null);
  const stale = [keys.people];
  const at = (person: string) => ({ params: { path: { person } } });
  const again = useAct({ run: (person: string) => answer(api.POST("/v1/people/{person}/invite", at(person))), stale, onDone: (token) => setLink({ kind: "invitation", token }) });
  const reset = useAct({ run: (person: string) => answer(api.POST("/v1/people/{person}/reset", at(person))), stale, onDone: (token) => setLink({ kind: "reset", token }) });
  const enable = useAct({ run: (person: string) => answer(api.POST("/v1/people/{person}/enable", at(person))), stale, done: say.enabled });
  const disable = useAct({ run: (person: string) => answer(api.POST("/v1/people/{person}/disable", at(person))), stale, done: say.disabled, undo: (_, person) => enable.mutate(person) });
  const endSessions = useAct({ run: (person: string) => answer(api.DELETE("/v1/people/{person}/sessions", at(person))), done: say.sessionsEnded });
  const removeFactor = useAct({ run: (person: string) => answer(api.DELETE("/v1/people/{person}/second-factor", at(person))), stale, done: say.factorRemoved });
  const unlink = useAct({
    run: ({ person, issuer }: { person: string; issuer: string }) => answer(api.DELETE("/v1/people/{person}/issuers", { params: { path: { person }, query: { issuer } } })),
    stale, done: say.unlinked,
  });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const act = may("people:act");
  return (
    <Card flush title={say.counted(data.items.length)} actions={act && <Button size="sm" look="primary" onClick={() => setForm("new")}><UserPlus />{say.invite}</Button>}>
      <ul className="border-t border-line">
        {data.items.map((person) => {
          const self = person.id === caller.id;
          return (
            <li key={person.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
              <div className="min-w-52 flex-1">
                <div className="flex items-center gap-2 font-medium">{person.name}{self && <span className="font-normal text-faint">({say.you})</span>}</div>
                <div className="text-sm text-muted">{person.email}</div>
              </div>
              <div className="w-40">
                <div>{roles?.[person.role]}</div>
                <div className="text-sm text-muted"><LimitText limit={person.limit} /></div>
              </div>
              <div className="w-44">
                <Badge tone={TONES[person.state]} dot>{say.states[person.state]}</Badge>
                <div className="mt-0.5 text-sm text-muted">
                  {person.state === "invited" && person.token_until ? <>{say.invitedUntil} <Moment value={person.token_until} /></> : person.second_factor ? say.factor : say.noFactor}
                </div>
              </div>
              {act ? (
                <Menu
                  trigger={<Button look="quiet" size="sm" icon aria-label={`${words.more}: ${person.name}`}><Ellipsis /></Button>}
                  items={[
                    { label: say.edit, onSelect: () => setForm(person) },
                    person.state === "invited" && { label: say.again, onSelect: () => again.mutate(person.id) },
                    person.state === "active" && !self && { label: say.reset, onSelect: () => reset.mutate(person.id) },
                    person.state === "active" && { label: say.endSessions, onSelect: () => endSessions.mutate(person.id) },
                    person.second_factor && !self && { label: say.removeFactor, onSelect: () => ask({ person, what: "factor" }) },
                    ...person.issuers.map((issuer) => ({ label: say.unlink, hint: issuer, onSelect: () => unlink.mutate({ person: person.id, issuer }) })),
                    !self && "line",
                    !self && (person.state === "disabled"
                      ? { label: say.enable, onSelect: () => enable.mutate(person.id) }
                      : { label: say.disable, danger: true, onSelect: () => ask({ person, what: "disable" }) }),
                  ]}
                />
              ) : <span className="w-7" />}
            </li>
          );
        })}
      </ul>
      {form && <PersonForm person={form === "new" ? null : form} self={form !== "new" && form.id === caller.id} onClose={() => setForm(null)} onInvited={(token) => { setForm(null); setLink({ kind: "invitation", token }); }} />}
      {link && <OnceLink kind={link.kind} token={link.token} onClose={() => setLink(null)} />}
      <Confirm open={asking?.what === "disable"} onOpenChange={(open) => !open && ask(null)} title={say.disableTitle(asking?.person.name ?? "")} consequences={say.disableText} act={say.disable} danger onConfirm={() => disable.mutateAsync(asking?.person.id ?? "")} />
      <Confirm open={asking?.what === "factor"} onOpenChange={(open) => !open && ask(null)} title={say.factorTitle(asking?.person.name ?? "")} consequences={say.factorText} act={say.removeFactor} danger onConfirm={() => removeFactor.mutateAsync(asking?.person.id ?? "")} />
    </Card>
  );
}
