import { CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";
import { useWords } from "../../words";
import type { Finding } from "./data";
import { words } from "./words";

/** In one line: whether the draft can be published, and what is first to be mended. */
export function FindingsBar({ findings, right, checking, onLine }: { findings: readonly Finding[]; right: boolean; checking: boolean; onLine: (line: number) => void }) {
  const say = useWords(words);
  const errors = findings.filter((one) => one.severity === "error");
  const warnings = findings.length - errors.length;
  const first = errors[0] ?? findings[0];
  return (
    <div role="status" className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {checking ? <span className="flex items-center gap-1.5 text-muted"><LoaderCircle aria-hidden className="size-4" />{say.checking}</span>
        : errors.length > 0 ? <span className="flex items-center gap-1.5 font-medium text-bad"><CircleAlert aria-hidden className="size-4" />{say.errors(errors.length)}</span>
        : right && <span className="flex items-center gap-1.5 text-good"><CircleCheck aria-hidden className="size-4" />{say.right}</span>}
      {warnings > 0 && <span className="flex items-center gap-1.5 text-warn"><TriangleAlert aria-hidden className="size-4" />{say.warnings(warnings)}</span>}
      {first && !checking && (
        <button type="button" onClick={() => onLine(first.line)} className="min-w-0 truncate text-left text-muted hover:text-ink hover:underline">
          <span lang="en">{first.message}</span> <span className="num">({say.line(first.line)})</span>
        </button>
      )}
    </div>
  );
}
