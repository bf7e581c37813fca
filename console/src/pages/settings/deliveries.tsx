import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { Ago, Badge, Button, type Column, DataTable, Empty, Sheet, useRows } from "../../ui";
import { useWords } from "../../words";
import { useMemo } from "react";
import { PackageOpen, RotateCw } from "lucide-react";
import type { Endpoint } from "./endpoints";
import { linksWords } from "./links-words";

type Delivery = Schemas["Delivery"];
const TONES = { waiting: "neutral", sending: "info", delivered: "good", failed: "bad" } as const;

/** What went to an endpoint, and what the endpoint said. */
export function Deliveries({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const say = useWords(linksWords);
  const may = useMay();
  const act = may("endpoints:act");
  const key = [...keys.endpoints, endpoint.id, "deliveries"];
  const rows = useRows<Delivery>(key, (cursor, signal) => answer(api.GET("/v1/endpoints/{endpoint}/deliveries", { params: { path: { endpoint: endpoint.id }, query: { cursor, limit: 200 } }, signal })));
  const { mutate } = useAct({
    run: (event: string) => answer(api.POST("/v1/endpoints/{endpoint}/deliveries/{event}/replay", { params: { path: { endpoint: endpoint.id, event } } })),
    done: say.replaySent, stale: [key],
  });
  const columns = useMemo<Column<Delivery>[]>(() => [
    { id: "state", head: say.deliveries, width: 110, cell: (row) => <Badge tone={TONES[row.state]}>{say.deliveryStates[row.state]}</Badge> },
    { id: "type", head: say.types, width: 150, grow: 1, cell: (row) => <code className="font-mono text-sm">{row.type}</code> },
    { id: "answer", head: "", width: 150, grow: 1, cell: (row) => <span className="text-muted" title={row.error ?? undefined}>{row.code ? say.answered(String(row.code)) : row.error ?? (row.tries ? say.tries(row.tries) : "")}</span> },
    { id: "at", head: "", width: 110, cell: (row) => <Ago value={row.finished_at ?? row.tried_at ?? row.created_at} className="text-muted" /> },
    { id: "act", head: "", width: 48, cell: (row) => (act && (row.state === "failed" || row.state === "delivered") ? <Button look="quiet" size="sm" icon aria-label={say.replayOne} onClick={() => mutate(row.event)}><RotateCw /></Button> : null) },
  ], [say, act, mutate]);
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} title={say.deliveries} description={endpoint.url} wide>
      <div className="flex h-full min-h-96 flex-col">
        <DataTable label={say.deliveries} columns={columns} rows={rows} rowId={(row) => row.event} empty={<Empty icon={<PackageOpen />} title={say.noDeliveries} />} />
      </div>
    </Sheet>
  );
}
