import { type ReactNode, useEffect } from "react";
import { cx } from "./cx";

/** The frame of a page: its name, its acts, and its body. `fill` gives the body the rest of the window (for tables). */
export function Page({ title, name, description, actions, children, fill, narrow }: { title: ReactNode; name?: string; description?: ReactNode; actions?: ReactNode; children: ReactNode; fill?: boolean; narrow?: boolean }) {
  const told = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = told ? `${told} · Régua` : "Régua";
  }, [told]);
  return (
    <div className={cx("flex flex-col px-6 pt-5 max-sm:px-4", fill ? "h-full min-h-0 pb-0" : "pb-10", narrow && "mx-auto w-full max-w-5xl")}>
      <header className="mb-4 flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {description && <p className="text-muted">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {fill ? <div className="flex min-h-0 flex-1 flex-col">{children}</div> : children}
    </div>
  );
}
