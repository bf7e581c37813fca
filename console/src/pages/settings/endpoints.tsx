import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus, Webhook } from "lucide-react";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { Badge, Button, Card, Confirm, Empty, Failed, Menu, Moment, SkeletonRows } from "../../ui";
import { common, useWords } from "../../words";
import { Deliveries } from "./deliveries";
import { EndpointForm } from "./endpoint-form";
import { ShowSecret } from "./keys";
import { linksWords } from "./links-words";

export type Endpoint = Schemas["Endpoint"];
const TONES = { active: "good", paused: "warn", disabled: "bad" } as const;

export default function Endpoints() {
  const say = useWords(linksWords);
  const words = useWords(common);
  const may = useMay();
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.endpoints, queryFn: () => answer(api.GET("/v1/endpoints", { params: { query: { limit: 200 } } })) });
  const [form, setForm] = useState<Endpoint | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [looking, look] = useState<Endpoint | null>(null);
  const [ending, setEnding] = useState<Endpoint | null>(null);
  const stale = [keys.endpoints];
  const at = (endpoint: string) => ({ params: { path: { endpoint } } });
  const resume = useAct({ run: (id: string) => answer(api.POST("/v1/endpoints/{endpoint}/resume", at(id))), stale, done: say.endpointStates.active });
  const pause = useAct({ run: (id: string) => answer(api.POST("/v1/endpoints/{endpoint}/pause", at(id))), stale, done: say.endpointStates.paused, undo: (_, id) => resume.mutate(id) });
  const test = useAct({ run: (id: string) => answer(api.POST("/v1/endpoints/{endpoint}/test", at(id))), stale, done: say.testSent });
  const rotate = useAct({ run: (id: string) => answer(api.POST("/v1/endpoints/{endpoint}/rotate", { ...at(id), body: { overlap_seconds: 86_400 } })), stale, onDone: (made) => setSecret(made.secret) });
  const remove = useAct({ run: (id: string) => answer(api.DELETE("/v1/endpoints/{endpoint}", at(id))), stale, done: say.removed });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const act = may("endpoints:act");
  const add = act && <Button size="sm" look="primary" onClick={() => setForm("new")}><Plus />{say.add}</Button>;
  return (
    <Card flush title={data.items.length > 0 ? say.countedEndpoints(data.items.length) : undefined} actions={data.items.length > 0 && add}>
      {data.items.length === 0 ? <Empty icon={<Webhook />} title={say.noEndpoints} action={add}>{say.noEndpointsText}</Empty> : (
        <ul className="border-t border-line">
          {data.items.map((endpoint) => (
            <li key={endpoint.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
              <div className="min-w-60 flex-1">
                <div className="flex items-center gap-2"><code className="truncate font-mono text-sm">{endpoint.url}</code><Badge tone={TONES[endpoint.state]} dot>{say.endpointStates[endpoint.state]}</Badge></div>
                <div className="text-sm text-muted">{[endpoint.description, say.typesCount(endpoint.types.length)].filter(Boolean).join(" · ")}</div>
                {endpoint.failing_since && <p className="text-sm text-bad">{say.failing} <Moment value={endpoint.failing_since} /></p>}
                {endpoint.reason && <p lang="en" className="text-sm text-bad">{endpoint.reason}</p>}
              </div>
              <Button size="sm" onClick={() => look(endpoint)}>{say.deliveries}</Button>
              {act && (
                <Menu
                  trigger={<Button look="quiet" size="sm" icon aria-label={`${words.more}: ${endpoint.url}`}><Ellipsis /></Button>}
                  items={[
                    { label: say.test, onSelect: () => test.mutate(endpoint.id) },
                    { label: say.edit, onSelect: () => setForm(endpoint) },
                    { label: say.rotate, hint: say.rotateText, onSelect: () => rotate.mutate(endpoint.id) },
                    endpoint.state === "active" ? { label: say.pause, onSelect: () => pause.mutate(endpoint.id) } : { label: say.resume, onSelect: () => resume.mutate(endpoint.id) },
                    "line",
                    { label: say.removeEndpoint, danger: true, onSelect: () => setEnding(endpoint) },
                  ]}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {form && <EndpointForm endpoint={form === "new" ? null : form} onClose={() => setForm(null)} onMade={(made) => { setForm(null); setSecret(made.secret); }} />}
      {secret && <ShowSecret secret={secret} title={say.secret} text={say.secretText} onClose={() => setSecret(null)} />}
      {looking && <Deliveries endpoint={looking} onClose={() => look(null)} />}
      <Confirm open={ending !== null} onOpenChange={(open) => !open && setEnding(null)} title={say.removeTitle} consequences={<><code className="font-mono text-sm">{ending?.url}</code><p>{say.removeText}</p></>} act={say.removeEndpoint} danger onConfirm={() => remove.mutateAsync(ending?.id ?? "")} />
    </Card>
  );
}
