import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { common, type MoneyText, useFormats, useWords } from "../words";
import { Button } from "./button";
import { cx } from "./cx";

/** An amount in the reader's language. */
export function Money({ value, className, short }: { value: MoneyText | null | undefined; className?: string; short?: boolean }) {
  const format = useFormats();
  if (!value) return <span className="text-faint">–</span>;
  return <span className={cx("num whitespace-nowrap", className)}>{short ? format.shortMoney(value) : format.money(value)}</span>;
}

/** A civil day. `short` leaves the year out. */
export function Day({ value, className, short }: { value: string | null | undefined; className?: string; short?: boolean }) {
  const format = useFormats();
  if (!value) return <span className="text-faint">–</span>;
  return <time dateTime={value} className={cx("num whitespace-nowrap", className)}>{short ? format.shortDay(value) : format.day(value)}</time>;
}

/** How long ago a moment was, with the moment itself on hover. */
export function Ago({ value, className }: { value: string | null | undefined; className?: string }) {
  const format = useFormats();
  if (!value) return <span className="text-faint">–</span>;
  return <time dateTime={value} title={format.moment(value)} className={cx("whitespace-nowrap", className)}>{format.ago(value)}</time>;
}

/** A moment: day and time. */
export function Moment({ value, className }: { value: string | null | undefined; className?: string }) {
  const format = useFormats();
  if (!value) return <span className="text-faint">–</span>;
  return <time dateTime={value} className={cx("num whitespace-nowrap", className)}>{format.moment(value)}</time>;
}

/** A text in a box with a button that copies it: links, keys, Pix codes. */
export function CopyText({ value, label, wrap }: { value: string; label: string; wrap?: boolean }) {
  const words = useWords(common);
  const [done, setDone] = useState(false);
  return (
    <div className="flex items-center gap-2 rounded-md border border-line bg-canvas py-1 pr-1 pl-2.5">
      <code aria-label={label} className={cx("min-w-0 flex-1 font-mono text-sm", wrap ? "break-all" : "truncate")}>{value}</code>
      <Button
        look="quiet"
        size="sm"
        aria-label={`${words.copy}: ${label}`}
        onClick={() => void navigator.clipboard.writeText(value).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        })}
      >
        {done ? <Check className="text-good" /> : <Copy />}
        <span aria-live="polite">{done ? words.copied : words.copy}</span>
      </Button>
    </div>
  );
}

/** Names and values under each other, two columns. */
export function Facts({ rows, className }: { rows: readonly (readonly [React.ReactNode, React.ReactNode] | false | "" | null | undefined)[]; className?: string }) {
  return (
    <dl className={cx("grid grid-cols-[minmax(96px,auto)_1fr] gap-x-4 gap-y-1.5", className)}>
      {rows.map((row, at) => row && (
        <div key={at} className="contents">
          <dt className="text-muted">{row[0]}</dt>
          <dd className="min-w-0 break-words">{row[1]}</dd>
        </div>
      ))}
    </dl>
  );
}
