import { useVirtualizer } from "@tanstack/react-virtual";
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

/** A million rows of this height are just within what browsers can lay out (2^25 pixels). */
const ROW = 33;
const MOST = 1_000_000;

export function DataTable<T>({ label, columns, rows, rowId, onOpen, selection, onSelect, sort, onSort, empty, current, className }: Props<T>) {
  const words = useWords(common);
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const all = rows.rows;
  const count = Math.min(all.length, MOST);
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8, scrollPaddingStart: ROW, scrollPaddingEnd: ROW });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  const { more, loadingMore, loadMore } = rows;
  useEffect(() => {
    if (more && !loadingMore && count < MOST && last >= count - 60) loadMore();
  }, [more, loadingMore, last, count, loadMore]);

  const template = useMemo(() => {
    const parts = columns.map((column) => (column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`));
    return (onSelect ? ["36px", ...parts] : parts).join(" ");
  }, [columns, onSelect]);
  const least = columns.reduce((sum, column) => sum + column.width, onSelect ? 36 : 0) + 24;

  const keys = useTableKeys({ count, active, setActive, idAt: (at) => rowId(all[at] as T), selection, onSelect, open: (at) => onOpen?.(all[at] as T), show: (at) => virtual.scrollToIndex(at) });

  if (rows.error) return <Failed error={rows.error} retry={rows.reload} className={className} />;
  if (!rows.loading && count === 0) return <div className={cx("flex flex-1 flex-col justify-center", className)}>{empty}</div>;

  const picked = selection?.size ?? 0;
  const allPicked = count > 0 && picked >= count;
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
            {shown.map((item) => {
              const row = all[item.index] as T;
              const id = rowId(row);
              return (
                <Row
                  key={id}
                  id={`${base}-${item.index}`}
                  at={item.index}
                  top={item.start}
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
        )}
        {count >= MOST && <div className="px-5 py-2 text-sm text-muted">{words.firstMillion}</div>}
        {loadingMore && <div role="status" className="px-5 py-2 text-sm text-muted">{words.moreRows}…</div>}
      </div>
    </div>
  );
}

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
