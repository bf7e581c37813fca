import { LoaderCircle } from "lucide-react";
import { useMay } from "../../../app/session";
import { Card } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import type { Draft } from "../draft";
import { useAhead } from "./ahead";
import { Sentence } from "./preview";
import { previewWords } from "./words";

/** One sentence under the ladder while it is changed: what tomorrow would be, beside what it is now. */
export function PreviewStrip({ draft, right, published, onOpen }: { draft: Draft; right: boolean; published: { body: string } | null; onOpen: () => void }) {
  const say = useWords(previewWords);
  const format = useFormats();
  const may = useMay();
  const on = may("receivables:read") && (!draft.dirty || right);
  const { sums, current, isFetching } = useAhead("tomorrow", draft.dirty ? draft.text : null, published?.body ?? null, on);
  const before = useAhead("tomorrow", null, published?.body ?? null, on && draft.dirty && published !== null).sums;
  if (!on || (!sums && !isFetching)) return null;
  const more = sums && before && draft.dirty ? sums.messages - before.messages : 0;
  return (
    <Card>
      <div className="flex items-start gap-3" aria-live="polite" aria-busy={isFetching || !current}>
        <div className="min-w-0 flex-1">
          {sums ? <Sentence sums={sums} when={say.tomorrow(format.weekday(sums.tomorrow))} /> : <p className="text-muted">{say.counting}</p>}
          {sums && before && draft.dirty && <p className="mt-1 text-sm text-muted">{more === 0 ? say.sameAsNow : say.changeOfNow(more)}</p>}
        </div>
        {isFetching || !current
          ? <LoaderCircle className="mt-1 size-4 animate-spin text-faint" aria-label={say.counting} />
          : <button type="button" className="text-sm whitespace-nowrap text-accent hover:underline" onClick={onOpen}>{say.seePreview}</button>}
      </div>
    </Card>
  );
}
