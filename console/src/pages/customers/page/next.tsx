import { CalendarClock, ChevronDown } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge, cx, Empty, Failed, Segments, SkeletonRows, type Tone } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { usePlan } from "../data";
import { writesOf } from "../life/entry";
import { lifeWords } from "../life/words";
import { stepName, tell } from "../telling/tell";
import { telling } from "../telling/words";
import { pageWords } from "./words";

const TONES: Record<string, Tone> = { done: "info", skipped: "neutral", deferred: "warn" };
type Step = NonNullable<ReturnType<typeof usePlan>["data"]>["steps"][number];

/** What will happen if nobody pays: decided by the same function that decides in earnest. */
export function Next({ id }: { id: string }) {
  const say = useWords(pageWords);
  const [days, setDays] = useState<"7" | "30" | "90">("30");
  const { data, isPending, isError, error, refetch } = usePlan(id, Number(days));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <span className="text-muted">{say.nextDays}</span>
        <Segments label={say.nextDays} value={days} onChange={setDays} choices={(["7", "30", "90"] as const).map((value) => ({ value, label: say.days(Number(value)) }))} />
      </div>
      {isPending ? (
        <SkeletonRows rows={5} />
      ) : isError ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : data.steps.length === 0 ? (
        <Empty icon={<CalendarClock />} title={say.nextNone} />
      ) : (
        <>
          <ol className="flex flex-col">{data.steps.map((step, at) => <Line key={at} step={step} />)}</ol>
          {data.more > 0 && <p className="text-sm text-muted">{say.nextMore(data.more)}</p>}
        </>
      )}
    </div>
  );
}

function Line({ step }: { step: Step }) {
  const say = useWords(pageWords);
  const life = useWords(lifeWords);
  const tells = useWords(telling);
  const channels = useWords(enums).channel;
  const format = useFormats();
  const [open, setOpen] = useState(false);
  const told = tell({ ...step, kind: step.outcome, channels: step.channels.join(";") }, tells, writesOf(format));
  const word = { done: say.nextDone, skipped: say.nextSkipped, deferred: say.nextDeferred }[step.outcome];
  return (
    <li className="border-b border-line py-2 last:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="num w-44 shrink-0 text-muted">{format.moment(step.at)}</span>
        <span className={cx("min-w-0 flex-1", step.outcome === "skipped" ? "text-muted" : "font-medium")}>
          {told.title} <span className="rounded-sm bg-active px-1 text-xs font-normal text-muted">{stepName(step.step, tells)}</span>
        </span>
        <Link to="/receivables/$receivable" params={{ receivable: step.receivable }} className="num text-sm text-muted hover:text-accent hover:underline">{step.receivable}</Link>
        <Badge tone={TONES[step.outcome] ?? "neutral"}>{word}</Badge>
      </div>
      <div className="pl-44 text-sm text-muted max-md:pl-0">
        {[...told.details, step.due ? say.nextDue(format.money(step.due)) : ""].filter(Boolean).join(" · ")}
        {(step.letters.length > 0 || step.unwritten) && (
          <button type="button" data-entry="" aria-expanded={open} onClick={() => setOpen(!open)} className="ml-2 inline-flex items-center gap-1 text-accent hover:underline">
            <ChevronDown className={cx("size-3.5 transition-transform", open && "rotate-180")} />
            {open ? life.hideText : say.nextText}
          </button>
        )}
        {open && step.unwritten && <p className="mt-1 text-bad">{step.unwritten}</p>}
        {open && step.letters.map((letter) => (
          <article key={letter.channel} className="mt-2 rounded-lg border border-line bg-canvas text-ink">
            <header className="border-b border-line px-3 py-2">
              <span className="text-muted">{channels?.[letter.channel] ?? letter.channel}{letter.to && ` · ${letter.to}`}</span>
              {letter.subject && <div className="font-medium">{letter.subject}</div>}
            </header>
            <div className="scrollbar-thin max-h-80 overflow-y-auto px-3 py-2 break-words whitespace-pre-wrap">{letter.text}</div>
          </article>
        ))}
      </div>
    </li>
  );
}
