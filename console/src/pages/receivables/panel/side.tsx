import { cx } from "../../../ui";
import { useWords } from "../../../words";
import { ReceivableView } from "./view";
import { panelWords } from "./words";

/** The panel beside the list: the list stays usable, so that j and k go on. On narrow windows, and where `over` says so, it lies over it. */
export function Side({ id, onClose, over }: { id: string; onClose: () => void; over?: boolean }) {
  const say = useWords(panelWords);
  return (
    <aside
      aria-label={say.panel}
      className={cx(
        "animate-sheet scrollbar-thin w-[min(440px,100vw)] shrink-0 overflow-y-auto border-l border-line bg-surface p-5",
        over ? "fixed inset-y-0 right-0 z-30 shadow-pop" : "max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 max-lg:shadow-pop",
      )}
      tabIndex={0}
    >
      <ReceivableView key={id} id={id} onClose={onClose} />
    </aside>
  );
}
