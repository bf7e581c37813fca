import {
  Ban, Banknote, Bell, CalendarCheck, ChevronDown, CircleSlash, Clock, CreditCard, Dot, FileText, Gavel, Inbox, KeyRound, Mail, MessageCircle, MessageSquareText, Phone, UserRoundPen,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Badge, cx, type TimelineItem, type Tone } from "../../../ui";
import { type Formats, useFormats, useWords } from "../../../words";
import type { Entry, Sort } from "../telling/gather";
import { stepName, tell, type Told, type Writes } from "../telling/tell";
import { telling } from "../telling/words";
import { MessageText } from "./message-text";
import { lifeWords } from "./words";

const ICONS: Record<Sort, ReactNode> = {
  message: <Mail />, money: <Banknote />, act: <Gavel />, charge: <CreditCard />, step: <KeyRound />, bill: <FileText />, contact: <UserRoundPen />, reply: <MessageCircle />, request: <Inbox />,
  skipped: <CircleSlash />, waits: <Clock />, other: <Dot />,
};
const CHANNEL_ICONS: Record<string, ReactNode> = { sms: <MessageSquareText />, whatsapp: <MessageCircle />, push: <Bell />, in_app: <Bell />, voice: <Phone /> };
const STATUS_TONES: Record<string, Tone> = { sent: "good", queued: "info", sending: "info", failed: "bad", unknown: "warn", cancelled: "neutral" };

export function writesOf(format: Formats): Writes {
  return { money: (amount, currency) => format.money({ amount, currency }), day: format.day, instant: format.moment };
}

function iconOf(entry: Entry): ReactNode {
  const first = entry.moments[0];
  if (entry.sort === "message") return CHANNEL_ICONS[first?.channels?.split(";")[0] ?? ""] ?? ICONS.message;
  if (entry.sort === "act" && first && /promise/.test(first.sentence)) return <CalendarCheck />;
  if (entry.sort === "money" && first && /^(cancelled|written off)/.test(first.sentence)) return <Ban />;
  return ICONS[entry.sort];
}

function toneOf(entry: Entry): Tone {
  const sentence = entry.moments[0]?.sentence ?? "";
  if (entry.sort === "money") return /^(cancelled|written off|charged back|given back)/.test(sentence) ? "bad" : "good";
  if (entry.sort === "charge") return /^charge failed/.test(sentence) ? "bad" : "neutral";
  if (entry.sort === "step") return "warn";
  if (entry.sort === "act") return /not kept/.test(sentence) ? "bad" : "accent";
  if (entry.sort === "message") return entry.status === "failed" || entry.status === "unknown" ? "bad" : "info";
  if (entry.sort === "reply" || entry.sort === "request") return "accent";
  return "neutral";
}

/** An entry as a line of the timeline. */
export function useEntryItem(withReceivable: boolean): (entry: Entry) => TimelineItem {
  const format = useFormats();
  const tells = useWords(telling);
  return (entry) => {
    const first = entry.moments[0];
    const told = first ? tell(first, tells, writesOf(format)) : undefined;
    return {
      id: entry.id,
      icon: iconOf(entry),
      tone: toneOf(entry),
      when: format.moment(entry.at),
      title: <Title entry={entry} told={told} withReceivable={withReceivable} />,
      body: <Body entry={entry} told={told} />,
    };
  };
}

function Title({ entry, told, withReceivable }: { entry: Entry; told: Told | undefined; withReceivable: boolean }) {
  const say = useWords(lifeWords);
  const tells = useWords(telling);
  const step = entry.moments[0]?.step;
  const many = entry.sort === "skipped" && entry.moments.length > 1;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <span className={entry.sort === "skipped" || entry.sort === "waits" ? "text-muted" : "font-medium"}>{many ? say.notDone(entry.moments.length) : entry.sort === "skipped" && told ? say.notDoneBecause(told.title.charAt(0).toLocaleLowerCase() + told.title.slice(1)) : told?.title}</span>
      {entry.status && entry.sort === "message" && <Badge tone={STATUS_TONES[entry.status] ?? "neutral"}>{tells.messageIs[entry.status] ?? entry.status}</Badge>}
      {step && !many && entry.sort !== "act" && <span className="rounded-sm bg-active px-1 text-xs text-muted">{stepName(step, tells)}</span>}
      {withReceivable && entry.receivables.map((number) => (
        <Link key={number} to="/receivables/$receivable" params={{ receivable: number }} className="num text-sm text-muted hover:text-accent hover:underline">{number}</Link>
      ))}
    </span>
  );
}

function Body({ entry, told }: { entry: Entry; told: Told | undefined }) {
  const say = useWords(lifeWords);
  const tells = useWords(telling);
  const format = useFormats();
  const [open, setOpen] = useState(false);
  const writes = writesOf(format);
  const more = entry.sort === "skipped" && entry.moments.length > 1;
  const letter = entry.sort === "message" && entry.message;
  const details = more ? [] : (told?.details ?? []);
  const by = told?.by;
  if (!letter && !more && details.length === 0 && !by) return undefined;
  return (
    <div className="flex flex-col gap-0.5">
      {by && <div><span className="text-faint">{say.by(by.who)}</span>{by.why && <span className="text-ink"> “{by.why}”</span>}</div>}
      {details.map((detail) => <div key={detail}>{detail}</div>)}
      {(letter || more) && (
        <button type="button" data-entry="" aria-expanded={open} onClick={() => setOpen(!open)} className="flex w-fit items-center gap-1 rounded-sm text-sm text-accent hover:underline">
          <ChevronDown className={cx("size-3.5 transition-transform", open && "rotate-180")} />
          {open ? say.hideText : letter ? say.showText : say.why}
        </button>
      )}
      {open && letter && <MessageText id={letter} />}
      {open && more && (
        <ul className="mt-1 flex flex-col gap-1">
          {entry.moments.map((moment, at) => {
            const one = tell(moment, tells, writes);
            return (
              <li key={at}>
                <span className="rounded-sm bg-active px-1 text-xs">{moment.step && stepName(moment.step, tells)}</span> {one.title}
                {one.details.length > 0 && <span className="text-faint"> · {one.details.join(" · ")}</span>}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
