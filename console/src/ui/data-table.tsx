import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { common, useWords } from "../words";
import { Checkbox } from "./checkbox";
import { cx } from "./cx";
import type { Rows } from "./rows";
import { Failed, Skeleton } from "./states";
import { useTableKeys } from "./table-keys";

export type Column<T> = {
  id: string;
  /** The head; empty for acts. */
  head: string;
  cell: (row: T) => ReactNode;
  /** Pixels; with `grow` the least of them. */
  width: number;
  grow?: number;
  right?: boolean;
  /** Given to `onSort` when the head is pressed. */
  sort?: string;
};

export type Sort = { by: string; down: boolean };

type Props<T> = {
  /** Names the table to readers of the screen. */
  label: string;
  columns: readonly Column<T>[];
  rows: Rows<T>;
  rowId: (row: T) => string;
  onOpen?: (row: T) => void;
  selection?: ReadonlySet<string>;
  onSelect?: (selection: ReadonlySet<string>) => void;
  sort?: Sort | null;
  onSort?: (by: string) => void;
  /** What stands there when there is nothing: use `Empty`. */
  empty: ReactNode;
  /** A row that is shown beside the table at the moment. */
  current?: string | null;
  /** For whoever wants to focus it: `/` → table. */
  className?: string;
};

/** A million rows of this height are just within what Chromium and Safari can lay out (2^25 pixels); Firefox lays out half of it. */
const ROW = 33;
const MOST = 1_000_000;
/** Rows are placed within a block of so many: where a block begins is laid out exactly, while a shift by millions of pixels would be rounded. */
const BLOCK = 1024;
/** Rows behind the last one that is looked at, which are asked for before they are. */
const AHEAD = 60;

/** How many rows this browser can lay out: what is higher than it can lay out becomes no height at all. */
function mostRows(): number {
  const probe = document.createElement("div");
  probe.style.cssText = `position:absolute;visibility:hidden;width:1px;height:${(MOST + 1) * ROW}px`;
  const clip = document.createElement("div");
  clip.style.cssText = "position:absolute;overflow:hidden;width:1px;height:1px";
  clip.append(probe);
  document.body.append(clip);
  const fits = probe.getBoundingClientRect().height > MOST * ROW;
  clip.remove();
  return fits ? MOST : MOST / 2;
}
let most: number | undefined;

export function DataTable<T>({ label, columns, rows, rowId, onOpen, selection, onSelect, sort, onSort, empty, current, className }: Props<T>) {
  const words = useWords(common);
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  most ??= mostRows();
  const { start, more, loadingMore, loadMore, loadBefore, seek } = rows;
  const all = rows.rows;
  const end = start + all.length;
  const count = Math.min(rows.known, most);
  const rowAt = (at: number): T | undefined => all[at - start];
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8, scrollPaddingStart: ROW, scrollPaddingEnd: ROW });
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last < 0 || rows.loading) return;
    if (last < start - AHEAD || first >= end + AHEAD) {
      // Far from what is at hand. While the bar is dragged, every place that it passes would be read.
      const still = setTimeout(() => seek(first), 120);
      return () => clearTimeout(still);
    }
    if (first < start + AHEAD && start > 0) loadBefore();
    else if (last >= end - AHEAD && (more || end < count)) loadMore();
  }, [first, last, start, end, count, more, rows.loading, loadMore, loadBefore, seek]);

  const template = useMemo(() => {
    const parts = columns.map((column) => (column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`));
    return (onSelect ? ["36px", ...parts] : parts).join(" ");
  }, [columns, onSelect]);
  const least = columns.reduce((sum, column) => sum + column.width, onSelect ? 36 : 0) + 24;

  const keys = useTableKeys({ count, active, setActive, idAt: (at) => idOf(rowAt(at), rowId), all: () => all.map(rowId), selection, onSelect, open: (at) => onOpen && rowAt(at) !== undefined && onOpen(rowAt(at) as T), show: (at) => virtual.scrollToIndex(at) });

  if (rows.error) return <Failed error={rows.error} retry={rows.reload} className={className} />;
  if (!rows.loading && count === 0) return <div className={cx("flex flex-1 flex-col justify-center", className)}>{empty}</div>;

  const picked = selection?.size ?? 0;
  const allPicked = all.length > 0 && picked >= all.length;
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={more ? -1 : count + 1}
      aria-colcount={columns.length + (onSelect ? 1 : 0)}
      aria-multiselectable={onSelect ? true : undefined}
      aria-busy={rows.loading || undefined}
      aria-activedescendant={active >= 0 ? `${base}-${active}` : undefined}
      tabIndex={0}
      data-table=""
      onKeyDown={keys}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0 && count > 0) setActive(0);
      }}
      className={cx("group/table scrollbar-thin relative min-h-0 flex-1 overflow-auto focus-visible:outline-offset-[-2px]", className)}
    >
      <div style={{ minWidth: least }}>
        <div role="row" aria-rowindex={1} className="sticky top-0 z-10 grid h-9 items-center border-b border-line bg-canvas px-3 text-sm text-muted" style={{ gridTemplateColumns: template }}>
          {onSelect && (
            <div role="columnheader" className="flex items-center">
              <Checkbox
                tabIndex={-1}
                aria-label={words.selectAll}
                checked={allPicked ? true : picked > 0 ? "indeterminate" : false}
                onChange={(checked) => onSelect(checked ? new Set(all.map(rowId)) : new Set())}
              />
            </div>
          )}
          {columns.map((column) => <Head key={column.id} column={column} sort={sort} onSort={onSort} />)}
        </div>
        {rows.loading ? (
          <div aria-hidden>
            {Array.from({ length: 12 }, (_, at) => (
              <div key={at} className="grid items-center gap-0 border-b border-line px-3" style={{ gridTemplateColumns: template, height: ROW }}>
                {onSelect && <span />}
                {columns.map((column) => <div key={column.id} className={cx("px-2", column.right && "flex justify-end")}><Skeleton className={cx("h-3.5", (at + column.id.length) % 3 ? "w-2/3" : "w-1/2")} /></div>)}
              </div>
            ))}
          </div>
        ) : (
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {blocks(shown).map(([block, items]) => (
              <div key={block} role="presentation" className="absolute inset-x-0" style={{ top: block * BLOCK * ROW }}>
                {items.map((item) => {
                  const row = rowAt(item.index);
                  const top = item.start - block * BLOCK * ROW;
                  if (row === undefined) return <Absent key={item.index} at={item.index} top={top} columns={columns} template={template} selectable={Boolean(onSelect)} />;
                  const id = rowId(row);
                  return (
                    <Row
                      key={id}
                      id={`${base}-${item.index}`}
                      at={item.index}
                      top={top}
                      row={row}
                      columns={columns}
                      template={template}
                      active={item.index === active}
                      current={current === id}
                      picked={selection?.has(id)}
                      pickLabel={words.selectRow}
                      selectable={Boolean(onSelect)}
                      openable={Boolean(onOpen)}
                      act={keys.act}
                    />
                  );
                })}
              </div>
            ))}
          </div>
        )}
        {count >= most && <div className="px-5 py-2 text-sm text-muted">{words.firstRows(most)}</div>}
        {loadingMore && <div role="status" className="px-5 py-2 text-sm text-muted">{words.moreRows}…</div>}
      </div>
    </div>
  );
}

function idOf<T>(row: T | undefined, rowId: (row: T) => string): string | undefined {
  return row === undefined ? undefined : rowId(row);
}

/** What is shown, by block. */
function blocks(shown: readonly VirtualItem[]): [number, VirtualItem[]][] {
  const found = new Map<number, VirtualItem[]>();
  for (const item of shown) {
    const block = Math.floor(item.index / BLOCK);
    const items = found.get(block);
    if (items) items.push(item);
    else found.set(block, [item]);
  }
  return [...found];
}

/** A row that is known and not at hand. */
const Absent = memo(function Absent<T>({ at, top, columns, template, selectable }: { at: number; top: number; columns: readonly Column<T>[]; template: string; selectable: boolean }) {
  return (
    <div role="row" aria-rowindex={at + 2} aria-busy className="absolute inset-x-0 grid items-center border-b border-line px-3" style={{ gridTemplateColumns: template, height: ROW, transform: `translateY(${top}px)` }}>
      {selectable && <span />}
      {columns.map((column) => <div key={column.id} role="gridcell" className="px-2"><div className="h-3 w-1/2 rounded bg-hover" /></div>)}
    </div>
  );
}) as <T>(props: { at: number; top: number; columns: readonly Column<T>[]; template: string; selectable: boolean }) => ReactNode;

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort?: Sort | null; onSort?: (by: string) => void }) {
  const by = column.sort;
  const on = by !== undefined && sort?.by === by;
  return (
    <div role="columnheader" aria-sort={on ? (sort.down ? "descending" : "ascending") : undefined} className={cx("min-w-0 truncate px-2 font-medium", column.right && "text-right")}>
      {by !== undefined && onSort ? (
        <button type="button" onClick={() => onSort(by)} className="inline-flex items-center gap-1 hover:text-ink">
          {column.head}
          {on && (sort.down ? <ArrowDown className="size-3.5" /> : <ArrowUp className="size-3.5" />)}
        </button>
      ) : column.head}
    </div>
  );
}

type RowProps<T> = {
  id: string; at: number; top: number; row: T; columns: readonly Column<T>[]; template: string;
  active: boolean; current: boolean; picked: boolean | undefined; pickLabel: string; selectable: boolean; openable: boolean;
  act: (at: number, how: "open" | "pick" | "range") => void;
};

const Row = memo(function Row<T>({ id, at, top, row, columns, template, active, current, picked, pickLabel, selectable, openable, act }: RowProps<T>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={selectable ? Boolean(picked) : undefined}
      onClick={(event) => {
        // A link, button or box inside acts for itself.
        if ((event.target as HTMLElement).closest("a,button,input,label,[role=checkbox]")) return;
        if (event.shiftKey && selectable) act(at, "range");
        else if (openable) act(at, "open");
      }}
      className={cx(
        "absolute inset-x-0 grid items-center border-b border-line px-3",
        openable && "cursor-pointer",
        picked || current ? "bg-accent-soft" : "hover:bg-hover",
        active && "group-focus-within/table:shadow-[inset_2px_0_0_var(--accent)]",
      )}
      style={{ gridTemplateColumns: template, height: ROW, transform: `translateY(${top}px)` }}
    >
      {selectable && (
        <div role="gridcell" className="flex items-center">
          {/* The browser's own box: dozens of rows come and go in a frame, and each must be cheap. */}
          <input type="checkbox" tabIndex={-1} aria-label={pickLabel} checked={Boolean(picked)} onChange={() => act(at, "pick")} className="size-4 accent-(--accent)" />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={cx("min-w-0 truncate px-2", column.right && "num text-right")}>{column.cell(row)}</div>
      ))}
    </div>
  );
}) as <T>(props: RowProps<T>) => ReactNode;

/** The line over a table that says how many are selected, with what can be done to them. */
export function SelectionBar({ selection, onClear, children }: { selection: ReadonlySet<string>; onClear: () => void; children: ReactNode }) {
  const words = useWords(common);
  if (selection.size === 0) return null;
  return (
    <div role="toolbar" aria-label={words.selected(selection.size)} className="animate-in mb-2 flex flex-wrap items-center gap-2 rounded-lg border border-accent-line bg-accent-soft px-3 py-1.5">
      <span className="num mr-2 font-medium text-accent" aria-live="polite">{words.selected(selection.size)}</span>
      {children}
      <button type="button" onClick={onClear} className="ml-auto text-sm text-muted hover:text-ink">{words.clear}</button>
    </div>
  );
}
