import type { ComponentProps } from "react";
import { cx } from "./cx";

const BOX =
  "w-full rounded-md border border-line-strong bg-surface text-ink transition-colors hover:border-faint focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(BOX, "h-8 px-2.5", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={3} {...rest} className={cx(BOX, "px-2.5 py-1.5", className)} />;
}
