import { useRef, useState } from "react";
import { saveAs } from "../../api/client";
import { useProblemText } from "../../app/toasts";
import { Button, Dialog, Field, Notice, Select } from "../../ui";
import { common, enums, useFormats, useLanguage, useWords } from "../../words";
import { PAGE, readPage, type ReceivableRow } from "./data";
import { dialects, writeAll, type Written } from "./export";
import type { Query } from "./filters";
import { words } from "./words";

const LIMITS = ["1000", "10000", "100000", "1000000"] as const;
type State = { is: "asks" } | { is: "runs"; rows: number } | { is: "done"; written: Written } | { is: "stopped" } | { is: "failed"; error: unknown };

export function ExportDialog({ query, open, onOpenChange, today }: { query: Query; open: boolean; onOpenChange: (open: boolean) => void; today: string }) {
  const say = useWords(words);
  const usual = useWords(common);
  const names = useWords(enums);
  const format = useFormats();
  const text = useProblemText();
  const { lang } = useLanguage();
  const [most, setMost] = useState<(typeof LIMITS)[number]>("100000");
  const [state, setState] = useState<State>({ is: "asks" });
  const stop = useRef<AbortController>(null);

  async function go() {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setState({ is: "runs", rows: 0 });
    const head = [say.number, say.customer, say.status, say.issued, say.due, say.currency, say.amount, say.balance, say.method, say.entered, say.closed];
    const cells = (row: ReceivableRow) => [
      row.external_id, row.customer_external_id, names.receivable?.[row.status] ?? row.status, row.issued_on, row.due_on, row.amount.currency, row.amount, row.balance,
      row.method ? (names.method?.[row.method] ?? row.method) : null, row.entered_at, row.closed_at,
    ];
    try {
      const read = async (cursor: string | null) => {
        const page = await readPage(query, cursor, signal, PAGE);
        return { items: page.items, next: page.next ?? null };
      };
      const written = await writeAll(read, head, cells, dialects[lang], { most: Number(most), signal, onRows: (rows) => setState({ is: "runs", rows }) });
      saveAs(new Blob(written.parts, { type: "text/csv;charset=utf-8" }), `${say.title.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "")}-${today}.csv`);
      setState({ is: "done", written });
    } catch (error) {
      setState(signal.aborted ? { is: "stopped" } : { is: "failed", error });
    }
  }

  function close(next: boolean) {
    if (next) return;
    stop.current?.abort();
    setState({ is: "asks" });
    onOpenChange(false);
  }

  const filtered = Object.keys(query).some((key) => key !== "sort");
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={say.exporting.title}
      description={say.exporting.text(filtered)}
      footer={
        state.is === "runs" ? (
          <Button onClick={() => stop.current?.abort()}>{say.exporting.stop}</Button>
        ) : state.is === "done" ? (
          <Button look="primary" onClick={() => close(false)}>{usual.close}</Button>
        ) : (
          <>
            <Button onClick={() => close(false)}>{usual.cancel}</Button>
            <Button look="primary" onClick={() => void go()}>{say.exporting.start}</Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {state.is === "runs" ? (
          <div role="status" className="flex flex-col gap-2">
            <span className="num">{say.exporting.running(format.number(state.rows))}</span>
            <progress className="h-1.5 w-full accent-(--accent)" aria-label={say.exporting.title} />
          </div>
        ) : state.is === "done" ? (
          <Notice tone={state.written.whole ? "good" : "warn"}>
            {state.written.whole ? say.exporting.done(format.number(state.written.rows)) : say.exporting.cut(format.number(state.written.rows))}
          </Notice>
        ) : (
          <>
            <Field label={say.exporting.most}>
              <Select value={most} onChange={setMost} choices={LIMITS.map((value) => ({ value, label: say.exporting.rows(format.number(Number(value))) }))} />
            </Field>
            <p className="text-sm text-muted">{say.exporting.format} {say.exporting.names}</p>
          </>
        )}
        {state.is === "stopped" && <Notice>{say.exporting.stopped}</Notice>}
        {state.is === "failed" && <Notice tone="bad">{text(state.error)}</Notice>}
      </div>
    </Dialog>
  );
}
