import { Check, CircleAlert, Clock, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "../../../words";
import { actWords } from "../acts/words";
import type { Outcome, Result } from "./run";

const ICONS: Record<Outcome, ReactNode> = {
  failed: <CircleAlert className="size-4 text-bad" />, held: <Clock className="size-4 text-warn" />, left: <Minus className="size-4 text-faint" />, done: <Check className="size-4 text-good" />,
};
const ORDER: Record<Outcome, number> = { failed: 0, held: 1, left: 2, done: 3 };

/** What came of each, what failed first. */
export function Results({ results, names }: { results: readonly Result[]; names: ReadonlyMap<string, string> }) {
  const say = useWords(actWords);
  const sorted = [...results].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  return (
    <ul aria-label={say.bulk.results} className="scrollbar-thin max-h-72 overflow-y-auto rounded-lg border border-line" tabIndex={0}>
      {sorted.map((result) => (
        <li key={result.id} className="flex items-start gap-2 border-b border-line px-3 py-1.5 last:border-0">
          <span className="mt-0.5">{ICONS[result.outcome]}</span>
          <span className="num w-28 shrink-0 font-medium">{names.get(result.id) ?? result.id}</span>
          <span className="min-w-0 text-muted">{result.told ?? (result.outcome === "left" ? say.bulk.leftOne : say.bulk.doneOne)}</span>
        </li>
      ))}
    </ul>
  );
}
