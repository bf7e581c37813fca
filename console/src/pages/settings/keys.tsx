import { useQuery } from "@tanstack/react-query";
import { Ellipsis, KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useSession } from "../../app/session";
import { Ago, Badge, Button, Card, Confirm, CopyText, Dialog, Empty, Failed, Field, Menu, Moment, Select, SkeletonRows, Tooltip } from "../../ui";
import { common, useWords } from "../../words";
import { KeyForm } from "./key-form";
import { keysWords } from "./keys-words";

type Key = Schemas["Key"];
const TONES = { active: "good", expired: "warn", revoked: "neutral" } as const;
const OVERLAPS = [0, 1, 24, 72, 168];

export default function Keys() {
  const say = useWords(keysWords);
  const words = useWords(common);
  const { caller } = useSession();
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.apiKeys, queryFn: () => answer(api.GET("/v1/keys", { params: { query: { limit: 200 } } })) });
  const people = useQuery({ queryKey: keys.people, queryFn: () => answer(api.GET("/v1/people", { params: { query: { limit: 200 } } })) });
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [rotating, setRotating] = useState<Key | null>(null);
  const [ending, setEnding] = useState<Key | null>(null);
  const revoke = useAct({ run: (key: string) => answer(api.DELETE("/v1/keys/{key}", { params: { path: { key } } })), stale: [keys.apiKeys], done: say.revoked });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const make = caller.kind === "person" && <Button size="sm" look="primary" onClick={() => setMaking(true)}><Plus />{say.make}</Button>;
  const nameOf = (person: string) => people.data?.items.find((one) => one.id === person)?.name ?? person;
  return (
    <Card flush title={data.items.length > 0 ? say.counted(data.items.length) : undefined} actions={data.items.length > 0 && make}>
      {data.items.length === 0 ? <Empty icon={<KeyRound />} title={say.empty} action={make}>{say.emptyText}</Empty> : (
        <ul className="border-t border-line">
          {data.items.map((key) => {
            const lost = key.scopes.length - key.scopes_now.length;
            return (
              <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
                <div className="min-w-56 flex-1">
                  <div className="flex items-center gap-2"><span className="font-medium">{key.name}</span><Badge tone={TONES[key.state]} dot>{say.states[key.state]}</Badge></div>
                  <code className="block max-w-80 truncate font-mono text-xs text-muted">{key.begins}…</code>
                  {lost > 0 && <p className="text-sm text-warn">{say.lost(lost)}</p>}
                  {key.old_until && <p className="text-sm text-muted">{say.oldUntil} <Moment value={key.old_until} /></p>}
                </div>
                <Tooltip text={key.scopes.join(", ")}><button type="button" className="text-sm text-muted underline decoration-dotted underline-offset-4">{say.shown(key.scopes_now.length)}</button></Tooltip>
                <div className="w-44 text-sm text-muted">
                  <div>{key.used_at ? <>{say.used} <Ago value={key.used_at} /></> : say.never}</div>
                  <div>{say.responsible}: {nameOf(key.person)}</div>
                  {key.expires_at && <div>{say.expires} <Moment value={key.expires_at} /></div>}
                </div>
                {key.state === "active" ? (
                  <Menu
                    trigger={<Button look="quiet" size="sm" icon aria-label={`${words.more}: ${key.name}`}><Ellipsis /></Button>}
                    items={[{ label: say.rotate, onSelect: () => setRotating(key) }, "line", { label: say.revoke, danger: true, onSelect: () => setEnding(key) }]}
                  />
                ) : <span className="w-7" />}
              </li>
            );
          })}
        </ul>
      )}
      {making && <KeyForm onClose={() => setMaking(false)} onMade={(made) => { setMaking(false); setSecret(made.secret); }} />}
      {secret && <ShowSecret secret={secret} title={say.secret} text={say.secretText} onClose={() => setSecret(null)} />}
      {rotating && <Rotate of={rotating} onClose={() => setRotating(null)} onMade={(made) => { setRotating(null); setSecret(made.secret); }} />}
      <Confirm open={ending !== null} onOpenChange={(open) => !open && setEnding(null)} title={say.revokeTitle(ending?.name ?? "")} consequences={say.revokeText} act={say.revoke} danger onConfirm={() => revoke.mutateAsync(ending?.id ?? "")} />
    </Card>
  );
}

function Rotate({ of, onClose, onMade }: { of: Key; onClose: () => void; onMade: (made: Schemas["NewKey"]) => void }) {
  const say = useWords(keysWords);
  const words = useWords(common);
  const [hours, setHours] = useState("24");
  const rotate = useAct({ run: () => answer(api.POST("/v1/keys/{key}/rotate", { params: { path: { key: of.id } }, body: { overlap_hours: Number(hours) } })), stale: [keys.apiKeys], onDone: onMade });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={say.rotateTitle(of.name)} description={say.rotateText} footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>{say.rotate}</Button></>}>
      <Field label={say.overlap}><Select value={hours} onChange={setHours} choices={OVERLAPS.map((n) => ({ value: String(n), label: say.hours(n) }))} className="w-48" /></Field>
    </Dialog>
  );
}

/** A secret that is shown this once. */
export function ShowSecret({ secret, title, text, onClose }: { secret: string; title: string; text: string; onClose: () => void }) {
  const words = useWords(common);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={text} footer={<Button look="primary" onClick={onClose}>{words.done}</Button>}>
      <CopyText value={secret} label={title} wrap />
    </Dialog>
  );
}
