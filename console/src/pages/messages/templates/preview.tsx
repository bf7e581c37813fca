import { Moon, Sun } from "lucide-react";
import { useState } from "react";
import type { Hit } from "../../../app/palette-find";
import { useCompany } from "../../../app/mode";
import { Badge, Button, Failed, Segments, SkeletonRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { type Channel, type Language, type Tone, usePreview } from "./data";
import { Letter, MailFrame, PhoneFrame } from "./letter";
import { useSettled } from "./settled";
import { Whom } from "./whom";
import { CHANNELS, templateWords } from "./words";

const PHONE: readonly Channel[] = ["whatsapp", "sms", "push", "in_app"];

/** How the template reads to whoever gets it; `draft` in place of what is published. */
export function Preview({ template, language, tone, draft }: { template: string; language: Language; tone: Tone; draft?: string }) {
  const say = useWords(templateWords);
  const names = useWords(enums).channel;
  const tells = useWords(telling);
  const [channel, setChannel] = useState<Channel>("email");
  const [whom, setWhom] = useState<Hit | null>(null);
  const [dark, setDark] = useState(false);
  const [plain, setPlain] = useState(false);
  const text = useSettled(draft);
  // A real customer reads in their own language and in the step's tone, until somebody chooses others.
  const chosen = `${language} ${tone}`;
  const [picked, setPicked] = useState("");
  const isTheirs = whom !== null && picked === chosen && text === undefined;
  const about = whom?.kind === "customer" ? { customer: whom.id } : whom ? { receivable: whom.id } : {};
  const read = usePreview({ template, channel, text, ...(isTheirs ? {} : { language, tone }), ...about });
  const from = useCompany().data?.name ?? "Régua";
  const told = read.data;
  return (
    <section aria-label={say.preview} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Whom whom={whom} onChange={(next) => { setWhom(next); setPicked(chosen); }} />
        <Segments label={say.channel} value={channel} onChange={setChannel} choices={CHANNELS.map((value) => ({ value, label: names?.[value] ?? value }))} />
        <div className="ml-auto flex items-center gap-1">
          {channel === "email" && <Segments label={say.show} value={plain ? "text" : "html"} onChange={(next) => setPlain(next === "text")} choices={(["html", "text"] as const).map((value) => ({ value, label: say.look[value] }))} />}
          {(PHONE.includes(channel) || (channel === "email" && !plain)) && <Button look="quiet" icon aria-pressed={dark} aria-label={say.dark} title={say.dark} onClick={() => setDark(!dark)}>{dark ? <Sun /> : <Moon />}</Button>}
        </div>
      </div>
      {!whom && <p className="text-sm text-muted">{say.madeUpText}</p>}
      {read.isPending ? <SkeletonRows rows={10} /> : read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : told && (
        <div aria-busy={read.isPlaceholderData} className="flex flex-col gap-3">
          {told.customer && (
            <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
              <span>{say.speaksOf(told.receivables.slice(0, 4).join(", "), told.receivables.length - 4)}</span>
              {told.step ? <Badge>{stepName(told.step, tells)}</Badge> : <Badge tone="warn">{say.noStep}</Badge>}
              <Badge>{say.languages[told.language] ?? told.language}</Badge><Badge>{say.tones[told.tone] ?? told.tone}</Badge>
            </p>
          )}
          {channel === "email" && told.html && !plain ? <MailFrame html={told.html} title={say.names[template] ?? template} from={from} subject={told.subject} dark={dark} /> : PHONE.includes(channel) ? (
            <PhoneFrame channel={channel} from={from} title={told.subject} text={told.text} dark={dark} />
          ) : <Letter subject={told.subject} text={told.text} />}
        </div>
      )}
    </section>
  );
}
