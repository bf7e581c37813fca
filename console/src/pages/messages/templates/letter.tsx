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
    <article className={cx("overflow-hidden rounded-lg border border-line", dark ? "dark" : "light")}>
      {subject && (
        <header className={cx("flex items-baseline gap-3 border-b px-4 py-2.5", dark ? "border-neutral-700 bg-neutral-900 text-neutral-100" : "border-neutral-200 bg-white text-neutral-900")}>
          <span className="font-semibold">{subject}</span>
          {from && <span className={cx("ml-auto truncate text-sm", dark ? "text-neutral-300" : "text-neutral-600")}>{from}</span>}
        </header>
      )}
      <iframe key={String(dark)} title={title} srcDoc={html} sandbox="" style={{ colorScheme: dark ? "dark" : "light" }} className={cx("block h-150 w-full", dark ? "bg-neutral-900" : "bg-white")} />
    </article>
  );
}

/** A short message on a telephone: a bubble of WhatsApp, of an SMS, or a notice on the locked screen. */
export function PhoneFrame({ channel, from, title, text, dark = false }: { channel: string; from: string; title?: string | null; text: string; dark?: boolean }) {
  const say = useWords(templateWords);
  const isPush = channel === "push" || channel === "in_app";
  const wall = channel === "whatsapp" ? (dark ? "bg-[#0b141a]" : "bg-[#efeae2]") : dark ? "bg-neutral-950" : "bg-neutral-100";
  const bubble = channel === "whatsapp" ? (dark ? "bg-[#202c33] text-neutral-100" : "bg-white text-neutral-900") : dark ? "bg-neutral-800 text-neutral-100" : "bg-white text-neutral-900";
  return (
    <figure className="flex w-fit flex-col gap-2">
      <div className={cx("flex h-144 w-76 flex-col overflow-hidden rounded-[2rem] border-4", dark ? "border-neutral-700" : "border-neutral-400", wall)}>
        <header className={cx("flex items-center gap-2 px-4 pt-4 pb-2.5 text-sm font-semibold", isPush ? "justify-center" : dark ? "bg-black/30" : "bg-white/70", dark ? "text-neutral-100" : "text-neutral-900")}>
          {!isPush && <span aria-hidden className="flex size-7 items-center justify-center rounded-full bg-emerald-700 text-xs text-white">{from.slice(0, 1).toUpperCase()}</span>}
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
