import { useQuery, useQueryClient } from "@tanstack/react-query";
import { NotebookPen } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useAct } from "../../../app/act";
import { usePageKey } from "../../../app/page-key";
import { useMay } from "../../../app/session";
import { Ago, Button, Dialog, Field, Input, Keys, SkeletonRows, Textarea } from "../../../ui";
import { common, useFormats, useWords } from "../../../words";
import { customerKeys } from "../../customers/data";
import { staleCustomer } from "../../customers/stale";
import { useToday } from "../../receivables/data";
import { addDays } from "../../receivables/days";
import { callWords } from "../tasks/words";

const SHOWN = 5;

/** What people noted of a customer, and a place to note more. */
export function Notes({ customer, receivable }: { customer: string; receivable?: string }) {
  const say = useWords(callWords);
  const format = useFormats();
  const may = useMay();
  const [writing, write] = useState(false);
  const notes = useQuery({
    queryKey: customerKeys.part(customer, "notes"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/notes", { params: { path: { customer }, query: { limit: SHOWN } }, signal })),
    enabled: may("customers:read"),
  });
  usePageKey("n", () => write(true), may("customers:act"));
  if (!may("customers:read")) return null;
  return (
    <section>
      <div className="mb-1.5 flex items-center justify-between gap-3">
        <h3 className="font-semibold">{say.notes}</h3>
        {may("customers:act") && <Button size="sm" look="quiet" onClick={() => write(true)}><NotebookPen />{say.addNote}<Keys text="n" /></Button>}
      </div>
      {notes.isPending ? <SkeletonRows rows={2} /> : !notes.data || notes.data.items.length === 0 ? <p className="text-muted">{say.noNotes}</p> : (
        <ul className="flex flex-col gap-2">
          {notes.data.items.map((note) => (
            <li key={note.id} className="rounded-lg bg-active px-3 py-2">
              <p className="whitespace-pre-wrap">{note.text}</p>
              <p className="mt-0.5 text-sm text-muted">{note.by} · <Ago value={note.at} />{note.follow_up_on && ` · ${say.back(format.day(note.follow_up_on))}`}</p>
            </li>
          ))}
        </ul>
      )}
      {writing && <NoteDialog customer={customer} receivable={receivable} onClose={() => write(false)} />}
    </section>
  );
}

export function NoteDialog({ customer, receivable, onClose }: { customer: string; receivable?: string; onClose: () => void }) {
  const say = useWords(callWords);
  const usual = useWords(common);
  const today = useToday();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [remind, setRemind] = useState("");
  const add = useAct({
    run: () => answer(api.POST("/v1/customers/{customer}/notes", { params: { path: { customer } }, body: { text: text.trim(), receivable, follow_up_on: remind || undefined } })),
    done: say.noted,
    stale: [keys.tasks, keys.today],
    onDone: () => {
      void staleCustomer(client, customer);
      onClose();
    },
  });
  const ready = text.trim() !== "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.noteTitle}
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form="note" look="primary" busy={add.isPending} disabled={!ready}>{say.save}</Button></>}
    >
      <form id="note" className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (ready) add.mutate(); }}>
        <Field label={say.note} hint={say.noteHint}><Textarea rows={4} required maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} /></Field>
        <Field label={say.remind} hint={say.remindHint} optional={usual.optional}><Input type="date" className="w-44!" min={addDays(today, 1)} max={addDays(today, 366)} value={remind} onChange={(event) => setRemind(event.target.value)} /></Field>
      </form>
    </Dialog>
  );
}
