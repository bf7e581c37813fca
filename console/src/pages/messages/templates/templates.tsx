import { Send } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../../app/session";
import { Button, cx, Failed, Page, Segments, Select, SkeletonRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { useMeanings, useSample } from "../approvals/data";
import { MessagesParts } from "../head";
import { words } from "../words";
import { Letter, MailFrame } from "./letter";
import { RealCustomer } from "./real";
import { type Choice, TestSend } from "./test-send";
import { BUILT_IN, CHANNELS, LANGUAGES, templateWords, TONES } from "./words";

/** Every template in each language, tone and channel, about made-up facts or about a customer's own. */
export default function TemplatesPart() {
  const say = useWords(words);
  const own = useWords(templateWords);
  const names = useWords(enums).channel;
  const may = useMay();
  const [choice, setChoice] = useState<Choice>({ template: "overdue", language: "pt-BR", tone: "friendly" });
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>("email");
  const [source, setSource] = useState<"sample" | "real">("sample");
  const [look, setLook] = useState<"text" | "html">("text");
  const [testing, test] = useState(false);
  const used = useMeanings().data?.templates ?? [];
  const all = [...BUILT_IN, ...used.filter((one) => !(BUILT_IN as readonly string[]).includes(one))];
  const sample = useSample(source === "sample" ? { ...choice, channel } : null);
  const html = sample.data?.html;
  return (
    <Page
      title={say.title}
      actions={may("settings:act") && <Button onClick={() => test(true)}><Send />{own.test}</Button>}
    >
      <MessagesParts open="templates" />
      <div className="flex items-start gap-6 max-lg:flex-col">
        <nav aria-label={own.list} className="w-64 shrink-0 max-lg:hidden">
          {all.map((template) => (
            <button
              key={template}
              type="button"
              aria-current={template === choice.template}
              onClick={() => setChoice({ ...choice, template })}
              className={cx("flex min-h-8 w-full items-center justify-between gap-2 rounded-md px-2.5 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2", template === choice.template ? "bg-active font-medium" : "text-muted")}
            >
              {own.names[template] ?? template}
              {used.includes(template) && <span className="size-1.5 shrink-0 rounded-full bg-accent" title={own.used}><span className="sr-only">{own.used}</span></span>}
            </button>
          ))}
        </nav>
        <div className="flex w-full min-w-0 flex-1 flex-col gap-4">
          <div className="flex flex-wrap items-end gap-3">
            <Select label={own.picker} className="w-72 lg:hidden" value={choice.template} onChange={(template) => setChoice({ ...choice, template })} choices={all.map((value) => ({ value, label: own.names[value] ?? value, hint: used.includes(value) ? own.used : undefined }))} />
            <Segments label={own.source} value={source} onChange={setSource} choices={[{ value: "sample", label: own.sample }, { value: "real", label: own.real }]} />
            {source === "sample" && (
              <>
                <Select label={own.language} className="w-36" value={choice.language} onChange={(language) => setChoice({ ...choice, language })} choices={LANGUAGES.map((value) => ({ value, label: own.languages[value] ?? value }))} />
                <Select label={own.channel} className="w-36" value={channel} onChange={setChannel} choices={CHANNELS.map((value) => ({ value, label: names?.[value] ?? value }))} />
                <Segments label={own.tone} value={choice.tone} onChange={(tone) => setChoice({ ...choice, tone })} choices={TONES.map((value) => ({ value, label: own.tones[value] ?? value }))} />
                {html && <Segments label={own.show} value={look} onChange={setLook} choices={(["text", "html"] as const).map((value) => ({ value, label: own.look[value] }))} />}
              </>
            )}
          </div>
          <div className="max-w-3xl">
            {source === "real" ? <RealCustomer template={choice.template} /> : sample.isPending ? <SkeletonRows rows={10} /> : sample.isError ? <Failed error={sample.error} /> : html && look === "html" ? (
              <MailFrame html={html} title={own.names[choice.template] ?? choice.template} />
            ) : (
              <Letter subject={sample.data.subject} text={sample.data.text} />
            )}
          </div>
        </div>
      </div>
      {testing && <TestSend choice={choice} onClose={() => test(false)} />}
    </Page>
  );
}
