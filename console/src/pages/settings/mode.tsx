import { useQuery } from "@tanstack/react-query";
import { OctagonPause, Play } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useCompany, useStop, useStopped } from "../../app/mode";
import { useMay } from "../../app/session";
import { shellWords } from "../../app/shell-words";
import { Badge, Button, Card, cx, Failed, Moment, SkeletonRows } from "../../ui";
import { enums, useWords } from "../../words";
import { ChangeMode, type Mode } from "./change-mode";
import { modeWords } from "./mode-words";

const MODES = ["shadow", "redirect", "approve", "live"] as const;
const DOTS: Record<Mode, string> = { shadow: "bg-faint", redirect: "bg-info", approve: "bg-warn", live: "bg-good" };

export default function ModePart() {
  const say = useWords(modeWords);
  const names = useWords(enums).mode;
  const may = useMay();
  const { data: company, isPending, error, refetch } = useCompany();
  const [chosen, choose] = useState<Mode | null>(null);
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <div className="flex flex-col gap-4">
      <StopSwitch />
      <div className="grid gap-3 sm:grid-cols-2">
        {MODES.map((mode) => {
          const now = company.mode === mode;
          return (
            <section key={mode} aria-label={names?.[mode]} className={cx("flex flex-col rounded-lg border bg-surface p-4", now ? "border-accent ring-1 ring-accent" : "border-line")}>
              <div className="flex items-center gap-2">
                <span aria-hidden className={cx("size-2.5 rounded-full", DOTS[mode])} />
                <h3 className="font-semibold">{names?.[mode]}</h3>
                {now && <Badge tone="accent" className="ml-auto">{say.current}</Badge>}
              </div>
              <p className="mt-1.5 flex-1 text-muted">{say.texts[mode]}</p>
              {!now && may("settings:act") && <div className="mt-3"><Button size="sm" onClick={() => choose(mode)}>{say.choose}…</Button></div>}
            </section>
          );
        })}
      </div>
      <Pauses />
      {chosen && <ChangeMode from={company.mode} mode={chosen} onClose={() => choose(null)} />}
    </div>
  );
}

/** The switch that nobody should have to look for. */
function StopSwitch() {
  const say = useWords(modeWords);
  const shell = useWords(shellWords);
  const may = useMay();
  const stopped = useStopped();
  const { ask, dialog } = useStop();
  return (
    <section aria-label={say.stopTitle} className={cx("flex flex-wrap items-center justify-between gap-4 rounded-lg border p-4", stopped ? "border-bad bg-bad-soft" : "border-line bg-surface")}>
      <div className="flex min-w-60 flex-1 items-start gap-3">
        <span className={cx("flex size-9 shrink-0 items-center justify-center rounded-lg", stopped ? "bg-bad text-canvas" : "bg-good-soft text-good")}>{stopped ? <OctagonPause className="size-5" /> : <Play className="size-5" />}</span>
        <div>
          <div className="font-semibold">{stopped ? shell.stopped : say.running}</div>
          <p className={stopped ? "text-ink" : "text-muted"}>{stopped ? shell.stoppedText : say.runningText}</p>
        </div>
      </div>
      {may("settings:act") && (stopped
        ? <Button look="primary" size="lg" onClick={() => ask("resume")}><Play />{shell.resume}</Button>
        : <Button look="danger" size="lg" onClick={() => ask("stop")}><OctagonPause />{shell.stop}</Button>)}
      {dialog}
    </section>
  );
}

function Pauses() {
  const say = useWords(modeWords);
  const may = useMay();
  const { data } = useQuery({ queryKey: keys.pauses, queryFn: () => answer(api.GET("/v1/pauses", { params: { query: { limit: 200 } } })), enabled: may("receivables:read") });
  const resume = useAct({ run: (pause: string) => answer(api.POST("/v1/pauses/{pause}/resume", { params: { path: { pause } }, body: {} })), done: say.resume, stale: [keys.pauses] });
  if (!data) return null;
  return (
    <Card title={say.pauses} flush={data.items.length > 0}>
      {data.items.length === 0 ? <p className="text-muted">{say.noPauses}</p> : (
        <ul className="border-t border-line">
          {data.items.map((pause) => (
            <li key={pause.id} className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-2.5 last:border-0">
              <div className="min-w-0">
                <div className="flex items-center gap-2"><code className="truncate font-mono text-sm">{pause.filter ?? say.pauseOf}</code><Badge tone={pause.holds ? "bad" : "neutral"}>{pause.holds ? say.holds : say.ended}</Badge></div>
                <div className="text-sm text-muted"><Moment value={pause.from} />{pause.until && <> {say.until} <Moment value={pause.until} /></>}{pause.reason && <> · {pause.reason}</>}</div>
              </div>
              {pause.holds && pause.filter && may("receivables:act") && <Button size="sm" onClick={() => resume.mutate(pause.id)}>{say.resume}</Button>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
