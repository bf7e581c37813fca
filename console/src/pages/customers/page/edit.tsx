import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { answer, api } from "../../../api/client";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useProblemText } from "../../../app/toasts";
import { Button, Field, Input, Notice, Select, Sheet } from "../../../ui";
import { common, enums, useWords } from "../../../words";
import { type Customer, useRefreshCustomer } from "../data";
import { CHANNELS, changesOf, CONSENTS, type Contact, type Form, formOf, LANGUAGES, NONE, type Profile, ROLES } from "./edit-form";
import { pageWords } from "./words";

export function EditCustomer({ customer, profile, onClose }: { customer: Customer; profile: Profile; onClose: () => void }) {
  const say = useWords(pageWords);
  const usual = useWords(common);
  const channels = useWords(enums).channel;
  const text = useProblemText();
  const refresh = useRefreshCustomer(customer.id);
  const id = useId();
  const [before] = useState(() => formOf(profile));
  const [form, setForm] = useState(before);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = useAct({
    run: (body: Record<string, unknown>) => answer(api.PATCH("/v1/customers/{customer}", { params: { path: { customer: customer.id } }, body })),
    done: say.saved,
    quiet: true,
    onDone: () => {
      void refresh();
      onClose();
    },
  });
  const changes = changesOf(before, form);
  const changed = Object.keys(changes).length > 0;
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  const setContact = (at: number, part: Partial<Contact>) => set({ contacts: form.contacts.map((contact, place) => (place === at ? { ...contact, ...part } : contact)) });
  async function go(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    await save.mutateAsync(changes).catch((error: unknown) => setProblem(error instanceof Problem ? error : new Problem(0, "unreachable", String(error))));
  }
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.editTitle}
      description={say.editText}
      wide
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form={id} look="primary" busy={save.isPending} disabled={!changed}>{usual.save}</Button></>}
    >
      <form id={id} onSubmit={(event) => void go(event)} className="flex flex-col gap-5">
        {problem && problem.fields.length === 0 && <Notice tone="bad">{text(problem)}</Notice>}
        <div className="grid gap-4 sm:grid-cols-2">
          <Text label={useWords({ pt: "Nome", en: "Name" })} value={form.name} onChange={(name) => set({ name })} error={problem?.of("/name")} />
          <Text label={say.taxId} value={form.tax_id} onChange={(tax_id) => set({ tax_id })} error={problem?.of("/tax_id")} />
          <Field label={say.language} error={problem?.of("/language")}>
            <Select value={form.language} onChange={(language) => set({ language })} choices={[{ value: NONE, label: say.languageCompany }, ...LANGUAGES.map((value) => ({ value, label: say.languages[value] ?? value }))]} />
          </Field>
          <Field label={say.preferredChannel} error={problem?.of("/preferred_channel")}>
            <Select value={form.preferred_channel} onChange={(preferred_channel) => set({ preferred_channel })} choices={[{ value: NONE, label: say.noPreference }, ...CHANNELS.map((value) => ({ value, label: channels?.[value] ?? value }))]} />
          </Field>
          <Text label={say.timeZone} hint={say.timeZoneHint} value={form.time_zone} onChange={(time_zone) => set({ time_zone })} error={problem?.of("/time_zone")} />
          <Text label={say.state} value={form.state} onChange={(state) => set({ state })} error={problem?.of("/state")} />
        </div>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-semibold">{say.contacts}</legend>
          {form.contacts.map((contact, at) => (
            <div key={at} className="grid grid-cols-[1fr_1fr_auto] items-end gap-x-3 gap-y-2 rounded-lg border border-line p-3">
              <Field label={say.channel}>
                <Select value={contact.channel} onChange={(channel) => setContact(at, { channel })} choices={CHANNELS.map((value) => ({ value, label: channels?.[value] ?? value }))} />
              </Field>
              <Text label={say.address} value={contact.address} onChange={(address) => setContact(at, { address })} error={problem?.of(`/contacts/${at}/address`)} />
              <span className="flex gap-1">
                <Button look="quiet" icon aria-label={`${say.moveUp}: ${contact.address}`} disabled={at === 0} onClick={() => set({ contacts: moved(form.contacts, at) })}><ArrowUp /></Button>
                <Button look="quiet" icon aria-label={`${say.removeContact}: ${contact.address}`} onClick={() => set({ contacts: form.contacts.filter((_, place) => place !== at) })}><Trash2 /></Button>
              </span>
              <Field label={say.roleLabel}>
                <Select value={contact.role} onChange={(role) => setContact(at, { role })} choices={[{ value: NONE, label: say.noRole }, ...ROLES.map((value) => ({ value, label: say.role[value] ?? value }))]} />
              </Field>
              <Field label={say.ground} error={problem?.of(`/contacts/${at}/consent`)}>
                <Select value={contact.consent} onChange={(consent) => setContact(at, { consent })} choices={CONSENTS.map((value) => ({ value, label: say.consent[value] ?? value }))} />
              </Field>
            </div>
          ))}
          <Button className="self-start" size="sm" onClick={() => set({ contacts: [...form.contacts, { channel: "email", address: "", role: NONE, consent: "contract" }] })}><Plus />{say.addContact}</Button>
        </fieldset>
      </form>
    </Sheet>
  );
}

function moved(contacts: Contact[], at: number): Contact[] {
  const next = [...contacts];
  const [one] = next.splice(at, 1);
  if (one) next.splice(at - 1, 0, one);
  return next;
}

function Text({ label, value, onChange, error, hint }: { label: string; value: string; onChange: (value: string) => void; error?: string; hint?: string }) {
  return <Field label={label} error={error} hint={hint}><Input value={value} autoComplete="off" onChange={(event) => onChange(event.target.value)} /></Field>;
}
