import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Landmark } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api, download, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { useTellError } from "../../app/toasts";
import { Ago, Badge, Button, Card, Confirm, Empty, Failed, Menu, Moment, Notice, SkeletonRows } from "../../ui";
import { common, useFormats, useWords } from "../../words";
import { linksWords } from "./links-words";

type Gateway = Schemas["Gateway"];

export default function Gateways() {
  const say = useWords(linksWords);
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.gateways, queryFn: () => answer(api.GET("/v1/gateways", { params: { query: { limit: 200 } } })) });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <div className="flex flex-col gap-4">
      {data.items.length === 0 ? <Card><Empty icon={<Landmark />} title={say.noGateways} className="py-8">{say.noGatewaysText}</Empty></Card> : data.items.map((gateway) => <One key={gateway.gateway} gateway={gateway} />)}
      <FailedWebhooks />
    </div>
  );
}

function One({ gateway }: { gateway: Gateway }) {
  const say = useWords(linksWords);
  const words = useWords(common);
  const format = useFormats();
  const may = useMay();
  const tell = useTellError();
  const [asking, ask] = useState<"take" | "eject" | null>(null);
  const at = { params: { path: { gateway: gateway.gateway } } };
  const stale = [keys.gateways];
  const check = useAct({ run: () => answer(api.POST("/v1/gateways/{gateway}/check", at)) });
  const read = useAct({ run: () => answer(api.POST("/v1/gateways/{gateway}/read", at)), stale, done: (told) => say.readDone(told.heard) });
  const sync = useAct({ run: () => answer(api.POST("/v1/gateways/{gateway}/sync", { ...at, body: {} })), stale, done: (told) => (told.more ? say.syncMore : say.syncDone) });
  const take = useAct({ run: (reason: string) => answer(api.POST("/v1/gateways/{gateway}/take-over", { ...at, body: { reason: reason || null } })), stale, done: say.takenOver });
  const trial = useQuery({ queryKey: [...keys.gateways, gateway.gateway, "eject"], queryFn: () => answer(api.POST("/v1/gateways/{gateway}/eject", { ...at, body: { dry_run: true } })), enabled: asking === "eject" });
  const eject = useAct({ run: (reason: string) => answer(api.POST("/v1/gateways/{gateway}/eject", { ...at, body: { reason: reason || null } })), stale: [keys.gateways, keys.receivables], done: say.ejected });
  const act = may("settings:act");
  const mirror = gateway.role === "mirror";
  return (
    <Card
      title={<span className="flex items-center gap-2">{gateway.gateway}<Badge tone={mirror ? "info" : "neutral"}>{mirror ? say.mirror : say.owner}</Badge></span>}
      actions={
        <>
          <Button size="sm" busy={check.isPending} onClick={() => check.mutate()}>{say.check}</Button>
          {(act || may("charging:act")) && (
            <Menu
              trigger={<Button look="quiet" size="sm" icon aria-label={`${words.more}: ${gateway.gateway}`}><Ellipsis /></Button>}
              items={[
                may("charging:act") && { label: say.read, onSelect: () => read.mutate() },
                act && { label: say.sync, onSelect: () => sync.mutate() },
                mirror && { label: say.handover, onSelect: () => void download(`/v1/gateways/${encodeURIComponent(gateway.gateway)}/handover.csv`, `handover-${gateway.gateway}.csv`).catch(tell) },
                act && mirror && "line",
                act && mirror && { label: say.takeOver, onSelect: () => ask("take") },
                act && { label: say.eject, danger: true, onSelect: () => ask("eject") },
              ]}
            />
          )}
        </>
      }
    >
      <div className="flex flex-wrap gap-x-6 gap-y-1 text-muted">
        {gateway.listed_until && <span>{say.listed} <Moment value={gateway.listed_until} /></span>}
        {gateway.synced_until && <span>{say.synced} <Moment value={gateway.synced_until} /></span>}
      </div>
      {gateway.trouble && <div className="mt-2"><Notice tone="bad" title={say.trouble}><span lang="en">{gateway.trouble}</span></Notice></div>}
      {check.data && <div className="mt-2"><Notice tone={check.data.works ? "good" : "bad"} title={check.data.works ? say.works : say.fails}><span lang="en">{check.data.found}</span></Notice></div>}
      <Confirm open={asking === "take"} onOpenChange={(open) => ask(open ? "take" : null)} title={say.takeOverTitle(gateway.gateway)} consequences={say.takeOverText} act={say.takeOver} reason="optional" onConfirm={(reason) => take.mutateAsync(reason)} />
      <Confirm
        open={asking === "eject"} onOpenChange={(open) => ask(open ? "eject" : null)} title={say.ejectTitle(gateway.gateway)} act={say.eject} danger reason="optional" typed={gateway.gateway}
        consequences={trial.data ? say.ejectText(format.number(trial.data.open), format.number(trial.data.held)) : <SkeletonRows rows={2} />}
        onConfirm={(reason) => eject.mutateAsync(reason)}
      />
    </Card>
  );
}

function FailedWebhooks() {
  const say = useWords(linksWords);
  const may = useMay();
  const { data } = useQuery({ queryKey: [...keys.gateways, "failed"], queryFn: () => answer(api.GET("/v1/failed-webhooks", { params: { query: { limit: 200 } } })) });
  const replay = useAct({
    run: (one: { gateway: string; webhook: string }) => answer(api.POST("/v1/gateways/{gateway}/failed-webhooks/{webhook}/replay", { params: { path: one } })),
    stale: [keys.gateways, keys.today],
    onDone: (told) => (told.processed ? toast.success(say.replayed) : toast.error(told.why ?? say.trouble)),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Card title={say.failed} description={say.failedText} flush>
      <ul className="border-t border-line">
        {data.items.map((one) => (
          <li key={`${one.gateway} ${one.webhook}`} className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 last:border-0">
            <div className="min-w-60 flex-1">
              <div><span className="font-medium">{one.gateway}</span> · {one.kind}</div>
              <p lang="en" className="text-sm text-muted">{one.why}</p>
            </div>
            <span className="text-sm text-muted">{say.tries(one.tries)} · <Ago value={one.received_at} /></span>
            {may("charging:act") && <Button size="sm" busy={replay.isPending && replay.variables.webhook === one.webhook} onClick={() => replay.mutate({ gateway: one.gateway, webhook: one.webhook })}>{say.replay}</Button>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
