import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useProblemText } from "../../../app/toasts";
import { Button, Field, Input, Notice, Select, Sheet } from "../../../ui";
import { common, enums, useWords } from "../../../words";
import { type Customer, useRefreshCustomer } from "../data";
import { pageWords } from "./words";

type Profile = NonNullable<Schemas["Customer"]["profile"]>;
type Contact = { channel: Profile["contacts"][number]["channel"]; address: string; role: string; consent: Profile["contacts"][number]["consent"] };
type Form = { name: string; tax_id: string; language: string; time_zone: string; state: string; preferred_channel: string; contacts: Contact[] };

const NONE = "none-chosen";
const CHANNELS = ["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"] as const;
const ROLES = ["owner", "billing", "accountant", "technical", "legal", "guarantor"] as const;
const LANGUAGES = ["pt-BR", "en", "es", "it", "fr", "de"] as const;
const CONSENTS = ["contract", "opted_in", "opted_out", "none"] as const;

function formOf(profile: Profile): Form {
  return {
    name: profile.name ?? "", tax_id: profile.tax_id ?? "", language: profile.language ?? NONE, time_zone: profile.time_zone ?? "", state: profile.state ?? "",
    preferred_channel: profile.preferred_channel ?? NONE,
    contacts: profile.contacts.map((contact) => ({ channel: contact.channel, address: contact.address, role: contact.role ?? NONE, consent: contact.consent })),
  };
}

/** Only what was changed is sent, so that what somebody else changed meanwhile stays. */
export function changesOf(before: Form, after: Form): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const name of ["name", "tax_id", "language", "time_zone", "state", "preferred_channel"] as const) {
    const value = after[name].trim();
    if (value !== before[name]) changes[name] = value === "" || value === NONE ? null : value;
  }
  if (JSON.stringify(before.contacts) !== JSON.stringify(after.contacts)) {
    changes.contacts = after.contacts.map((contact) => ({ channel: contact.channel, address: contact.address.trim(), role: contact.role === NONE ? null : contact.role, consent: contact.consent }));
  }
  return changes;
}

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
