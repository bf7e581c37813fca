import { MailCheck } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { WithSide } from "../../app/side";
import { shownOf } from "../../app/saved-views/data";
import { SavedViews } from "../../app/saved-views/saved-views";
import { DataTable, Empty, Page, useRows } from "../../ui";
import { useWords } from "../../words";
import { useMessageColumns } from "./columns";
import { type Filters, isFiltered, type MessageRow, NO_FILTERS, readFilters } from "./data";
import { MessageFilters } from "./filters";
import { MessagesParts } from "./head";
import { MessagePanel } from "./panel";
import { Results } from "./strip";
import { words } from "./words";

export default function ResultsPart() {
  const say = useWords(words);
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [open, show] = useState<string | null>(null);
  const rows = useRows<MessageRow>([...keys.messages, "list", filters], (cursor, signal) =>
    answer(api.GET("/v1/messages", { params: { query: { ...filters, cursor, limit: 200 } }, signal })),
  );
  const columns = useMessageColumns();
  const empty = isFiltered(filters) ? <Empty icon={<MailCheck />} title={say.noneFilter}>{say.noneFilterText}</Empty> : <Empty icon={<MailCheck />} title={say.emptyTitle}>{say.emptyText}</Empty>;
  return (
    <WithSide side={open && <MessagePanel key={open} id={open} customer={rows.rows.find((row) => row.id === open)?.customer} onClose={() => show(null)} />}>
      <Page title={say.title} fill>
        <MessagesParts open="results" />
        <Results />
        <div className="flex items-start justify-between gap-2">
          <MessageFilters filters={filters} onChange={(next) => { show(null); setFilters(next); }} />
          <SavedViews page="messages" shown={shownOf(filters)} onShow={(view) => { show(null); setFilters(readFilters(view.filters)); }} />
        </div>
        <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
          <DataTable<MessageRow> label={say.list} columns={columns} rows={rows} rowId={idOf} onOpen={(row) => show(row.id)} current={open} empty={empty} />
          <footer className="num border-t border-line px-6 py-1.5 text-sm text-muted" role="status">{rows.loading ? "" : say.loaded(rows.known, rows.more)}</footer>
        </div>
      </Page>
    </WithSide>
  );
}

const idOf = (row: MessageRow) => row.id;
