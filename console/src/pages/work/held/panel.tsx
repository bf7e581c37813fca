import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { answer, api } from "../../../api/client";
import { SidePanel } from "../../../app/side";
import { Badge, Button, Facts, Keys, Money, Moment, Notice } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { operationName } from "../../receivables/acts/held";
import { actWords } from "../../receivables/acts/words";
import { receivableKeys } from "../../receivables/data";
import { useName } from "../../receivables/names";
import { HELD_TONES } from "./held";
import type { HeldAct, useHeldActs } from "./use-acts";
import { heldWords } from "./words";

/** One held act with everything that whoever approves it has to see. */
export function HeldPanel({ act, start, onClose }: { act: HeldAct; start: ReturnType<typeof useHeldActs>["start"]; onClose: () => void }) {
  const say = useWords(heldWords);
  const acts = useWords(actWords);
  const { ids, body } = readRequest(act.request);
  const receivable = ids.find((id) => id.startsWith("rcv_"));
  const waits = act.state === "waiting";
  return (
    <SidePanel
      label={say.selected}
      title={operationName(act.operation, acts)}
      note={<span className="flex flex-wrap items-center gap-2"><Money value={act.stake} className="font-medium text-ink" /><Badge tone={HELD_TONES[act.state] ?? "neutral"}>{say.state[act.state] ?? act.state}</Badge></span>}
      onClose={onClose}
      footer={waits && (
        <>
          {!act.own && <Button look="primary" onClick={() => start("approve", [act])}>{say.approve}<Keys text="a" /></Button>}
          <Button onClick={() => start("refuse", [act])}>{act.own ? say.withdraw : say.refuse}<Keys text="r" /></Button>
        </>
      )}
    >
      <div className="flex flex-col gap-5">
        {act.own && waits && <Notice tone="info">{say.ownText}</Notice>}
        {act.unknown && <Notice tone="bad">{say.unknown}</Notice>}
        <Facts
          rows={[
            [say.by, act.own ? say.you : act.asked_by.replace(/ \(.*\)$/, "")],
            act.reason && [say.reason, act.reason],
            [say.asked, <Moment key="a" value={act.created_at} />],
            waits && [say.expires, <Moment key="e" value={act.expires_at} />],
            act.decided_by && [say.decided, <span key="d">{act.decided_by.replace(/ \(.*\)$/, "")} · <Moment value={act.decided_at} /></span>],
            act.refused_because && [say.because, act.refused_because],
          ]}
        />
        {receivable && <About id={receivable} />}
        <Body body={body} />
      </div>
    </SidePanel>
  );
}

function readRequest(request: Record<string, unknown>): { ids: string[]; body: Record<string, unknown> } {
  const ids = Array.isArray(request.path) ? request.path.filter((one): one is string => typeof one === "string") : [];
  const body = typeof request.body === "object" && request.body !== null ? (request.body as Record<string, unknown>) : {};
  return { ids, body };
}

function About({ id }: { id: string }) {
  const say = useWords(heldWords);
  const { data } = useQuery({
    queryKey: receivableKeys.one(id),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } }, signal })),
  });
  const name = useName(data?.customer ?? "", Boolean(data));
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{say.about}</h3>
      {data && (
        <Link to="/receivables/$receivable" params={{ receivable: id }} className="flex items-baseline justify-between gap-3 rounded-lg border border-line px-3 py-2 hover:bg-hover">
          <span className="min-w-0"><span className="num font-medium">{data.external_id}</span> <span className="text-muted">{name?.name ?? data.customer_external_id}</span></span>
          <Money value={data.stands?.due.total ?? data.balance} />
        </Link>
      )}
    </section>
  );
}

/** The members of the body besides the reason, which stands above. */
function Body({ body }: { body: Record<string, unknown> }) {
  const say = useWords(heldWords);
  const format = useFormats();
  const rows = Object.entries(body).filter(([name, value]) => name !== "reason" && value !== null && value !== undefined);
  if (rows.length === 0) return null;
  const told = (value: unknown): string => {
    if (typeof value === "object" && value !== null && "amount" in value && "currency" in value) return format.money(value as { amount: string; currency: string });
    if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? format.day(value) : value;
    return Array.isArray(value) ? value.map(told).join(", ") : JSON.stringify(value);
  };
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{say.request}</h3>
      <Facts rows={rows.map(([name, value]) => [name, told(value)] as const)} />
    </section>
  );
}
