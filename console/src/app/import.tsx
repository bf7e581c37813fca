import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { Button, cx, Dialog, Failed, Field, Notice, Segments, Select, SkeletonRows, Stat } from "../ui";
import { common, useFormats, useWords } from "../words";
import { useAct } from "./act";
import { importWords } from "./import-words";

const MOST = 32 * 1024 * 1024;
type What = "receivables" | "payments";
type Options = { dates?: "dmy" | "mdy" | "ymd"; decimal?: "comma" | "point"; delimiter?: "comma" | "semicolon" | "tab" };
const AUTO = "auto";

/** The file as it is, and not as JSON. */
function send(file: File, query: { what: What; name: string; dry_run: boolean } & Options) {
  return answer(api.POST("/v1/imports", { params: { query }, body: file as unknown as string, bodySerializer: (body: unknown) => body as BodyInit, headers: { "Content-Type": "application/octet-stream" } }));
}

/** A file is chosen, looked at as the server reads it, and then written. */
export default function Import({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const say = useWords(importWords);
  const words = useWords(common);
  const format = useFormats();
  const client = useQueryClient();
  const [what, setWhat] = useState<What>("receivables");
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState<Options>({});
  const look = useQuery({
    queryKey: ["import", what, file?.name, file?.size, file?.lastModified, options],
    queryFn: () => send(file as File, { what, name: (file as File).name, dry_run: true, ...options }),
    enabled: file !== null && file.size <= MOST,
    staleTime: 0,
    gcTime: 0,
  });
  const write = useAct({
    run: () => send(file as File, { what, name: (file as File).name, dry_run: false, ...options }),
    done: say.written,
    onDone: () => {
      void client.invalidateQueries();
      onOpenChange(false);
    },
  });
  const told = look.data;
  const brings = told ? [told.customers, told.receivables, told.payments].some((one) => one.new + one.changed > 0) : false;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={say.title}
      description={say.text}
      wide
      footer={
        <>
          {told && told.rejected > 0 && <span className="mr-auto self-center text-sm text-warn">{say.rejected(format.number(told.rejected))}</span>}
          <Button onClick={() => onOpenChange(false)}>{words.cancel}</Button>
          <Button look="primary" disabled={!brings} busy={write.isPending} onClick={() => write.mutate()}>{say.write}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Segments label={say.what} value={what} onChange={setWhat} choices={[{ value: "receivables", label: say.receivables }, { value: "payments", label: say.payments }]} />
        <Drop file={file} onFile={setFile} />
        {file && file.size > MOST && <Notice tone="bad">{say.tooLarge}</Notice>}
        {look.isFetching && <div><p className="mb-3 text-muted">{say.checking}</p><SkeletonRows rows={4} /></div>}
        {look.error && !look.isFetching && <Failed error={look.error} retry={() => void look.refetch()} />}
        {told && !look.isFetching && <Told told={told} brings={brings} />}
        {file && !look.isFetching && <Reading options={options} onChange={setOptions} />}
      </div>
    </Dialog>
  );
}

function Drop({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const say = useWords(importWords);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [first] = event.dataTransfer.files;
    if (first) onFile(first);
  }
  return (
    <div onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop} className={cx("flex items-center justify-center gap-3 rounded-lg border border-dashed px-4", file ? "py-3" : "py-8", over ? "border-accent bg-accent-soft" : "border-line-strong bg-canvas")}>
      <FileUp className="size-5 text-faint" />
      {file ? <span className="min-w-0 flex-1 truncate font-medium">{file.name}</span> : <span className="text-muted">{say.drop}</span>}
      <label htmlFor={id} className="sr-only">{say.title}</label>
      <input ref={input} id={id} type="file" className="sr-only" tabIndex={-1} accept=".csv,.tsv,.txt,.xlsx,.json,.jsonl" onChange={(event) => event.target.files?.[0] && onFile(event.target.files[0])} />
      <Button size="sm" onClick={() => input.current?.click()}>{file ? say.another : say.choose}</Button>
    </div>
  );
}

function Told({ told, brings }: { told: Schemas["Imported"]; brings: boolean }) {
  const say = useWords(importWords);
  const format = useFormats();
  const counts = ([["customers", told.customers], ["receivables", told.receivables], ["payments", told.payments]] as const).filter(([, one]) => one.new + one.changed + (one.same ?? 0) > 0);
  return (
    <>
      {!brings && <Notice>{say.nothing}</Notice>}
      <div className="grid grid-cols-3 gap-4">
        {counts.map(([name, one]) => <Stat key={name} label={name === "receivables" ? say.titles : say[name]} value={format.number(one.new + one.changed)} note={say.counts(format.number(one.new), format.number(one.changed))} />)}
      </div>
      {told.columns.length > 0 && (
        <section>
          <h3 className="mb-1 text-sm font-medium text-muted">{say.columns}</h3>
          <div className="scrollbar-thin max-h-56 overflow-auto rounded-lg border border-line" tabIndex={0} role="region" aria-label={say.columns}>
            <table className="w-full">
              <thead className="text-left text-sm text-muted"><tr className="[&>th]:px-3 [&>th]:py-1.5 [&>th]:font-medium"><th>{say.column}</th><th>{say.meaning}</th><th>{say.example}</th></tr></thead>
              <tbody>
                {told.columns.map((column) => (
                  <tr key={column.column} className="border-t border-line [&>td]:px-3 [&>td]:py-1.5">
                    <td className="font-medium">{column.column}</td><td lang="en">{column.meaning}{column.format ? ` (${column.format})` : ""}</td><td className="max-w-48 truncate text-muted">{column.example}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      <Lines title={say.rejects} tone="bad" lines={told.rejects.map((one) => ({ at: one.row, column: one.column, text: one.reason, mend: one.mend }))} />
      <Lines title={say.warnings} tone="warn" lines={told.warnings.map((one) => ({ at: one.row, column: one.column, text: one.text, mend: null }))} />
    </>
  );
}

type Line = { at: number; column: string | null | undefined; text: string; mend: string | null | undefined };

function Lines({ title, tone, lines }: { title: string; tone: "bad" | "warn"; lines: readonly Line[] }) {
  const say = useWords(importWords);
  const format = useFormats();
  if (lines.length === 0) return null;
  return (
    <section>
      <h3 className={cx("mb-1 text-sm font-medium", tone === "bad" ? "text-bad" : "text-warn")}>{title}</h3>
      <ul lang="en" className="flex max-h-44 flex-col gap-1 overflow-auto text-sm">
        {lines.slice(0, 50).map((line, at) => <li key={at}><span className="num text-muted">{say.row(format.number(line.at))}{line.column ? `, ${line.column}` : ""}:</span> {line.text}{line.mend ? ` (${line.mend})` : ""}</li>)}
      </ul>
    </section>
  );
}

function Reading({ options, onChange }: { options: Options; onChange: (options: Options) => void }) {
  const say = useWords(importWords);
  const choice = (value: string, label: string) => ({ value, label });
  const set = (name: keyof Options) => (value: string) => onChange({ ...options, [name]: value === AUTO ? undefined : value });
  return (
    <details className="rounded-lg border border-line px-3 py-2">
      <summary className="text-sm font-medium text-muted">{say.options}</summary>
      <div className="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-3">
        <Field label={say.dates}><Select value={options.dates ?? AUTO} onChange={set("dates")} choices={[choice(AUTO, say.auto), choice("dmy", say.dmy), choice("mdy", say.mdy), choice("ymd", say.ymd)]} /></Field>
        <Field label={say.decimal}><Select value={options.decimal ?? AUTO} onChange={set("decimal")} choices={[choice(AUTO, say.auto), choice("comma", say.comma), choice("point", say.point)]} /></Field>
        <Field label={say.delimiter}><Select value={options.delimiter ?? AUTO} onChange={set("delimiter")} choices={[choice(AUTO, say.auto), choice("comma", say.comma), choice("semicolon", say.semicolon), choice("tab", say.tab)]} /></Field>
      </div>
    </details>
  );
}
