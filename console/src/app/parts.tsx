import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { cx } from "../ui";

export type Part<Id extends string> = { id: Id; label: string; count?: ReactNode };

/** The parts of a page as tabs; which one is open lives in the address as `?part=`. Each part brings its own body. */
export function Parts<Id extends string>({ to, parts, open, label }: { to: "/work" | "/messages" | "/money" | "/reports"; parts: readonly Part<Id>[]; open: Id; label: string }) {
  return (
    <nav aria-label={label} className="scrollbar-thin -mt-2 mb-3 flex shrink-0 gap-4 overflow-x-auto border-b border-line">
      {parts.map((part) => (
        <Link
          key={part.id}
          to={to}
          search={{ part: part.id }}
          aria-current={part.id === open ? "page" : undefined}
          className={cx(
            "-mb-px flex items-center gap-1.5 border-b-2 py-2 font-medium whitespace-nowrap hover:text-ink focus-visible:-outline-offset-2",
            part.id === open ? "border-accent text-ink" : "border-transparent text-muted",
          )}
        >
          {part.label}
          {part.count !== undefined && <span className="num rounded-full bg-active px-1.5 text-xs text-muted">{part.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
