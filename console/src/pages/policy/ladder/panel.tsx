import { X } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { Button, Sheet } from "../../../ui";
import { common, useWords } from "../../../words";

const wide = matchMedia("(min-width: 1360px)");
const watch = (tell: () => void) => {
  wide.addEventListener("change", tell);
  return () => wide.removeEventListener("change", tell);
};

/** Beside the drawing where there is room, over it where there is none. */
export function usePanelBeside(): boolean {
  return useSyncExternalStore(watch, () => wide.matches);
}

export function Panel({ beside, title, description, onClose, children }: { beside: boolean; title: string; description: string; onClose: () => void; children: ReactNode }) {
  const shared = useWords(common);
  if (!beside) return <Sheet open onOpenChange={(open) => !open && onClose()} title={title} description={description}>{children}</Sheet>;
  return (
    <aside aria-label={title} className="scrollbar-thin sticky top-4 max-h-[calc(100dvh-96px)] w-90 shrink-0 overflow-y-auto rounded-lg border border-line bg-surface" tabIndex={-1}>
      <header className="flex items-start justify-between gap-2 px-4 pt-3 pb-2">
        <div className="min-w-0">
          <h2 className="truncate text-lg font-semibold">{title}</h2>
          <p className="text-sm text-muted">{description}</p>
        </div>
        <Button look="quiet" size="sm" icon aria-label={shared.close} onClick={onClose}><X /></Button>
      </header>
      <div className="px-4 pb-4">{children}</div>
    </aside>
  );
}
