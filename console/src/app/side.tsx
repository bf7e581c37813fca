import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui";
import { common, useWords } from "../words";
import { useShortcut } from "./shortcuts";

/** What stands beside a list and belongs to the row that is open: the list stays usable, so that j and k go on. */
export function SidePanel({ label, title, note, onClose, children, footer }: { label: string; title: ReactNode; note?: ReactNode; onClose: () => void; children: ReactNode; footer?: ReactNode }) {
  const usual = useWords(common);
  useShortcut("Escape", onClose);
  return (
    <aside aria-label={label} className="animate-sheet flex w-[min(440px,100vw)] shrink-0 flex-col border-l border-line bg-surface max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 max-lg:shadow-pop">
      <header className="flex items-start justify-between gap-3 px-5 pt-5 pb-3">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold break-words">{title}</h2>
          {note && <div className="text-muted">{note}</div>}
        </div>
        <Button look="quiet" size="sm" icon aria-label={usual.close} onClick={onClose} className="-mr-1.5"><X /></Button>
      </header>
      <div className="scrollbar-thin min-h-0 flex-1 overflow-y-auto px-5 pb-5" tabIndex={0}>{children}</div>
      {footer && <footer className="flex flex-wrap gap-2 border-t border-line px-5 py-3">{footer}</footer>}
    </aside>
  );
}

/** A list with what is open beside it; the list keeps what is left. */
export function WithSide({ children, side }: { children: ReactNode; side: ReactNode }) {
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">{children}</div>
      {side}
    </div>
  );
}
