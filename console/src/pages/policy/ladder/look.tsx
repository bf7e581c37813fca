import { Archive, BadgePercent, Bell, ClipboardList, Coins, CreditCard, FileWarning, Handshake, Lock, LockOpen, Mail, MessageCircle, MessageSquare, Phone, Send, Smartphone, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../../../ui";
import { type StepText, textOf, texts } from "../text/read";
import { ADVERSE, CONTACT } from "../text/steps";

export type Kind = "contact" | "charge" | "adverse" | "neutral" | "end";

export function kindOf(verb: string): Kind {
  if (CONTACT.includes(verb)) return "contact";
  if (verb === "charge") return "charge";
  if (verb === "assign" || verb === "write_off") return verb === "assign" ? "adverse" : "end";
  return ADVERSE.includes(verb) ? "adverse" : "neutral";
}

export const CHIPS: Record<Kind, string> = {
  contact: "border-line-strong bg-surface text-ink",
  charge: "border-good bg-good-soft text-good",
  adverse: "border-bad bg-bad-soft text-bad",
  neutral: "border-line-strong border-dashed bg-canvas text-ink",
  end: "border-ink bg-ink text-surface",
};
export const MARKS: Record<Kind, string> = { contact: "bg-accent", charge: "bg-good", adverse: "bg-bad", neutral: "bg-faint", end: "bg-ink" };

const CHANNELS: Record<string, ReactNode> = {
  email: <Mail />, sms: <MessageSquare />, whatsapp: <MessageCircle />, push: <Bell />, in_app: <Smartphone />, voice: <Phone />, letter: <Mail />, preferred: <UserRound />,
};

/** What a step does, as one icon. A message shows its first channel where it names one. */
export function StepIcon({ step, className }: { step: StepText; className?: string }) {
  return <span aria-hidden className={cx("flex shrink-0 [&_svg]:size-3.5", className)}>{iconOf(step)}</span>;
}

function iconOf(step: StepText): ReactNode {
  switch (step.verb) {
    case "notify": return CHANNELS[texts(step.values.channels)[0] ?? ""] ?? <Send />;
    case "offer": return <BadgePercent />;
    case "charge": return <CreditCard />;
    case "access": return textOf(step.values.state) === "grace" ? <LockOpen /> : <Lock />;
    case "fee": return <Coins />;
    case "report": return <FileWarning />;
    case "assign": return <Handshake />;
    case "task": return <ClipboardList />;
    case "write_off": return <Archive />;
    default: return <Send />;
  }
}

const LEVELS = { friendly: 1, neutral: 2, firm: 3 };
export const toneOf = (step: StepText) => (textOf(step.values.tone) || "friendly") as keyof typeof LEVELS;

/** How hard a message speaks: one to three bars. */
export function ToneBars({ tone }: { tone: keyof typeof LEVELS }) {
  const level = LEVELS[tone] ?? 1;
  const colour = level === 3 ? "bg-bad" : level === 2 ? "bg-warn" : "bg-good";
  return (
    <span aria-hidden className="flex shrink-0 items-end gap-px">
      {[1, 2, 3].map((at) => <i key={at} className={cx("w-[3px] rounded-[1px]", at <= level ? colour : "bg-line-strong")} style={{ height: 3 + at * 2.5 }} />)}
    </span>
  );
}
