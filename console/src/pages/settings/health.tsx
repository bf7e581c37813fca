import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RefreshCw, ShieldCheck, TriangleAlert } from "lucide-react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { Badge, Button, Card, cx, Failed, Moment, Notice, SkeletonRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { linksWords } from "./links-words";

const ORDER = { wrong: 0, look: 1, works: 2 } as const;

export function useFindings() {
  return useQuery({ queryKey: keys.doctor, queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/doctor", { params: { query: { limit: 200 } }, signal })), signal), staleTime: 5 * 60_000 });
}

export default function Health() {
  return (
    <div className="flex flex-col gap-4">
      <Findings />
      <Proof />
    </div>
  );
}

function Findings() {
  const say = useWords(linksWords);
  const { data, isPending, isFetching, error, refetch } = useFindings();
  const items = [...(data?.items ?? [])].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
  const wrong = items.filter((one) => one.state !== "works").length;
  return (
    <Card title={say.findings} flush actions={<Button size="sm" busy={isFetching} onClick={() => void refetch()}><RefreshCw className={isFetching ? "animate-spin" : undefined} />{say.checkAgain}</Button>}>
      {isPending ? <SkeletonRows className="px-4 pb-4" /> : error ? <Failed error={error} retry={() => void refetch()} /> : (
        <>
          {wrong === 0 && <div className="px-4 pb-3"><Notice tone="good">{say.allWorks}</Notice></div>}
          <FindingList items={items} />
        </>
      )}
    </Card>
  );
}

export function FindingList({ items }: { items: readonly Schemas["DoctorFinding"][] }) {
  const say = useWords(linksWords);
  return (
    <ul className="border-t border-line">
      {items.map((one, at) => (
        <li key={at} className="flex gap-3 border-b border-line px-4 py-2.5 last:border-0">
          {one.state === "wrong" ? <CircleAlert aria-label={say.wrong} className="mt-0.5 size-4 shrink-0 text-bad" /> : one.state === "look" ? <TriangleAlert aria-label={say.look} className="mt-0.5 size-4 shrink-0 text-warn" /> : <CircleCheck aria-label={say.works_} className="mt-0.5 size-4 shrink-0 text-good" />}
          <div className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[128px_1fr]">
            <span className="font-medium">{say.whats[one.what] ?? one.what}</span>
            <div lang="en" className="min-w-0 break-words">
              <span className={one.state === "works" ? "text-muted" : undefined}>{one.found}</span>
              {one.mend && <p className="mt-0.5 text-sm text-muted">{one.mend}</p>}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** That ledger, log and decisions are whole, worked out again by the server. */
function Proof() {
  const say = useWords(linksWords);
  const format = useFormats();
  const may = useMay();
  const { data, isPending } = useQuery({
    queryKey: ["verify"],
    queryFn: () => answer(api.GET("/v1/verify")),
    enabled: may("audit:read"),
    refetchInterval: (query) => (query.state.data?.running ? 2_000 : false),
  });
  const begin = useAct({ run: () => answer(api.POST("/v1/verify")), stale: [["verify"]] });
  if (!may("audit:read") || isPending || !data) return null;
  const verdict = data.verdict;
  return (
    <Card title={say.verify} description={say.verifyText} actions={<Button size="sm" busy={data.running || begin.isPending} onClick={() => begin.mutate()}><ShieldCheck />{say.verifyStart}</Button>}>
      {data.running ? <div role="status"><p className="mb-2 text-muted">{say.verifyRunning}</p><div className="h-1.5 animate-pulse rounded-full bg-accent-soft"><div className="h-full w-1/2 rounded-full bg-accent" /></div></div>
        : data.failed ? <Notice tone="bad">{data.failed}</Notice>
        : !verdict ? <p className="text-muted">{say.verifyNever}</p> : (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Badge tone={verdict.clean ? "good" : "bad"} dot>{verdict.clean ? say.clean : say.broken(format.number(verdict.findings.length + verdict.more))}</Badge>
            <span className="text-muted">{say.verified(format.number(verdict.customers), format.number(verdict.events))}</span>
            <span className="text-sm text-muted"><Moment value={data.ended_at} /></span>
            {verdict.findings.length > 0 && <ul lang="en" className={cx("w-full text-sm")}>{verdict.findings.slice(0, 20).map((one, at) => <li key={at}>{one.sort}: {one.what}</li>)}</ul>}
          </div>
        )}
    </Card>
  );
}
