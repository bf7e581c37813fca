import { CircleAlert, GitBranch, Plus, Repeat, ShieldCheck, TriangleAlert } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button, cx } from "../../../ui";
import { useWords } from "../../../words";
import { type LadderText, type StepText, textOf } from "../text/read";
import { movable } from "../text/steps";
import { words } from "../words";
import { type Axis, pack, placeOf, repeats, spot } from "./geometry";
import { CHIPS, kindOf, MARKS, StepIcon, ToneBars, toneOf } from "./look";
import type { Drag } from "./use-drag";
import { ladderWords } from "./words";

export type Worst = "error" | "warning" | undefined;
type Props = {
  ladder: LadderText;
  axis: Axis;
  chosen: number | null;
  worst: (step: StepText) => Worst;
  drag: Drag;
  /** Null for who may only look. */
  onAdd: (() => void) | null;
};

const ROW = 32;
const TOP = 18;
export const whenOf = (step: StepText) => textOf(step.values.at) || textOf(step.values.after);

/** Letters are not measured: a box that is a little too wide does no harm. */
function boxWidth(step: StepText, marked: boolean): number {
  const extras = Number(kindOf(step.verb) === "contact") * 18 + Number(Boolean(step.values.every)) * 18 + Number(Boolean(step.values.if)) * 18 + Number(step.values.approval === "true") * 18 + Number(marked) * 20;
  return Math.round(Math.min(240, 50 + step.id.length * 7.5 + whenOf(step).length * 7 + extras));
}

/** One ladder along the due date. */
export function Lane({ ladder, axis, chosen, worst, drag, onAdd }: Props) {
  const say = useWords(ladderWords);
  const drawn = useMemo(() => {
    const places = ladder.steps.map((step) => placeOf(step, ladder.steps));
    const boxes = ladder.steps.map((step, at) => ({ x: spot(places[at] ?? { on: "event", day: 0 }, axis), width: boxWidth(step, Boolean(worst(step))) }));
    const packed = pack(boxes, axis.width);
    return ladder.steps.map((step, at) => ({ step, place: places[at] ?? { on: "event" as const, day: 0 }, x: boxes[at]?.x ?? 0, width: boxes[at]?.width ?? 0, ...(packed[at] ?? { left: 0, row: 0 }) }));
  }, [ladder, axis, worst]);
  const height = TOP + (Math.max(0, ...drawn.map((one) => one.row)) + 1) * ROW + 6;
  return (
    <section aria-label={say.ladder(ladder.name)} className="border-t border-line first:border-t-0">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
        <h2 className="font-semibold">{ladder.name}</h2>
        <span className="text-sm text-muted">{say.steps(ladder.steps.length)}</span>
        <ul className="flex min-w-0 flex-wrap gap-x-3 gap-y-1 text-sm text-muted">
          {ladder.segments.length === 0 && <li className="text-warn">{say.noSegment}</li>}
          {ladder.segments.map((segment) => (
            <li key={segment.name} className="min-w-0">
              {segment.name !== ladder.name && <span>{say.segment} <strong className="font-medium text-ink">{segment.name}</strong>: </span>}
              {segment.when ? <code className="font-mono text-xs break-words">{segment.when}</code> : say.everyone}
              {segment.notBefore && <span>, {say.notBefore(segment.notBefore)}</span>}
            </li>
          ))}
        </ul>
        {onAdd && <Button look="quiet" size="sm" className="ml-auto" onClick={onAdd} aria-label={`${say.addStep}: ${ladder.name}`}><Plus />{say.addStep}</Button>}
      </header>
      <div className="relative" style={{ height, width: axis.width }}>
        <svg aria-hidden width={axis.width} height={height} className="absolute inset-0">
          {axis.zone > 0 && <line x1={axis.zone} x2={axis.zone} y1={0} y2={height} className="stroke-line" strokeDasharray="3 3" />}
          {axis.ticks.map((tick) => <line key={tick.day} x1={tick.x} x2={tick.x} y1={0} y2={height} className={tick.day === 0 ? "stroke-accent" : "stroke-line"} strokeWidth={tick.day === 0 ? 1.5 : 1} />)}
          <line x1={0} x2={axis.width} y1={10} y2={10} className="stroke-line-strong" strokeWidth={1.5} />
          {drawn.map(({ step, place, x, row }) => (
            <g key={step.index}>
              {place.until !== undefined && <line x1={x} x2={axis.x(place.until)} y1={10} y2={10} className="stroke-accent" strokeWidth={3} opacity={0.45} />}
              {repeats(place).map((day) => <circle key={day} cx={axis.x(day)} cy={10} r={2.5} className="fill-accent" />)}
              <line x1={x} x2={x} y1={10} y2={TOP + row * ROW} className="stroke-line-strong" />
            </g>
          ))}
        </svg>
        {drawn.map(({ step, x }) => <span key={step.index} aria-hidden className={cx("absolute size-2 rounded-full ring-2 ring-surface", MARKS[kindOf(step.verb)])} style={{ left: x - 4, top: 6 }} />)}
        <ol>
          {[...drawn].sort((a, b) => a.x - b.x || a.step.index - b.step.index).map(({ step, left, row, width }) => (
            <li key={step.index}>
              <Chip step={step} left={left} top={TOP + row * ROW} width={width} chosen={chosen === step.index} worst={worst(step)} drag={drag} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Chip({ step, left, top, width, chosen, worst, drag }: { step: StepText; left: number; top: number; width: number; chosen: boolean; worst: Worst; drag: Drag }) {
  const say = useWords(ladderWords);
  const page = useWords(words);
  const kind = kindOf(step.verb);
  const moving = drag.moving?.step.ladder === step.ladder && drag.moving.step.index === step.index ? drag.moving : null;
  const when = moving ? moving.when : whenOf(step);
  const told = [
    `${step.id} ${when}`, page.verbs[step.verb] ?? step.verb, kind === "contact" && say.tone3(page.tones[toneOf(step)] ?? ""), step.values.if && say.conditional, step.values.approval === "true" && say.approved,
    step.values.every && say.repeats(textOf(step.values.every), textOf(step.values.until)), worst && (worst === "error" ? page.errors(1) : page.warnings(1)),
  ].filter(Boolean).join(", ");
  return (
    <button
      type="button"
      data-step={`${step.ladder}/${step.index}`}
      aria-label={told}
      aria-pressed={chosen}
      aria-describedby="ladder-hint"
      {...drag.of(step)}
      className={cx(
        "absolute flex h-6.5 touch-pan-y items-center gap-1.5 rounded-md border px-1.5 text-sm whitespace-nowrap select-none",
        CHIPS[kind], movable(step) && drag.able ? "cursor-grab active:cursor-grabbing" : "cursor-pointer",
        chosen && "outline-2 outline-offset-1 outline-accent", moving && "z-20 shadow-pop",
      )}
      style={{ left, top, width, transform: moving ? `translateX(${moving.by}px)` : undefined }}
    >
      <StepIcon step={step} />
      {kind === "contact" && <ToneBars tone={toneOf(step)} />}
      <span className="min-w-0 truncate font-medium">{step.id}</span>
      {Boolean(step.values.every) && <Repeat aria-hidden className="size-3 shrink-0" />}
      {Boolean(step.values.if) && <GitBranch aria-hidden className="size-3 shrink-0" />}
      {step.values.approval === "true" && <ShieldCheck aria-hidden className="size-3 shrink-0" />}
      {worst && (worst === "error" ? <CircleAlert aria-hidden className="size-3.5 shrink-0 text-bad" /> : <TriangleAlert aria-hidden className="size-3.5 shrink-0 text-warn" />)}
      {" "}
      <span className={cx("num ml-auto max-w-24 shrink-0 truncate pl-1 text-xs", kind === "contact" || kind === "neutral" ? "text-muted" : "")}>{when}</span>
    </button>
  );
}

/** The days over all lanes. */
export function AxisHead({ axis }: { axis: Axis }) {
  const say = useWords(ladderWords);
  return (
    <div aria-hidden className="relative h-8 border-b border-line bg-surface" style={{ width: axis.width }}>
      {axis.zone > 0 && <span className="absolute bottom-1.5 left-4 text-xs text-muted">{say.issue}</span>}
      {axis.ticks.map((tick) => (
        <span key={tick.day} className={cx("num absolute bottom-1.5 -translate-x-1/2 text-xs whitespace-nowrap", tick.day === 0 ? "rounded-sm bg-accent px-1.5 font-semibold text-on-accent" : "text-muted")} style={{ left: tick.x }}>
          {tick.day === 0 ? "D" : `D${tick.day > 0 ? "+" : "−"}${Math.abs(tick.day)}`}
        </span>
      ))}
    </div>
  );
}

/** The width that there is to draw in. */
export function useWidth(least: number) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWidth(Math.max(least, Math.floor(element.clientWidth)));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [least]);
  return { box, width };
}
