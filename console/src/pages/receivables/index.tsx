import { useNavigate, useSearch } from "@tanstack/react-router";
import { BookOpenText, CalendarX, SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { usePageKeys } from "../../app/shortcuts";
import { useTellError } from "../../app/toasts";
import { Button, cx, DataTable, Empty, Page } from "../../ui";
import { useWords } from "../../words";
import { AgingStrip } from "./aging";
import { BulkBar, MOST } from "./bulk/bar";
import { useColumnChoice, useColumns } from "./columns";
import { readPage, type ReceivableRow, useReceivables } from "./data";
import { ExportDialog } from "./export-dialog";
import { canSort, type Filters, isFiltered, sortOf } from "./filters";
import { Side } from "./panel/side";
import { Toolbar } from "./toolbar";
import { words } from "./words";

export default function ReceivablesPage() {
  const say = useWords(words);
  const search = useSearch({ from: "/inside/receivables" });
  const navigate = useNavigate();
  const tellError = useTellError();
  const { open, ...rest } = search;
  const text = JSON.stringify(rest);
  // The same filters are the same object, so that rows are not asked for anew when only the panel opens.
  const filters = useMemo<Filters>(() => JSON.parse(text) as Filters, [text]);
  const { rows, query, impossible, today } = useReceivables(filters);
  const choice = useColumnChoice();
  usePageKeys(say.keys);
  const columns = useColumns(choice.shown, today, canSort(filters), !filters.customer || choice.shown.length < 3);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const [exporting, setExporting] = useState(false);
  const [selecting, setSelecting] = useState<number | null>(null);

  const change = useCallback(
    (next: Filters, opened?: string) => {
      select(new Set());
      void navigate({ to: "/receivables", search: { ...next, open: opened } });
    },
    [navigate],
  );
  const show = useCallback((id: string | undefined) => void navigate({ to: "/receivables", search: (before) => ({ ...before, open: id }), replace: true }), [navigate]);

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

  const filtered = isFiltered(filters) || Boolean(filters.customer);
  const empty = impossible ? (
    <Empty icon={<CalendarX />} title={say.spanTitle} action={<Button onClick={() => change({})}>{say.clearAll}</Button>}>{say.spanText}</Empty>
  ) : filtered ? (
    <Empty icon={<SearchX />} title={say.noneTitle} action={<Button onClick={() => change({})}>{say.clearAll}</Button>}>{say.noneText}</Empty>
  ) : (
    <Empty icon={<BookOpenText />} title={say.emptyTitle}>{say.emptyText}</Empty>
  );
  const sort = canSort(filters) ? { by: sortOf(filters), down: sortOf(filters) === "newest" } : { by: "due_on", down: false };

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
          <Toolbar filters={filters} onChange={change} columns={choice} onExport={() => setExporting(true)} />
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
              onSort={canSort(filters) ? (by) => change({ ...filters, sort: by === "newest" ? "newest" : "due_on" }, open) : undefined}
              empty={empty}
              current={open ?? null}
            />
            <footer className="flex items-center justify-between gap-4 border-t border-line px-6 py-1.5 text-sm text-muted">
              <span role="status" className="num whitespace-nowrap">{rows.loading ? "" : say.loaded(rows.rows.length, rows.more)}</span>
              <span className="truncate max-lg:hidden">{filtered ? `${canSort(filters) ? "" : `${say.sortFixed} `}${say.bookmark}` : ""}</span>
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
