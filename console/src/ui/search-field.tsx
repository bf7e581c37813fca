import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";
import { Input } from "./input";

type Props = {
  label: string;
  help?: string;
  value: string;
  onChange: (text: string) => void;
  /** Enter was pressed. */
  onGo: () => void;
  busy?: boolean;
  className?: string;
  /** What is told under the field. */
  children?: ReactNode;
};

/** The search of a page: `/` leads here, Escape empties it and leads to the table, ArrowDown too. */
export function SearchField({ label, help, value, onChange, onGo, busy, className, children }: Props) {
  return (
    <form role="search" onSubmit={(event) => { event.preventDefault(); onGo(); }} className={cx("relative max-sm:w-full", className)}>
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
      <Input
        data-page-search=""
        type="search"
        aria-label={label}
        title={help}
        placeholder={label}
        className="pl-8!"
        autoComplete="off"
        aria-busy={busy || undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" && event.key !== "ArrowDown") return;
          if (event.key === "Escape") onChange("");
          event.preventDefault();
          document.querySelector<HTMLElement>("[data-table]")?.focus();
        }}
      />
      {children}
    </form>
  );
}
