import { useWords } from "../../../words";
import { ReceivableView } from "./view";
import { panelWords } from "./words";

/** The panel beside the list: the list stays usable, so that j and k go on. On narrow windows it lies over it. */
export function Side({ id, onClose }: { id: string; onClose: () => void }) {
  const say = useWords(panelWords);
  return (
    <aside
      aria-label={say.panel}
      className="animate-sheet scrollbar-thin w-[440px] shrink-0 overflow-y-auto border-l border-line bg-surface p-5 max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 max-lg:w-[min(440px,100vw)] max-lg:shadow-pop"
      tabIndex={0}
    >
      <ReceivableView key={id} id={id} onClose={onClose} />
    </aside>
  );
}
