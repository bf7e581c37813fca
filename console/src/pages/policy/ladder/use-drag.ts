import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { moveAfter, moveMoment } from "../text/moment";
import { type LadderText, type StepText, textOf } from "../text/read";
import { movable } from "../text/steps";
import { type Axis, dragged } from "./geometry";

type Moving = { step: StepText; by: number; when: string; units: number };
export type Drag = {
  able: boolean;
  moving: Moving | null;
  of: (step: StepText) => {
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLButtonElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLButtonElement>) => void;
    onPointerCancel: () => void;
    onClick: () => void;
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => void;
  };
};
type Options = {
  able: boolean;
  axis: Axis | null;
  ladders: readonly LadderText[];
  onMove: (step: StepText, units: number) => void;
  onOpen: (step: StepText) => void;
  onRemove: (step: StepText) => void;
};

/** Less than this is a press and no drag. */
const SLACK = 4;

function movedTo(step: StepText, units: number): string {
  const at = textOf(step.values.at);
  return (at ? moveMoment(at, units) : moveAfter(textOf(step.values.after), units)) ?? "";
}

/** Steps by pointer along the axis, and by keys. Nothing is changed before the pointer lets go. */
export function useDrag({ able, axis, ladders, onMove, onOpen, onRemove }: Options): Drag {
  const [moving, setMoving] = useState<Moving | null>(null);
  const from = useRef<{ x: number; dragging: boolean } | null>(null);
  const swallow = useRef(false);
  const unitsOf = (step: StepText, by: number) => {
    const steps = ladders.find((one) => one.name === step.ladder)?.steps ?? [];
    return axis ? dragged(step, steps, axis, by) : 0;
  };
  return {
    able,
    moving,
    of: (step) => ({
      onPointerDown: (event) => {
        swallow.current = false;
        if (!able || event.button !== 0 || !movable(step)) return;
        from.current = { x: event.clientX, dragging: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event) => {
        if (!from.current) return;
        const by = event.clientX - from.current.x;
        if (!from.current.dragging && Math.abs(by) < SLACK) return;
        from.current.dragging = true;
        const units = unitsOf(step, by);
        setMoving({ step, by, units, when: movedTo(step, units) });
      },
      onPointerUp: () => {
        const was = from.current;
        from.current = null;
        setMoving(null);
        if (!was?.dragging) return;
        swallow.current = true;
        if (moving && moving.units !== 0) onMove(step, moving.units);
      },
      onPointerCancel: () => {
        from.current = null;
        setMoving(null);
      },
      // A click that ends a drag opens nothing.
      onClick: () => {
        if (swallow.current) swallow.current = false;
        else onOpen(step);
      },
      onKeyDown: (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !able) return;
        const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
        if (by && movable(step)) {
          event.preventDefault();
          onMove(step, event.shiftKey ? by * 7 : by);
        } else if (event.key === "Delete" || event.key === "Backspace") {
          event.preventDefault();
          onRemove(step);
        }
      },
    }),
  };
}
