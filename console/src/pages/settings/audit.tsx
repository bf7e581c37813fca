import { useQuery } from "@tanstack/react-query";
import { Download, ScrollText } from "lucide-react";
import { useMemo, useState } from "react";
import { answer, api, saveAs, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useMay } from "../../app/session";
import { Button, type Column, CopyText, DataTable, Empty, Facts, Moment, Sheet, Tabs, useRows } from "../../ui";
import { useWords } from "../../words";
import { auditWords } from "./audit-words";

type ChainEvent = Schemas["ChainEvent"];
type DayRoot = Schemas["DayRoot"];

export default function Audit() {
  const say = useWords(auditWords);
  const [tab, setTab] = useState("chain");
  return <Tabs label={say.chain} value={tab} onChange={setTab} tabs={[{ value: "chain", label: say.chain, body: <Chain /> }, { value: "roots", label: say.roots, body: <Roots /> }]} />;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** Who did it, as the event tells: by id where it is a person, by name where it is an act. */
function doer(payload: Record<string, unknown>): string | null {
  const act = payload.act as { by?: string } | undefined;
  return text(act?.by) ?? text(payload.by) ?? text(payload.person);
}

function useNames(): (id: string | null) => string {
  const may = useMay();
  const { data } = useQuery({ queryKey: keys.people, queryFn: () => answer(api.GET("/v1/people", { params: { query: { limit: 200 } } })), enabled: may("people:read") });
  return useMemo(() => {
    const names = new Map(data?.items.map((person) => [person.id, person.name]));
    // An act carries the name with the id behind it; the name is enough.
    return (id: string | null) => (id ? (names.get(id) ?? id.replace(/ \((per|key)_\w+\)$/, "")) : "–");
  }, [data]);
}

function Chain() {
  const say = useWords(auditWords);
  const nameOf = useNames();
  const [open, setOpen] = useState<ChainEvent | null>(null);
  const rows = useRows<ChainEvent>([...keys.audit, "chain"], (cursor, signal) => answer(api.GET("/v1/audit", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<ChainEvent>[]>(() => [
    { id: "seq", head: "#", width: 56, right: true, cell: (row) => <span className="text-faint">{row.seq}</span> },
    { id: "at", head: say.when, width: 150, cell: (row) => <Moment value={row.at} className="text-muted" /> },
    { id: "kind", head: say.what, width: 200, grow: 1, cell: (row) => <span className="font-medium">{say.kinds[row.kind] ?? row.kind}</span> },
    { id: "who", head: say.who, width: 160, grow: 1, cell: (row) => nameOf(doer(row.payload as Record<string, unknown>)) },
    { id: "more", head: say.more, width: 140, grow: 1, cell: (row) => <span className="text-muted">{brief(row.payload as Record<string, unknown>)}</span> },
  ], [say, nameOf]);
  return (
    <div className="flex h-[calc(100dvh-260px)] min-h-80 flex-col rounded-lg border border-line bg-surface">
      <DataTable label={say.chain} columns={columns} rows={rows} rowId={(row) => String(row.seq)} onOpen={setOpen} current={open ? String(open.seq) : null} empty={<Empty icon={<ScrollText />} title={say.empty} />} />
      {open && (
        <Sheet open onOpenChange={() => setOpen(null)} title={say.kinds[open.kind] ?? open.kind} description={<Moment value={open.at} />}>
          <Facts rows={[["#", open.seq], [say.who, nameOf(doer(open.payload as Record<string, unknown>))], ...told(open.payload as Record<string, unknown>, say)]} />
          <h3 className="mt-4 mb-1 text-sm font-medium text-muted">{say.hash}</h3>
          <CopyText value={open.hash} label={say.hash} />
          {typeof (open.payload as Record<string, unknown>).body === "string" && <pre className="scrollbar-thin mt-4 max-h-120 overflow-auto rounded-lg border border-line bg-canvas p-3 font-mono text-xs" tabIndex={0}>{String((open.payload as Record<string, unknown>).body)}</pre>}
        </Sheet>
      )}
    </div>
  );
}

/** Every member of an event, those of the act on the same level. */
function told(payload: Record<string, unknown>, say: { by: string; reason: string }): [string, string][] {
  return Object.entries(payload).flatMap(([name, value]): [string, string][] => {
    if (name === "act") return Object.entries(value as Record<string, unknown>).map(([inner, one]) => [say[inner as "by" | "reason"] ?? inner, text(one) ?? "–"]);
    return name === "body" ? [] : [[name, text(value) ?? JSON.stringify(value)]];
  });
}

/** The few words of an event that tell it from others of its kind. */
function brief(payload: Record<string, unknown>): string {
  const act = payload.act as { reason?: string } | undefined;
  return [payload.name, payload.mode, payload.role, payload.day, payload.url, payload.key, act?.reason].map(text).filter((one) => one && !/^(key|per|end)_/.test(one)).join(" · ");
}

function Roots() {
  const say = useWords(auditWords);
  const rows = useRows<DayRoot>([...keys.audit, "roots"], (cursor, signal) => answer(api.GET("/v1/audit/roots", { params: { query: { cursor, limit: 200 } }, signal })));
  const columns = useMemo<Column<DayRoot>[]>(() => [
    { id: "day", head: say.day, width: 120, cell: (row) => <span className="num">{row.day}</span> },
    { id: "pages", head: say.pages, width: 90, right: true, cell: (row) => row.pages },
    { id: "root", head: say.root, width: 360, grow: 1, cell: (row) => <code className="font-mono text-sm">{row.root}</code> },
  ], [say]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-4">
        <p className="text-muted">{say.rootsText}</p>
        <Button size="sm" disabled={rows.rows.length === 0} onClick={() => saveAs(new Blob([rows.rows.map((row) => `${row.day} ${row.root}\n`).join("")], { type: "text/plain" }), "regua-roots.txt")}><Download />{say.download}</Button>
      </div>
      <div className="flex h-96 flex-col rounded-lg border border-line bg-surface">
        <DataTable label={say.roots} columns={columns} rows={rows} rowId={(row) => row.day} empty={<Empty icon={<ScrollText />} title={say.empty} />} />
      </div>
    </div>
  );
}
