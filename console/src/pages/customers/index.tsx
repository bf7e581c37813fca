import { useNavigate, useSearch } from "@tanstack/react-router";
import { Users, UserX } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useTellError } from "../../app/toasts";
import { Badge, Button, type Column, cx, DataTable, Day, Empty, Moment, Page, type Rows, SearchField, Segments, Skeleton, useRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { useName } from "../receivables/names";
import { words as receivableWords } from "../receivables/words";
import { CustomersBar } from "./bulk";
import { type CustomerRow, customerKeys } from "./data";
import { matches } from "./search";
import { words } from "./words";

/** How far a search by name reads before it asks whether to go on. */
const REACH = 20_000;
const ENOUGH = 60;

export default function CustomersPage() {
  const say = useWords(words);
  const { show = "all" } = useSearch({ from: "/inside/customers" });
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const [reach, setReach] = useState(REACH);
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const all = useRows<CustomerRow>(customerKeys.list, (cursor, signal) => answer(api.GET("/v1/customers", { params: { query: { cursor, limit: 200 } }, signal })));
  const narrowed = wanted !== "" || show !== "all";
  const found = useMemo(
    () => (narrowed ? all.rows.filter((row) => matches(wanted, row.name, row.external_id) && (show === "all" || (show === "open" ? row.live_receivables > 0 : show === "parked" ? row.parked : row.erased_at))) : all.rows),
    [narrowed, all.rows, wanted, show],
  );
  const reading = narrowed && all.more && found.length < ENOUGH && all.rows.length < reach;
  const { loadMore, loadingMore } = all;
  useEffect(() => {
    if (reading && !loadingMore) loadMore();
  }, [reading, loadingMore, loadMore]);
  const rows: Rows<CustomerRow> = useMemo(() => ({ ...all, rows: found, loading: all.loading || (found.length === 0 && reading) }), [all, found, reading]);
  const columns = useCustomerColumns();
  const open = (row: CustomerRow) => void navigate({ to: "/customers/$customer", params: { customer: row.id } });

  const empty = narrowed ? (
    <Empty icon={<UserX />} title={say.noneTitle}>{say.noneText}</Empty>
  ) : (
    <Empty icon={<Users />} title={say.emptyTitle}>{say.emptyText}</Empty>
  );
  return (
    <Page title={say.title} fill>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <SearchBox text={text} onText={(next) => { setText(next); setReach(REACH); select(new Set()); }} />
        <Segments
          label={say.showLabel}
          value={show}
          onChange={(next) => { select(new Set()); void navigate({ to: "/customers", search: next === "all" ? {} : { show: next } }); }}
          choices={(["all", "open", "parked", "erased"] as const).map((value) => ({ value, label: say.shows[value] }))}
        />
        <span role="status" className="num text-sm text-muted">{narrowed && !all.loading ? say.looked(all.rows.length, found.length) : ""}</span>
        {narrowed && all.more && !reading && <Button size="sm" look="quiet" onClick={() => setReach(all.rows.length + REACH)}>{say.lookOn}</Button>}
      </div>
      <CustomersBar selection={selection} onSelect={select} rows={found} />
      <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
        <DataTable<CustomerRow> label={say.title} columns={columns} rows={rows} rowId={idOf} onOpen={open} selection={selection} onSelect={select} empty={empty} />
        <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{all.loading ? "" : say.loaded(found.length, all.more)}</footer>
      </div>
    </Page>
  );
}

const idOf = (row: CustomerRow) => row.id;

function useCustomerColumns(): Column<CustomerRow>[] {
  const say = useWords(words);
  const format = useFormats();
  return useMemo(
    () => [
      {
        id: "name", head: say.name, width: 220, grow: 2,
        cell: (row) => (
          <span className="flex min-w-0 items-center gap-2">
            <span className={cx("truncate font-medium", !row.name && "text-muted")}>{row.erased_at ? say.erased : (row.name ?? say.unnamed)}</span>
            {row.parked && <Badge tone="bad">{say.parked}</Badge>}
          </span>
        ),
      },
      { id: "code", head: say.code, width: 140, cell: (row) => <span className="text-muted">{row.external_id}</span> },
      { id: "due", head: say.due, width: 140, right: true, cell: (row) => <Due id={row.id} live={row.live_receivables} /> },
      { id: "live", head: say.openReceivables, width: 120, right: true, cell: (row) => (row.live_receivables > 0 ? format.number(row.live_receivables) : <span className="text-muted">–</span>) },
      { id: "held", head: say.held, width: 180, cell: (row) => <Held id={row.id} live={row.live_receivables} /> },
      { id: "wakes", head: say.wakes, width: 160, cell: (row) => <Moment value={row.wakes_at} className="text-muted" /> },
      { id: "since", head: say.since, width: 120, cell: (row) => <Day value={row.created_at} className="text-muted" /> },
    ],
    [say, format],
  );
}

function Due({ id, live }: { id: string; live: number }) {
  const format = useFormats();
  const known = useName(id, live > 0);
  if (live === 0) return <span className="text-muted">–</span>;
  if (!known) return <Skeleton className="ml-auto h-3.5 w-16" />;
  return <span className="font-medium">{known.due.length > 0 ? known.due.map((one) => format.money(one)).join(" + ") : <span className="text-muted">–</span>}</span>;
}

function Held({ id, live }: { id: string; live: number }) {
  const causes = useWords(receivableWords).cause;
  const known = useName(id, live > 0);
  return <span className="flex gap-1">{known?.held.map((cause) => <Badge key={cause} tone="warn">{causes[cause] ?? cause}</Badge>)}</span>;
}

/** Narrows by name while one types; Enter goes straight to a whole code. */
function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const say = useWords(words);
  const navigate = useNavigate();
  const tellError = useTellError();
  async function go() {
    const code = text.trim();
    if (!code) return;
    try {
      const page = await answer(api.GET("/v1/customers", { params: { query: { external_id: code, limit: 1 } } }));
      const id = code.startsWith("cus_") ? code : page.items[0]?.id;
      if (id) await navigate({ to: "/customers/$customer", params: { customer: id } });
    } catch (error) {
      tellError(error);
    }
  }
  return <SearchField label={say.search} help={say.searchHelp} value={text} onChange={onText} onGo={() => void go()} className="w-72" />;
}
