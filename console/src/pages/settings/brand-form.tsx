import { type FormEvent, useState } from "react";
import { answer, api } from "../../api/client";
import { keys } from "../../api/keys";
import { Problem } from "../../api/problem";
import { useAct } from "../../app/act";
import { useProblemText } from "../../app/toasts";
import { Button, Dialog, Field, Input, Notice } from "../../ui";
import { common, useWords } from "../../words";
import type { Brand } from "./brands";
import { brandsWords } from "./brands-words";
import { contrastOfWhite, isColour } from "./colour";

const EMPTY = { key: "", name: "", legal_name: "", address: "", tax_id: "", contact: "", link: "", sender_name: "", sender: "", reply_to: "", colour: "", logo: "", portal_domain: "" };
type Draft = typeof EMPTY;
const OPTIONAL = ["legal_name", "sender_name", "reply_to", "colour", "logo", "portal_domain"] as const;

/** Adds a brand or changes one, with the head of an e-mail beside it. */
export function BrandForm({ brand, onClose }: { brand: Brand | null; onClose: () => void }) {
  const say = useWords(brandsWords);
  const words = useWords(common);
  const text = useProblemText();
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY, ...Object.fromEntries(Object.keys(EMPTY).map((name) => [name, brand?.[name as keyof Draft] ?? ""])) }));
  const save = useAct({
    run: () => {
      const { key, ...rest } = draft;
      const body = { ...rest, ...Object.fromEntries(OPTIONAL.map((name) => [name, draft[name].trim() || null])) };
      return answer(api.PUT("/v1/brands/{brand}", { params: { path: { brand: key } }, body }));
    },
    stale: [keys.brands], done: say.saved, quiet: true, onDone: onClose,
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const badKey = draft.key !== "" && !/^[a-z][a-z0-9-]{0,39}$/.test(draft.key);
  const badColour = draft.colour !== "" && !isColour(draft.colour);
  function box(name: keyof Draft, label: string, more: { hint?: string; error?: string; required?: boolean; type?: string; placeholder?: string; max?: number } = {}) {
    return (
      <Field label={label} hint={more.hint} error={more.error ?? problem?.of(`/${name}`)} optional={more.required === false ? words.optional : undefined}>
        <Input value={draft[name]} type={more.type} placeholder={more.placeholder} required={more.required !== false} maxLength={more.max ?? 160} disabled={name === "key" && brand !== null} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />
      </Field>
    );
  }
  function go(event: FormEvent) {
    event.preventDefault();
    if (!badKey && !badColour) save.mutate();
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={brand ? brand.name : say.add}
      footer={<><Button onClick={onClose}>{words.cancel}</Button><Button look="primary" type="submit" form="brand" busy={save.isPending}>{words.save}</Button></>}
    >
      <form id="brand" className="grid gap-4 sm:grid-cols-2" onSubmit={go}>
        {box("name", say.name, { hint: say.nameHint, max: 60 })}
        {box("key", say.key, { hint: say.keyHint, error: badKey ? say.badKey : undefined, max: 40 })}
        {box("legal_name", say.legal, { required: false })}
        {box("tax_id", say.taxId, { hint: say.taxIdHint })}
        <div className="sm:col-span-2">{box("address", say.address)}</div>
        {box("contact", say.contact, { hint: say.contactHint })}
        {box("link", say.link, { type: "url", placeholder: "https://", max: 2000 })}
        {box("sender", say.sender, { type: "email", max: 254 })}
        {box("sender_name", say.senderName, { required: false })}
        {box("reply_to", say.replyTo, { type: "email", required: false, max: 254 })}
        {box("portal_domain", say.domain, { required: false })}
        {box("colour", say.colour, { required: false, placeholder: "#1f4e79", error: badColour ? say.badColour : undefined, hint: isColour(draft.colour) && contrastOfWhite(draft.colour) < 4.5 ? say.contrast : undefined })}
        {box("logo", say.logo, { required: false, type: "url", placeholder: "https://", max: 2000 })}
        <div className="sm:col-span-2"><EmailHead draft={draft} /></div>
        {problem && problem.fields.length === 0 && <div className="sm:col-span-2"><Notice tone="bad">{text(problem)}</Notice></div>}
      </form>
    </Dialog>
  );
}

/** How an e-mail of the brand begins and ends. The logo is not shown: the page fetches nothing from elsewhere. */
function EmailHead({ draft }: { draft: Draft }) {
  const say = useWords(brandsWords);
  const colour = isColour(draft.colour) ? draft.colour : "#1f4e79";
  return (
    <figure className="m-0">
      <figcaption className="mb-1 text-sm font-medium">{say.preview}</figcaption>
      <div aria-hidden className="overflow-hidden rounded-lg border border-line bg-white text-black">
        <div className="border-b border-black/10 px-4 py-2 text-sm">
          <strong>{draft.sender_name || draft.name || "—"}</strong> &lt;{draft.sender || "—"}&gt;
          <div>{say.previewSubject}</div>
        </div>
        <div className="border-t-4 px-4 py-3" style={{ borderColor: colour }}>
          <div className="font-semibold">{draft.name || "—"}</div>
          <p className="my-2">{say.previewText}</p>
          <span className="inline-block rounded-md px-3 py-1.5 font-medium text-white" style={{ background: colour }}>{say.previewButton}</span>
          <p className="mt-3 text-xs">{[draft.legal_name || draft.name, draft.tax_id, draft.address, draft.contact].filter(Boolean).join(" · ")}</p>
        </div>
      </div>
    </figure>
  );
}
