import { type KeyboardEvent, useCallback, useLayoutEffect, useRef } from "react";

type Table = {
  count: number;
  active: number;
  setActive: (at: number) => void;
  /** Nothing of a row that is not at hand. */
  idAt: (at: number) => string | undefined;
  /** Of every row at hand. */
  all: () => string[];
  selection?: ReadonlySet<string>;
  onSelect?: (selection: ReadonlySet<string>) => void;
  open: (at: number) => void;
  show: (at: number) => void;
};

type Handler = ((event: KeyboardEvent) => void) & { act: (at: number, how: "open" | "pick" | "range") => void };

const STEPS: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity };

/** What the keyboard does in a table: j k and arrows, Enter, space or x, with Shift a range, ⌘A all, Escape none. */
export function useTableKeys(table: Table): Handler {
  const now = useRef(table);
  // Where a range begins.
  const anchor = useRef(0);
  useLayoutEffect(() => {
    now.current = table;
  });

  const pick = useCallback((at: number, range: boolean) => {
    const { selection, onSelect, idAt, count } = now.current;
    if (!onSelect || at < 0 || at >= count) return;
    const next = new Set(selection);
    if (range) {
      for (let i = Math.min(anchor.current, at); i <= Math.max(anchor.current, at); i++) {
        const id = idAt(i);
        if (id !== undefined) next.add(id);
      }
    } else {
      const id = idAt(at);
      if (id === undefined) return;
      if (!next.delete(id)) next.add(id);
      anchor.current = at;
    }
    onSelect(next);
  }, []);

  const act = useCallback((at: number, how: "open" | "pick" | "range") => {
    now.current.setActive(at);
    if (how === "open") now.current.open(at);
    else pick(at, how === "range");
  }, [pick]);

  const onKey = useCallback((event: KeyboardEvent) => {
    const { count, active, setActive, selection, onSelect, all, open, show } = now.current;
    if (event.target !== event.currentTarget || event.altKey || count === 0) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((event.metaKey || event.ctrlKey) && key === "a" && onSelect) {
      event.preventDefault();
      onSelect(new Set(all()));
      return;
    }
    if (event.metaKey || event.ctrlKey) return;
    const step = STEPS[key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(count - 1, active + step));
      if (event.shiftKey && onSelect && Math.abs(step) === 1) {
        if (!selection?.size) anchor.current = Math.max(0, active);
        pick(next, true);
      }
      setActive(next);
      show(next);
    } else if (key === "Enter" && active >= 0) {
      event.preventDefault();
      open(active);
    } else if ((key === " " || key === "x") && active >= 0 && onSelect) {
      event.preventDefault();
      pick(active, event.shiftKey);
    } else if (key === "Escape" && selection?.size) {
      event.stopPropagation();
      onSelect?.(new Set());
    }
  }, [pick]);

  return Object.assign(onKey, { act });
}
