import { Send } from "lucide-react";
import { useState } from "react";
import { usePageKey } from "../../../app/page-key";
import { usePageKeys } from "../../../app/shortcuts";
import { useMay } from "../../../app/session";
import { Badge, Button, cx, Failed, Page, Segments, Select, SkeletonRows } from "../../../ui";
import { useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { MessagesParts } from "../head";
import { words } from "../words";
import { type Language, type Template, type Tone, useTemplates } from "./data";
import { Editor } from "./editor";
import { Grid } from "./grid";
import { Preview } from "./preview";
import { TestSend } from "./test-send";
import { templateWords } from "./words";

/** Every template in each language, tone and channel: read about made-up facts or a real customer, changed, and tried out. */
export default function TemplatesPart() {
  const say = useWords(words);
  const own = useWords(templateWords);
  const may = useMay();
  const templates = useTemplates();
  const [name, setName] = useState("overdue");
  const [testing, test] = useState(false);
  const all = templates.data ?? [];
  const current = all.find((one) => one.name === name) ?? all[0];
  const [at, setAt] = useState<{ language: Language; tone: Tone }>({ language: "pt-BR", tone: "neutral" });
  // A draft belongs to the file that it was begun in.
  const [draft, setDraft] = useState<{ of: string; text: string } | null>(null);
  const of = `${current?.name ?? ""} ${at.language}`;
  usePageKey("t", () => test(true), may("settings:act") && Boolean(current));
  usePageKeys(own.keys);
  return (
    <Page title={say.title} actions={may("settings:act") && current && <Button onClick={() => test(true)}><Send />{own.test}</Button>}>
      <MessagesParts open="templates" />
      {templates.isPending ? <SkeletonRows rows={12} /> : templates.isError ? <Failed error={templates.error} retry={() => void templates.refetch()} /> : current && (
        <div className="flex items-start gap-6 max-lg:flex-col">
          <TemplateList all={all} current={current} onChoose={setName} />
          <Body
            key={current.name}
            template={current}
            {...at}
            onChoose={(language, tone) => setAt({ language, tone })}
            draft={draft?.of === of ? draft.text : undefined}
            onDraft={(text) => setDraft(text === undefined ? null : { of, text })}
          />
        </div>
      )}
      {testing && current && <TestSend choice={{ template: current.name, ...at }} text={draft?.of === of ? draft.text : undefined} onClose={() => test(false)} />}
    </Page>
  );
}

function TemplateList({ all, current, onChoose }: { all: readonly Template[]; current: Template; onChoose: (name: string) => void }) {
  const say = useWords(templateWords);
  const groups = [{ title: say.used, rows: all.filter((one) => one.used_by.length > 0) }, { title: say.unused, rows: all.filter((one) => one.used_by.length === 0) }].filter((group) => group.rows.length > 0);
  return (
    <>
      <Select label={say.picker} className="w-72 lg:hidden" value={current.name} onChange={onChoose} choices={groups.flatMap((group) => group.rows.map((one) => ({ value: one.name, label: say.names[one.name] ?? one.name, hint: group.title })))} />
      <nav aria-label={say.list} className="flex w-60 shrink-0 flex-col gap-3 max-lg:hidden">
        {groups.map((group) => (
          <div key={group.title}>
            <h2 className="px-2.5 pb-1 text-sm text-muted">{group.title}</h2>
            {group.rows.map((one) => (
              <button
                key={one.name}
                type="button"
                aria-current={one.name === current.name}
                onClick={() => onChoose(one.name)}
                className={cx("flex min-h-8 w-full items-center justify-between gap-2 rounded-md px-2.5 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2", one.name === current.name ? "bg-active font-medium" : "text-muted")}
              >
                <span className="truncate">{say.names[one.name] ?? one.name}</span>
                {one.own.length > 0 && <span className="rounded-sm bg-info-soft px-1 text-xs text-info">{say.own}</span>}
              </button>
            ))}
          </div>
        ))}
      </nav>
    </>
  );
}

type BodyProps = { template: Template; language: Language; tone: Tone; onChoose: (language: Language, tone: Tone) => void; draft: string | undefined; onDraft: (text: string | undefined) => void };

function Body({ template, language, tone, onChoose, draft, onDraft }: BodyProps) {
  const say = useWords(templateWords);
  const tells = useWords(telling);
  const may = useMay();
  const [view, setView] = useState<"preview" | "edit">("preview");
  return (
    <div className="flex w-full min-w-0 flex-1 flex-col gap-4">
      <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
        <div className="flex min-w-60 flex-1 flex-col gap-2">
          <h2 className="text-lg font-semibold">{say.names[template.name] ?? template.name}</h2>
          <p className="flex flex-wrap items-center gap-1.5 text-sm text-muted">
            {template.used_by.length === 0 ? say.nobodyUses : <>{say.usedBy}{template.used_by.map((step) => <Badge key={step}>{stepName(step, tells)}</Badge>)}</>}
          </p>
          <Segments label={say.show} value={view} onChange={setView} choices={[{ value: "preview", label: say.preview }, { value: "edit", label: may("policy:act") ? say.edit : say.file }]} />
        </div>
        <div className="w-96 max-sm:w-full"><Grid template={template} language={language} tone={tone} onChoose={onChoose} /></div>
      </div>
      {view === "preview" ? <Preview template={template.name} language={language} tone={tone} draft={draft} /> : (
        <div className="grid gap-6 2xl:grid-cols-2">
          <Editor key={language} template={template} language={language} draft={draft} onDraft={onDraft} />
          <Preview template={template.name} language={language} tone={tone} draft={draft} />
        </div>
      )}
    </div>
  );
}
