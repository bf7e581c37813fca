import { useState } from "react";
import { Button, Dialog, Field, Input, Select } from "../../../ui";
import { common, useWords } from "../../../words";
import type { Put } from "../text/edit";
import { freeId, VERBS, type Verb } from "../text/steps";
import { words } from "../words";
import { ladderWords } from "./words";

type Keys = readonly (readonly [string, Exclude<Put, null>])[];

/** What a new step cannot do without, and a good first name for it. */
const FIRST: Record<Verb, { id: string; keys: Keys }> = {
  notify: { id: "reminder", keys: [["template", "overdue"], ["tone", "friendly"]] },
  offer: { id: "offer", keys: [["terms", { yaml: "{ instalments: 3 }" }]] },
  charge: { id: "charge", keys: [] },
  access: { id: "limit", keys: [["state", "limited"]] },
  fee: { id: "fee", keys: [["amount", "10.00"]] },
  report: { id: "bureau", keys: [["bureau", "serasa"], ["notice", "10d"], ["approval", "true"]] },
  assign: { id: "agency", keys: [["agency", "agency"], ["approval", "true"]] },
  task: { id: "call", keys: [["queue", "collectors"]] },
  write_off: { id: "end", keys: [["approval", "true"]] },
};

export function AddDialog({ text, ladder, onClose, onAdd }: { text: string; ladder: string; onClose: () => void; onAdd: (day: number, keys: Keys) => void }) {
  const say = useWords(ladderWords);
  const page = useWords(words);
  const shared = useWords(common);
  const [verb, setVerb] = useState<Verb>("notify");
  const [day, setDay] = useState("7");
  const [id, setId] = useState("");
  const name = id.trim() || freeId(text, ladder, FIRST[verb].id);
  const days = /^[-−]?\d{1,4}$/.test(day.trim()) ? Number(day.trim().replace("−", "-")) : null;
  const badId = !/^[A-Za-z0-9_-]{1,40}$/.test(name) ? say.badId : freeId(text, ladder, name) !== name ? say.takenId : undefined;
  const add = () => {
    if (days === null || badId) return;
    const at = days === 0 ? "D" : `D${days > 0 ? "+" : ""}${days}`;
    onAdd(days, [["id", name], ["at", at], ["do", verb], ...FIRST[verb].keys]);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={say.newStep} description={say.stepOf(ladder)} footer={<><Button onClick={onClose}>{shared.cancel}</Button><Button look="primary" disabled={days === null || Boolean(badId)} onClick={add}>{shared.add}</Button></>}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); add(); }}>
        <Field label={say.verb}>
          <Select value={verb} onChange={setVerb} className="w-full" choices={VERBS.map((value) => ({ value, label: page.verbs[value] ?? value, hint: page.verbTexts[value] }))} />
        </Field>
        <Field label={say.daysFromDue} hint={say.daysHelp} error={days === null ? say.mustNumber : undefined}>
          <Input value={day} onChange={(event) => setDay(event.target.value)} className="w-28" />
        </Field>
        <Field label={say.id} hint={say.idHelp} error={badId}>
          <Input value={id} placeholder={name} onChange={(event) => setId(event.target.value)} spellCheck={false} autoComplete="off" />
        </Field>
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
