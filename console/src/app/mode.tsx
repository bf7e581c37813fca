import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, OctagonPause, Play, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { Button, Confirm, cx, Menu } from "../ui";
import { enums, useWords } from "../words";
import { useAct } from "./act";
import { useMay } from "./session";
import { shellWords } from "./shell-words";

/** The company with its mode. */
export function useCompany() {
  return useQuery({ queryKey: keys.company, queryFn: () => answer(api.GET("/v1/company")), staleTime: 60_000 });
}

/** Whether a pause of everything runs. */
export function useStopped(): boolean {
  const may = useMay();
  const { data } = useQuery({
    queryKey: keys.pauses,
    queryFn: () => answer(api.GET("/v1/pauses", { params: { query: { limit: 200 } } })),
    enabled: may("receivables:read"),
    refetchInterval: 60_000,
  });
  return data?.items.some((pause) => pause.holds && !pause.filter) ?? false;
}

const DOTS: Record<string, string> = { shadow: "bg-faint", redirect: "bg-info", approve: "bg-warn", live: "bg-good" };

/** Stops everything, or lets it go on. Both are confirmed with what they mean. */
export function useStop() {
  const say = useWords(shellWords);
  const [asking, ask] = useState<"stop" | "resume" | null>(null);
  const stale = [keys.pauses, keys.plan, keys.today, keys.receivables];
  const resume = useAct({ run: (reason: string) => answer(api.POST("/v1/resume-everything", { body: { reason: reason || null } })), done: say.resumeDone, stale });
  const stop = useAct({
    run: (reason: string) => answer(api.POST("/v1/pause-everything", { body: { reason: reason || null } })),
    done: say.stopDone,
    stale,
    undo: () => resume.mutate(""),
  });
  const dialog = (
    <>
      <Confirm open={asking === "stop"} onOpenChange={(open) => ask(open ? "stop" : null)} title={say.stopTitle} consequences={say.stopText} act={say.stop} danger reason="optional" onConfirm={(reason) => stop.mutateAsync(reason)} />
      <Confirm open={asking === "resume"} onOpenChange={(open) => ask(open ? "resume" : null)} title={say.resumeTitle} consequences={say.resumeText} act={say.resume} reason="optional" onConfirm={(reason) => resume.mutateAsync(reason)} />
    </>
  );
  return { asking, ask, dialog };
}

/** The badge in the head: the mode, and the stop switch behind it. */
export function ModeBadge() {
  const say = useWords(shellWords);
  const names = useWords(enums).mode;
  const may = useMay();
  const navigate = useNavigate();
  const { data: company } = useCompany();
  const stopped = useStopped();
  const { ask, dialog } = useStop();
  if (!company) return null;
  const act = may("settings:act");
  const name = stopped ? say.stopped : (names?.[company.mode] ?? company.mode);
  return (
    <>
      <Menu
        trigger={
          <Button size="sm" className={stopped ? "border-bad! text-bad!" : undefined} aria-label={`${say.mode}: ${name}`}>
            <span aria-hidden className={cx("size-2 rounded-full", stopped ? "bg-bad" : DOTS[company.mode])} />
            {name}
            <ChevronDown className="text-faint" />
          </Button>
        }
        items={[
          { heading: stopped ? say.stoppedText : (say.modeTexts[company.mode] ?? "") },
          "line",
          may("settings:read") && { label: say.changeMode, icon: <SlidersHorizontal />, onSelect: () => void navigate({ to: "/settings", search: { part: "mode" } }) },
          act && (stopped
            ? { label: say.resume, icon: <Play />, onSelect: () => ask("resume") }
            : { label: say.stop, icon: <OctagonPause />, danger: true, onSelect: () => ask("stop") }),
        ]}
      />
      {dialog}
    </>
  );
}

/** A line over every page while everything stands still. */
export function StoppedBar() {
  const say = useWords(shellWords);
  const may = useMay();
  const stopped = useStopped();
  const { ask, dialog } = useStop();
  if (!stopped) return null;
  return (
    <div role="status" className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-bad-soft px-4 py-1.5 text-bad">
      <OctagonPause className="size-4" />
      <span><strong>{say.stopped}.</strong> {say.stoppedText}</span>
      {may("settings:act") && <Button size="sm" onClick={() => ask("resume")}>{say.resume}</Button>}
      {dialog}
    </div>
  );
}
