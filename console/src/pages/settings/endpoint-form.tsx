import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useProblemText } from "../../app/toasts";
import { Button, Checkbox, Dialog, Field, Input, Notice, Segments } from "../../ui";
import { common, useWords } from "../../words";
import type { Endpoint } from "./endpoints";
import { linksWords } from "./links-words";

type Type = Endpoint["types"][number];
type Props = { endpoint: Endpoint | null; onClose: () => void; onMade: (made: Schemas["NewEndpoint"]) => void };

export function EndpointForm({ endpoint, onClose, onMade }: Props) {
  const say = useWords(linksWords);
  const words = useWords(common);
  const text = useProblemText();
  const [url, setUrl] = useState(endpoint?.url ?? "https://");
  const [description, setDescription] = useState(endpoint?.description ?? "");
  const [some, setSome] = useState((endpoint?.types.length ?? 0) > 0);
  const [types, setTypes] = useState<ReadonlySet<Type>>(new Set(endpoint?.types));
  const known = useQuery({ queryKey: ["event-types"], queryFn: () => answer(api.GET("/v1/events/types", { params: { query: { limit: 200 } } })), staleTime: Infinity, enabled: some });
  const body = () => ({ url: url.trim(), types: some ? [...types] : [], description: description.trim() || null });
  const add = useAct({ run: () => answer(api.POST("/v1/endpoints", { body: body() })), stale: [keys.endpoints], quiet: true, onDone: onMade });
  const change = useAct({ run: () => answer(api.PATCH("/v1/endpoints/{endpoint}", { params: { path: { endpoint: endpoint?.id ?? "" } }, body: body() })), stale: [keys.endpoints], done: say.changed, quiet: true, onDone: onClose });
  const error = add.error ?? change.error;
  const none = some && types.size === 0;
  function go(event: FormEvent) {
    event.preventDefault();
    if (none) return;
    if (endpoint) change.mutate();
    else add.mutate();
  }
  function toggle(type: Type, on: boolean) {
    const next = new Set(types);
    if (on) next.add(type);
    else next.delete(type);
    setTypes(next);
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={endpoint ? say.edit : say.add}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="endpoint" disabled={none} busy={add.isPending || change.isPending}>{words.save}</Button></>}
    >
      <form id="endpoint" className="flex flex-col gap-4" onSubmit={go}>
        <Field label={say.url}><Input autoFocus type="url" required className="font-mono" value={url} onChange={(event) => setUrl(event.target.value)} /></Field>
        <Field label={say.description} optional={words.optional}><Input value={description} maxLength={200} onChange={(event) => setDescription(event.target.value)} /></Field>
        <div className="flex flex-col gap-2">
          <span className="text-sm font-medium">{say.types}</span>
          <div><Segments label={say.types} value={some ? "some" : "all"} onChange={(value) => setSome(value === "some")} choices={[{ value: "all", label: say.allTypes }, { value: "some", label: say.someTypes }]} /></div>
          {some && (
            <div className="scrollbar-thin grid max-h-72 gap-1.5 overflow-auto rounded-lg border border-line p-3" tabIndex={0} role="group" aria-label={say.types}>
              {known.data?.items.filter((type) => type.type !== "endpoint.test").map((type) => (
                <Checkbox key={type.type} checked={types.has(type.type)} onChange={(on) => toggle(type.type, on)} label={<code className="font-mono text-sm">{type.type}</code>} hint={<span lang="en">{type.summary}</span>} />
              ))}
            </div>
          )}
          {none && <p className="text-sm text-muted">{say.chooseTypes}</p>}
        </div>
        {error && <Notice tone="bad">{text(error)}</Notice>}
      </form>
    </Dialog>
  );
}
