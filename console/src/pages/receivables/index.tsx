import { useNavigate, useSearch } from "@tanstack/react-router";
import { BookOpenText, CalendarX, SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { usePageKeys } from "../../app/shortcuts";
import { useTellError } from "../../app/toasts";
import { useWanted } from "../../app/wanted";
import { Button, cx, DataTable, Empty, Page } from "../../ui";
import { useFormats, useWords } from "../../words";
import { AgingStrip } from "./aging";
import { BulkBar, MOST } from "./bulk/bar";
import { useColumnChoice, useColumns } from "./columns";
import { readPage, type ReceivableRow, useCount, useReceivables } from "./data";
import { ExportDialog } from "./export-dialog";
import { type Filters, isFiltered, nextSort, sortOf } from "./filters";
import { Side } from "./panel/side";
import { Toolbar } from "./toolbar";
import { words } from "./words";

export default function ReceivablesPage() {
  const say = useWords(words);
  const format = useFormats();
  const search = useSearch({ from: "/inside/receivables" });
  const navigate = useNavigate();
  const tellError = useTellError();
  const { open, ...rest } = search;
  const text = JSON.stringify(rest);
  // The same filters are the same object, so that rows are not asked for anew when only the panel opens.
  const filters = useMemo<Filters>(() => JSON.parse(text) as Filters, [text]);
  const wanted = useWanted();
  const { rows, query, impossible, today } = useReceivables(filters, wanted);
  const counted = useCount(query, !impossible && !rows.loading);
  const choice = useColumnChoice();
  usePageKeys(say.keys);
  const columns = useColumns(choice.shown, today, !filters.customer || choice.shown.length < 3);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const [exporting, setExporting] = useState(false);
  const [selecting, setSelecting] = useState<number | null>(null);

  const change = useCallback(
    (next: Filters, opened?: string, searched = wanted) => {
      select(new Set());
      void navigate({ to: "/receivables", search: { ...next, open: opened }, state: { wanted: searched || undefined } });
    },
    [navigate, wanted],
  );
  const searchFor = useCallback((text: string) => {
    select(new Set());
    void navigate({ to: "/receivables", search: (before) => ({ ...before, customer: undefined, number: undefined, open: undefined }), state: { wanted: text || undefined }, replace: true });
  }, [navigate]);
  const show = useCallback((id: string | undefined) => void navigate({ to: "/receivables", search: (before) => ({ ...before, open: id }), state: { wanted: wanted || undefined }, replace: true }), [navigate, wanted]);

  useEffect(() => {
    if (!open) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("[role=dialog],[role=menu],[role=listbox]")) return;
      show(undefined);
      document.querySelector<HTMLElement>("[data-table]")?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [open, show]);

  async function selectFiltered() {
    const found = new Set<string>();
    setSelecting(0);
    try {
      let cursor: string | null | undefined = null;
      do {
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(query, cursor);
        for (const row of page.items) if (found.size < MOST) found.add(row.id);
        setSelecting(found.size);
        cursor = page.next;
      } while (cursor && found.size < MOST);
      select(found);
    } catch (error) {
      tellError(error);
    } finally {
      setSelecting(null);
    }
  }

  const filtered = isFiltered(filters) || Boolean(filters.customer || wanted);
  const empty = impossible ? (
    <Empty icon={<CalendarX />} title={say.spanTitle} action={<Button onClick={() => change({}, undefined, "")}>{say.clearAll}</Button>}>{say.spanText}</Empty>
  ) : filtered ? (
    <Empty icon={<SearchX />} title={say.noneTitle} action={<Button onClick={() => change({}, undefined, "")}>{say.clearAll}</Button>}>{say.noneText}</Empty>
  ) : (
    <Empty icon={<BookOpenText />} title={say.emptyTitle}>{say.emptyText}</Empty>
  );
  const order = sortOf(filters, wanted);
  const sort = order.startsWith("-") ? { by: order.slice(1), down: true } : { by: order, down: order === "newest" };

  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">
        <Page title={say.title} fill>
          {/* Beside an open panel a laptop has no room for it. */}
          <div className={cx(open && "max-[1500px]:hidden")}>
            <AgingStrip
              age={filters.age}
              currency={filters.currency}
              onPick={(age, currency) => change({ customer: filters.customer, currency: age ? currency : filters.currency, age })}
            />
          </div>
          <Toolbar filters={filters} wanted={wanted} onSearch={searchFor} onChange={change} columns={choice} onExport={() => setExporting(true)} />
          <BulkBar selection={selection} onSelect={select} today={today} selecting={selecting} onSelectFiltered={rows.more ? () => void selectFiltered() : undefined} />
          <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
            <DataTable<ReceivableRow>
              label={say.title}
              columns={columns}
              rows={rows}
              rowId={idOf}
              onOpen={(row) => show(row.id)}
              selection={selection}
              onSelect={select}
              sort={sort}
              onSort={(by) => change({ ...filters, sort: nextSort(order, by) }, open)}
              empty={empty}
              current={open ?? null}
            />
            <footer className="flex items-center justify-between gap-4 border-t border-line px-6 py-1.5 text-sm text-muted">
              <span role="status" className="num whitespace-nowrap">
                {rows.loading ? "" : counted ? say.counted(format.number(counted.count), counted.about, counted.totals.map((one) => format.money(one)).join(" + ")) : say.loaded(rows.known, rows.more)}
              </span>
              <span className="truncate max-lg:hidden">{filtered && !wanted ? say.bookmark : ""}</span>
            </footer>
          </div>
        </Page>
      </div>
      {open && <Side id={open} onClose={() => show(undefined)} />}
      <ExportDialog query={query} today={today} open={exporting} onOpenChange={setExporting} />
    </div>
  );
}

const idOf = (row: ReceivableRow) => row.id;
