import { cx } from "../../../ui";
import { useWords } from "../../../words";
import { templateWords } from "./words";

/** A message as whoever gets it reads it. */
export function Letter({ to, subject, text }: { to?: string | null; subject?: string | null; text: string }) {
  const say = useWords(templateWords);
  return (
    <article className="rounded-lg border border-line bg-canvas">
      {(to || subject) && (
        <header className="flex flex-col gap-0.5 border-b border-line px-4 py-2">
          {to && <div className="text-sm"><span className="text-muted">{say.to}</span> {to}</div>}
          {subject && <div><span className="text-sm text-muted">{say.subject}</span> <span className="font-medium">{subject}</span></div>}
        </header>
      )}
      <div className="px-4 py-3 break-words whitespace-pre-wrap">{text}</div>
      {!subject && <footer className="num px-4 pb-2 text-right text-sm text-faint">{say.length(text.length)}</footer>}
    </article>
  );
}

/** An e-mail as a mail program shows it: the HTML in a frame of its own, without scripts, forms or the console's styles. */
export function MailFrame({ html, title, from, subject, dark = false }: { html: string; title: string; from?: string; subject?: string | null; dark?: boolean }) {
  return (
    <article className="overflow-hidden rounded-lg border border-line">
      {subject && (
        <header className={cx("flex items-baseline gap-3 border-b px-4 py-2.5", dark ? "border-[#3a3a3a] bg-[#171717] text-[#f0f0f0]" : "border-[#e2e2e2] bg-white text-[#171717]")}>
          <span className="font-semibold">{subject}</span>
          {from && <span className={cx("ml-auto truncate text-sm", dark ? "text-[#c8c8c8]" : "text-[#555555]")}>{from}</span>}
        </header>
      )}
      <iframe key={String(dark)} title={title} srcDoc={html} sandbox="" style={{ colorScheme: dark ? "dark" : "light" }} className={cx("block h-150 w-full", dark ? "bg-[#171717]" : "bg-white")} />
    </article>
  );
}

/** A short message on a telephone: a bubble of WhatsApp, of an SMS, or a notice on the locked screen. */
export function PhoneFrame({ channel, from, title, text, dark = false }: { channel: string; from: string; title?: string | null; text: string; dark?: boolean }) {
  const say = useWords(templateWords);
  const isPush = channel === "push" || channel === "in_app";
  const wall = channel === "whatsapp" ? (dark ? "bg-[#0b141a]" : "bg-[#efeae2]") : dark ? "bg-[#0c0c0c]" : "bg-[#f2f2f5]";
  const bubble = channel === "whatsapp" ? (dark ? "bg-[#202c33] text-[#f0f0f0]" : "bg-white text-[#171717]") : dark ? "bg-[#262628] text-[#f0f0f0]" : "bg-white text-[#171717]";
  return (
    <figure className="flex w-fit flex-col gap-2">
      <div className={cx("flex h-130 w-76 flex-col overflow-hidden rounded-[2rem] border-4", dark ? "border-[#4a4a4a]" : "border-[#9a9aa2]", wall)}>
        <header className={cx("flex items-center gap-2 px-4 pt-4 pb-2.5 text-sm font-semibold", isPush ? "justify-center" : dark ? "bg-black/30" : "bg-white/70", dark ? "text-[#f0f0f0]" : "text-[#171717]")}>
          {!isPush && <span aria-hidden className="flex size-7 items-center justify-center rounded-full bg-[#0f7b5f] text-xs text-white">{from.slice(0, 1).toUpperCase()}</span>}
          <span className="truncate">{isPush ? "9:41" : from}</span>
        </header>
        <div className="scrollbar-thin flex-1 overflow-y-auto px-3 py-4" tabIndex={0} role="region" aria-label={say.phone}>
          <div className={cx("rounded-xl px-3 py-2 shadow-sm", bubble, !isPush && "mr-6 rounded-tl-sm")}>
            {isPush && <div className="mb-0.5 text-sm font-semibold">{title ?? from}</div>}
            <div className="text-base leading-snug break-words whitespace-pre-wrap">{text}</div>
          </div>
        </div>
      </div>
      <figcaption className="num text-center text-sm text-muted">{say.length(text.length)}</figcaption>
    </figure>
  );
}
