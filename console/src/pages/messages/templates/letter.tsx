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

/** The HTML of an e-mail, in a frame of its own: without scripts, forms or the console's styles. */
export function MailFrame({ html, title }: { html: string; title: string }) {
  return <iframe title={title} srcDoc={html} sandbox="" className="h-150 w-full rounded-lg border border-line bg-white" />;
}
