import { Trash2 } from "lucide-react";
import { Button, Field, Segments, Select, Switch } from "../../../ui";
import { enums, useWords } from "../../../words";
import { listOf, type Put } from "../text/edit";
import { type PolicyText, type StepText, textOf, texts } from "../text/read";
import { ADVERSE, CONTACT } from "../text/steps";
import { words } from "../words";
import { ManyField, TextField } from "./fields";
import { WhenFields } from "./when-fields";
import { ladderWords } from "./words";

export type StepEdit = {
  /** Who may only look. */
  locked: boolean;
  set: (key: string, put: Put) => void;
  swap: (key: string, by: string, value: string) => void;
  repeat: (every: string | null, until: string) => void;
  rename: (id: string) => void;
  announce: (by: StepText, on: boolean) => void;
  remove: () => void;
};

const CHANNELS = ["preferred", "whatsapp", "email", "sms", "push", "in_app", "voice", "letter"];
const ROLES = ["owner", "billing", "accountant", "technical", "legal", "guarantor"];
const TEMPLATES = ["invoice_issued", "upcoming", "due_today", "overdue", "final_notice", "adverse_notice", "upcoming_charge", "update_method", "payment_failed", "receipt", "promise_broken", "promise_kept", "offer", "promise_made", "dispute_opened", "access_limited", "access_restored", "renewal"];
/** No choice; a Select takes no empty value. */
const NONE = "-";

/** Everything of one step. Each change goes into the text at once. */
export function StepForm({ policy, step, edit }: { policy: PolicyText; step: StepText; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const steps = policy.ladders.find((one) => one.name === step.ladder)?.steps ?? [];
  const adverse = ADVERSE.includes(step.verb);
  const text = (key: string, label: string, hint?: string) => <TextField label={label} hint={hint} value={textOf(step.values[key])} disabled={edit.locked} onCommit={(next) => next && edit.set(key, next)} />;
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label={say.id}
        hint={say.idHelp}
        value={step.id}
        disabled={edit.locked}
        wrong={(next) => (!/^[A-Za-z0-9_-]{1,40}$/.test(next) ? say.badId : steps.some((one) => one.id === next) ? say.takenId : undefined)}
        onCommit={edit.rename}
      />
      <WhenFields step={step} steps={steps} time={policy.time} edit={edit} />
      {CONTACT.includes(step.verb) && <ContactFields policy={policy} step={step} steps={steps} edit={edit} />}
      {step.verb === "access" && <StateField step={step} edit={edit} />}
      {step.verb === "fee" && typeof step.values.amount === "string" && text("amount", say.amount)}
      {step.verb === "report" && text("bureau", say.bureau)}
      {step.verb === "assign" && text("agency", say.agency)}
      {step.verb === "task" && text("queue", say.queue)}
      {adverse && <AdverseFields step={step} steps={steps} edit={edit} />}
      <TextField area label={say.if} hint={say.ifHelp} value={textOf(step.values.if)} disabled={edit.locked} onCommit={(next) => edit.set("if", next || null)} />
      <Switch label={say.approval} hint={say.approvalHelp} disabled={edit.locked} checked={step.values.approval === "true"} onChange={(on) => edit.set("approval", on ? "true" : null)} />
      <ModeField step={step} edit={edit} />
      {!edit.locked && (
        <div className="flex items-center justify-between gap-4 border-t border-line pt-4">
          <p className="text-sm text-muted">{say.saved}</p>
          <Button look="danger" size="sm" onClick={edit.remove}><Trash2 />{say.remove}</Button>
        </div>
      )}
    </div>
  );
}

function ContactFields({ policy, step, steps, edit }: { policy: PolicyText; step: StepText; steps: readonly StepText[]; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const page = useWords(words);
  const channelNames = useWords(enums).channel;
  const named = (value: string) => ({ value, label: value === "preferred" ? page.preferred : (channelNames?.[value] ?? value) });
  const own = texts(step.values.channels);
  const adverse = steps.filter((one) => ADVERSE.includes(one.verb));
  const list = (key: string) => (next: string[]) => edit.set(key, next.length ? next : null);
  const roles = ROLES.map((value) => ({ value, label: page.roles[value] ?? value }));
  return (
    <>
      <TextField label={say.template} list="policy-templates" value={textOf(step.values.template) || (step.verb === "offer" ? "offer" : "")} disabled={edit.locked} onCommit={(next) => next && edit.set("template", next)} />
      <datalist id="policy-templates">{TEMPLATES.map((name) => <option key={name} value={name} />)}</datalist>
      {step.verb === "offer" && <TermsFields step={step} edit={edit} />}
      <div className="flex flex-col gap-1">
        <span className="text-sm font-medium">{say.tone}</span>
        <Segments label={say.tone} value={textOf(step.values.tone) || "friendly"} onChange={(tone) => !edit.locked && edit.set("tone", tone)} choices={["friendly", "neutral", "firm"].map((value) => ({ value, label: page.tones[value] ?? value }))} />
      </div>
      <div className="flex flex-col gap-2">
        <Field label={say.channels}>
          <Select disabled={edit.locked} className="w-full" value={own.length ? "own" : NONE} onChange={(next) => edit.set("channels", next === NONE ? null : ["preferred", ...policy.channels.slice(0, 1)])} choices={[{ value: NONE, label: say.policyOrder, hint: policy.channels.map((one) => named(one).label).join(", ") }, { value: "own", label: say.ownOrder }]} />
        </Field>
        {own.length > 0 && (
          <>
            <ManyField ordered label={say.ownOrder} all={CHANNELS.map(named)} value={own} disabled={edit.locked} onChange={list("channels")} />
            <Field label={say.send}>
              <Select disabled={edit.locked} value={textOf(step.values.send) || "first"} onChange={(next) => edit.set("send", next === "first" ? null : next)} choices={["first", "all"].map((value) => ({ value, label: say.sends[value] ?? value }))} />
            </Field>
          </>
        )}
      </div>
      <ManyField label={say.to} hint={say.toHelp} all={roles} value={texts(step.values.to)} disabled={edit.locked} onChange={list("to")} />
      <ManyField label={say.cc} all={roles} value={texts(step.values.cc)} disabled={edit.locked} onChange={list("cc")} />
      {adverse.length > 0 && <ManyField label={say.announces} hint={say.announcesHelp} all={adverse.map((one) => ({ value: one.id, label: `${one.id} (${page.verbs[one.verb] ?? one.verb})` }))} value={texts(step.values.announces)} disabled={edit.locked} onChange={list("announces")} />}
    </>
  );
}

const isShare = (text: string) => /^\d{1,3}(\.\d{1,6})?%$/.test(text);

function TermsFields({ step, edit }: { step: StepText; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const terms = typeof step.values.terms === "object" && !Array.isArray(step.values.terms) ? step.values.terms : {};
  const put = (key: string) => (value: string) => {
    const next = { ...terms, [key]: value };
    const kept = ["instalments", "discount", "down_payment"].filter((name) => textOf(next[name]));
    // An offer that offers nothing is none.
    if (kept.some((name) => name !== "down_payment")) edit.set("terms", { yaml: `{ ${kept.map((name) => `${name}: ${textOf(next[name])}`).join(", ")} }` });
  };
  const share = (value: string) => (value === "" || isShare(value) ? undefined : say.percentHelp);
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-2">
      <legend className="mb-1 text-sm font-medium">{say.terms}</legend>
      <TextField label={say.instalments} className="w-24" inputMode="numeric" value={textOf(terms.instalments)} disabled={edit.locked} wrong={(value) => (value === "" || /^\d{1,3}$/.test(value) ? undefined : say.mustNumber)} onCommit={put("instalments")} />
      <TextField label={say.discount} className="w-32" value={textOf(terms.discount)} disabled={edit.locked} wrong={share} onCommit={put("discount")} />
      <TextField label={say.downPayment} className="w-24" value={textOf(terms.down_payment)} disabled={edit.locked} wrong={share} onCommit={put("down_payment")} />
    </fieldset>
  );
}

function StateField({ step, edit }: { step: StepText; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const page = useWords(words);
  return (
    <Field label={say.state}>
      <Select disabled={edit.locked} value={textOf(step.values.state)} onChange={(next) => edit.set("state", next)} choices={["grace", "limited", "suspended", "cancelled"].map((value) => ({ value, label: page.states[value] ?? value }))} />
    </Field>
  );
}

function AdverseFields({ step, steps, edit }: { step: StepText; steps: readonly StepText[]; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const contacts = steps.filter((one) => CONTACT.includes(one.verb));
  const by = contacts.filter((one) => texts(one.values.announces).includes(step.id)).map((one) => String(one.index));
  return (
    <>
      <TextField label={say.notice} hint={say.noticeHelp} value={textOf(step.values.notice)} disabled={edit.locked} wrong={(next) => (next === "" || /^\d{1,3}(d|bd)$/.test(next) ? undefined : say.badEvery)} onCommit={(next) => edit.set("notice", next || null)} />
      <ManyField
        label={say.announcedBy}
        hint={by.length === 0 ? say.noAnnounce : undefined}
        all={contacts.map((one) => ({ value: String(one.index), label: `${one.id} (${textOf(one.values.at) || textOf(one.values.after)})` }))}
        value={by}
        disabled={edit.locked}
        onChange={(next) => {
          const turned = contacts.find((one) => next.includes(String(one.index)) !== by.includes(String(one.index)));
          if (turned) edit.announce(turned, next.includes(String(turned.index)));
        }}
      />
    </>
  );
}

function ModeField({ step, edit }: { step: StepText; edit: StepEdit }) {
  const say = useWords(ladderWords);
  const modes = useWords(enums).mode;
  return (
    <Field label={say.mode}>
      <Select disabled={edit.locked} value={textOf(step.values.mode) || NONE} onChange={(next) => edit.set("mode", next === NONE ? null : next)} choices={[{ value: NONE, label: say.companyMode }, ...["shadow", "redirect", "approve", "live"].map((value) => ({ value, label: modes?.[value] ?? value }))]} />
    </Field>
  );
}

/** `[a, b]` with one more or less. */
export function announcing(step: StepText, id: string, on: boolean): Put {
  const rest = texts(step.values.announces).filter((one) => one !== id);
  const next = on ? [...rest, id] : rest;
  return next.length ? { yaml: listOf(next) } : null;
}
