import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { useMay } from "../../../app/session";
import { Skeleton } from "../../../ui";
import { useWords } from "../../../words";
import { type Finding, useSchema } from "../data";
import type { Draft } from "../draft";
import { words } from "../words";
import type { Schema } from "./schema";
import { editorWords } from "./words";

const Editor = lazy(() => import("./editor"));

/** The draft as text, with what the check says beside it. */
export function TextPart({ draft, findings, right, goTo, onLine }: { draft: Draft; findings: readonly Finding[]; right: boolean; goTo: { line: number } | null; onLine: (line: number) => void }) {
  const say = useWords(editorWords);
  const page = useWords(words);
  const may = useMay();
  const { data } = useSchema();
  const schema = useMemo(() => data?.schema as Schema | undefined, [data]);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex h-[calc(100dvh-270px)] min-h-96 gap-4 max-lg:h-auto max-lg:min-h-0 max-lg:flex-col">
        <div className="min-w-0 flex-1 overflow-hidden rounded-lg border border-line max-lg:h-[60dvh] max-lg:flex-none">
          <Suspense fallback={<div className="h-full bg-surface p-4"><Skeleton className="size-full" /></div>}>
            <Editor text={draft.text} outside={draft.outside} onChange={may("policy:act") ? (text) => draft.edit(text, "typed") : undefined} findings={findings} schema={schema} goTo={goTo} />
          </Suspense>
        </div>
        <section aria-label={say.findings} tabIndex={0} className="scrollbar-thin w-80 shrink-0 overflow-y-auto rounded-lg border border-line bg-surface max-lg:w-auto">
          <h2 className="px-4 pt-3 pb-2 font-semibold">{say.findings}</h2>
          {findings.length === 0 ? (
            <p className="flex items-center gap-2 px-4 pb-4 text-muted">{right && <CircleCheck className="size-4 text-good" />}{right ? say.nothing : page.checking}</p>
          ) : (
            <ul>
              {findings.map((finding, at) => (
                <li key={at} className="border-t border-line">
                  <button type="button" onClick={() => onLine(finding.line)} className="flex w-full gap-2 px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2">
                    {finding.severity === "error" ? <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" /> : <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" />}
                    <span className="min-w-0">
                      <span lang="en" className="block break-words">{finding.message}</span>
                      {finding.mend && <span lang="en" className="block text-sm break-words text-muted">{finding.mend}</span>}
                      <span className="num text-xs text-faint">{page.line(finding.line)}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
      <p className="text-sm text-muted">{say.help}</p>
    </div>
  );
}
