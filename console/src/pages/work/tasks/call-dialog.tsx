import { useState } from "react";
import { Button, Dialog, Field, Input, Select, Textarea } from "../../../ui";
import { common, useWords } from "../../../words";
import { addDays } from "../../receivables/days";
import type { Call, Code, Task } from "./data";
import { callWords } from "./words";

/** What is asked: a code, or only the day on which the task comes back. */
export type Asking = Code | "follow_up";
type Props = { tasks: readonly Task[]; asking: Asking; today: string; numbers: readonly string[]; busy: boolean; onSave: (call: Call) => void; onClose: () => void };

/** What an outcome still needs: a day, a number, a note. */
export function CallDialog({ tasks, asking, today, numbers, busy, onSave, onClose }: Props) {
  const say = useWords(callWords);
  const usual = useWords(common);
  const putOff = asking === "follow_up";
  const code: Code = putOff ? "other" : asking;
  const [on, setOn] = useState(addDays(today, 3));
  const [back, setBack] = useState(putOff ? addDays(today, 1) : "");
  const [number, setNumber] = useState(numbers[0]);
  const [note, setNote] = useState("");
  const promises = code === "promised" && !putOff;
  const ready = (!promises || on !== "") && (!putOff || back !== "");
  const save = () => ready && onSave({
    tasks, code,
    on: promises ? on : undefined,
    follow_up_on: back || undefined,
    note: note.trim() || undefined,
    number: code === "wrong_number" ? number : undefined,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={putOff ? say.followUpTitle : say.codes[code]}
      description={putOff ? undefined : say.means[code]}
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form="call" look="primary" busy={busy} disabled={!ready}>{say.save}</Button></>}
    >
      <form id="call" className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); save(); }}>
        {promises && <Field label={say.promisedOn}><Input type="date" required className="w-44!" min={today} value={on} onChange={(event) => setOn(event.target.value)} /></Field>}
        {code === "wrong_number" && numbers.length > 1 && <Field label={say.number}><Select value={number} onChange={setNumber} choices={numbers.map((value) => ({ value, label: value }))} /></Field>}
        {!promises && code !== "wrong_number" && (
          <Field label={say.followUpOn} optional={putOff ? undefined : usual.optional}>
            <Input type="date" required={putOff} className="w-44!" min={addDays(today, 1)} max={addDays(today, 366)} value={back} onChange={(event) => setBack(event.target.value)} />
          </Field>
        )}
        <Field label={say.note} hint={say.noteHint} optional={usual.optional}><Textarea rows={3} maxLength={4000} value={note} onChange={(event) => setNote(event.target.value)} /></Field>
      </form>
    </Dialog>
  );
}
