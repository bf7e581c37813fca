import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Users, UserX } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api } from "../../api/client";
import { useTellError } from "../../app/toasts";
import { useWanted, WantedField } from "../../app/wanted";
import { Badge, type Column, cx, DataTable, Day, Empty, Moment, Page, Segments, useRows } from "../../ui";
import { useFormats, useWords } from "../../words";
import { Held } from "../receivables/labels";
import { CustomersBar } from "./bulk";
import { type CustomerRow, customerKeys } from "./data";
import type { Show } from "./search";
import { words } from "./words";

const FILTERS = { all: {}, open: { owing: true }, parked: { parked: true }, erased: { erased: true } } as const;

export default function CustomersPage() {
  const say = useWords(words);
  const format = useFormats();
  const { show = "all" } = useSearch({ from: "/inside/customers" });
  const wanted = useWanted();
  const navigate = useNavigate();
  const tellError = useTellError();
  const [selection, select] = useState<ReadonlySet<string>>(new Set());
  const query = useMemo(() => ({ ...FILTERS[show], q: wanted || undefined }), [show, wanted]);
  const rows = useRows<CustomerRow>([...customerKeys.list, query], (cursor, signal) => answer(api.GET("/v1/customers", { params: { query: { ...query, cursor, limit: 200 } }, signal })));
  const { data: counted } = useQuery({
    queryKey: [...customerKeys.list, "count", query],
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/count", { params: { query }, signal })),
    enabled: !rows.loading,
    staleTime: 30_000,
  });
  const narrowed = wanted !== "" || show !== "all";
  const change = (next: Show, text: string, replace = false) => {
    select(new Set());
    void navigate({ to: "/customers", search: next === "all" ? {} : { show: next }, state: { wanted: text || undefined }, replace });
  };
  const columns = useCustomerColumns();
  const go = async (whole: string) => {
    try {
      const named = whole.startsWith("cus_") ? undefined : await answer(api.GET("/v1/customers", { params: { query: { external_id: whole, limit: 1 } } }));
      const id = named ? named.items[0]?.id : whole;
      if (id) await navigate({ to: "/customers/$customer", params: { customer: id } });
      return Boolean(id);
    } catch (error) {
      tellError(error);
      return true;
    }
  };
  const open = (row: CustomerRow) => void navigate({ to: "/customers/$customer", params: { customer: row.id } });

  const empty = narrowed ? (
    <Empty icon={<UserX />} title={say.noneTitle}>{say.noneText}</Empty>
  ) : (
    <Empty icon={<Users />} title={say.emptyTitle}>{say.emptyText}</Empty>
  );
  return (
    <Page title={say.title} fill>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <WantedField label={say.search} help={say.searchHelp} wanted={wanted} onSearch={(text) => change(show, text, true)} onGo={go} className="w-72" />
        <Segments
          label={say.showLabel}
          value={show}
          onChange={(next) => change(next, wanted)}
          choices={(["all", "open", "parked", "erased"] as const).map((value) => ({ value, label: say.shows[value] }))}
        />
      </div>
      <CustomersBar selection={selection} onSelect={select} rows={rows.rows} />
      <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
        <DataTable<CustomerRow> label={say.title} columns={columns} rows={rows} rowId={idOf} onOpen={open} selection={selection} onSelect={select} empty={empty} />
        <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : counted ? say.counted(format.number(counted.count), counted.about) : say.loaded(rows.known, rows.more)}</footer>
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
      { id: "due", head: say.due, width: 140, right: true, cell: (row) => (row.due.length > 0 ? <span className="font-medium">{row.due.map((one) => format.money(one)).join(" + ")}</span> : <span className="text-muted">–</span>) },
      { id: "live", head: say.openReceivables, width: 120, right: true, cell: (row) => (row.live_receivables > 0 ? format.number(row.live_receivables) : <span className="text-muted">–</span>) },
      { id: "held", head: say.held, width: 180, cell: (row) => <Held causes={row.held_for} /> },
      { id: "wakes", head: say.wakes, width: 160, cell: (row) => <Moment value={row.wakes_at} className="text-muted" /> },
      { id: "since", head: say.since, width: 120, cell: (row) => <Day value={row.created_at} className="text-muted" /> },
    ],
    [say, format],
  );
}
