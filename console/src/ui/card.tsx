import type { ReactNode } from "react";
import { cx } from "./cx";

/** A bordered part of a page with a heading. */
export function Card({ title, description, actions, children, className, flush }: { title?: ReactNode; description?: ReactNode; actions?: ReactNode; children?: ReactNode; className?: string; flush?: boolean }) {
  return (
    <section className={cx("rounded-lg border border-line bg-surface", className)}>
      {(title || actions) && (
        <header className="flex min-h-11 items-center justify-between gap-x-4 gap-y-1 px-4 pt-3 pb-2 max-sm:flex-wrap">
          <div className="min-w-0">
            {title && <h2 className="font-semibold">{title}</h2>}
            {description && <p className="text-sm text-muted">{description}</p>}
          </div>
          {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : cx("px-4 pb-4", !title && !actions && "pt-4")}>{children}</div>
    </section>
  );
}

/** One number with its name, and what it means beside it. */
export function Stat({ label, value, note, tone, className }: { label: ReactNode; value: ReactNode; note?: ReactNode; tone?: "good" | "bad" | "warn"; className?: string }) {
  return (
    <div className={cx("min-w-0", className)}>
      <div className="truncate text-sm text-muted">{label}</div>
      <div className={cx("num mt-0.5 truncate text-xl font-semibold tracking-tight", tone === "good" && "text-good", tone === "bad" && "text-bad", tone === "warn" && "text-warn")}>{value}</div>
      {note && <div className="mt-0.5 text-sm text-muted">{note}</div>}
    </div>
  );
}
