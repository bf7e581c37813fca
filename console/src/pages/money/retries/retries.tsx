import { CreditCard } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useShortcut } from "../../../app/shortcuts";
import { WithSide } from "../../../app/side";
import { Button, DataTable, Empty, Notice, Page, Segments, useRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { Side } from "../../receivables/panel/side";
import { MoneyParts } from "../head";
import { words } from "../words";
import { Calendar } from "./calendar";
import { useChargeColumns } from "./columns";
import { type Charge, useNeeding } from "./data";
import { retryWords } from "./words";

const VIEWS = ["calendar", "needing", "under_way", "all"] as const;
type View = (typeof VIEWS)[number];

/** Attempts to take money by stored methods: when they were and will be, and which need a person. */
export default function RetriesPart() {
  const say = useWords(retryWords);
  const page = useWords(words);
  const format = useFormats();
  const [view, setView] = useState<View>("calendar");
  const [open, show] = useState<string | null>(null);
  const needing = useNeeding().data;
  const count = needing?.items.length ?? 0;
  useShortcut("Escape", () => show(null), open !== null);
  return (
    <WithSide side={open && <Side id={open} onClose={() => show(null)} />}>
      <Page title={page.title} fill>
        <MoneyParts open="retries" />
        <div className="mb-3 flex shrink-0 flex-wrap items-center gap-3">
          <Segments label={say.view} value={view} onChange={(next) => { setView(next); show(null); }} choices={VIEWS.map((value) => ({ value, label: say.views[value] ?? value }))} />
        </div>
        {view === "calendar" && count > 0 && <div className="mb-3"><Notice tone="warn" action={<Button size="sm" onClick={() => setView("needing")}>{say.see}</Button>}>{say.needNotice(`${format.number(count)}${needing?.next ? "+" : ""}`)}</Notice></div>}
        {view === "calendar" ? <Calendar onOpen={show} /> : <List key={view} view={view} open={open} onOpen={show} />}
      </Page>
    </WithSide>
  );
}

function List({ view, open, onOpen }: { view: Exclude<View, "calendar">; open: string | null; onOpen: (receivable: string) => void }) {
  const say = useWords(retryWords);
  const columns = useChargeColumns();
  const rows = useRows<Charge>([...keys.charges, "list", view], (cursor, signal) =>
    answer(api.GET("/v1/charges", { params: { query: { standing: view === "all" ? undefined : view, cursor, limit: 200 } }, signal })),
  );
  const current = useMemo(() => rows.rows.find((row) => row.receivable === open)?.id, [rows.rows, open]);
  const title = view === "needing" ? say.emptyNeeding : view === "under_way" ? say.emptyUnder : say.emptyTitle;
  return (
    <div className="-mx-6 flex min-h-0 flex-1 flex-col border-t border-line max-sm:-mx-4">
      <DataTable<Charge> label={say.list} columns={columns} rows={rows} rowId={(row) => row.id} onOpen={(row) => onOpen(row.receivable)} current={current} empty={<Empty icon={<CreditCard />} title={title}>{say.emptyText}</Empty>} />
    </div>
  );
}
