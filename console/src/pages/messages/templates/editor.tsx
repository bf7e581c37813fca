import { useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RotateCcw, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { answer, api } from "../../../api/client";
import { useAct } from "../../../app/act";
import { useMay } from "../../../app/session";
import { Button, Confirm, cx, Failed, Moment, Select, SkeletonRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { type Finding, type Language, type Template, templateKeys, useFindings, useTemplate, useVersions } from "./data";
import { shownFindings } from "./findings";
import { lineStart } from "./lines";
import { useSettled } from "./settled";
import { templateWords } from "./words";

type Props = { template: Template; language: Language; draft: string | undefined; onDraft: (draft: string | undefined) => void };

/** Who did it, without the id that the record has beside the name. */
const nameOf = (by: string) => by.replace(/ \((?:per|key)_\w+\)$/, "");

/** The file of a template: read by everybody, changed by whoever may publish, with what is wrong beside it. */
export function Editor({ template, language, draft, onDraft }: Props) {
  const say = useWords(templateWords);
  const format = useFormats();
  const may = useMay();
  const client = useQueryClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const [asked, ask] = useState<"publish" | "withdraw" | null>(null);
  const told = useTemplate(template.name, language);
  const versions = useVersions(template.name, language);
  const can = may("policy:act");
  const text = draft ?? told.data?.text ?? "";
  const changed = draft !== undefined && draft !== told.data?.text;
  const settled = useSettled(text);
  const checked = useFindings(template.name, language, settled, changed && settled !== "");
  const findings = changed ? shownFindings(checked.data?.findings ?? []) : [];
  const isRight = changed && settled === text && !checked.isFetching && checked.data?.right === true;
  const stale = [templateKeys.all, ["messages", "preview"]];
  const publish = useAct({
    run: (reason: string) => answer(api.PUT("/v1/templates/{template}", { params: { path: { template: template.name } }, body: { language, text, reason: reason || undefined } })),
    done: say.published, stale, onDone: () => onDraft(undefined),
  });
  const withdraw = useAct({
    run: (reason: string) => answer(api.POST("/v1/templates/{template}/withdraw", { params: { path: { template: template.name } }, body: { language, reason: reason || undefined } })),
    done: say.withdrawn, stale, onDone: () => onDraft(undefined),
  });
  useEffect(() => () => void client.removeQueries({ queryKey: [...templateKeys.one(template.name, language), "check"] }), [client, template.name, language]);
  const go = (finding: Finding) => {
    const start = lineStart(text, finding.line) + finding.column - 1;
    area.current?.focus();
    area.current?.setSelectionRange(start, start);
    // Rows of the text are 20 pixels high.
    area.current?.scrollTo({ top: Math.max(0, (finding.line - 6) * 20) });
  };
  if (told.isPending) return <SkeletonRows rows={14} />;
  if (told.isError) return <Failed error={told.error} retry={() => void told.refetch()} />;
  const wrong = new Set(findings.filter((one) => one.severity === "error").map((one) => one.line));
  const older = (versions.data ?? []).filter((one) => one.text);
  return (
    <section aria-label={say.file} className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="text-sm text-muted">
          {told.data.own ? <>{say.ownSince} <Moment value={told.data.published_at} />, {nameOf(told.data.published_by ?? "")}</> : say.shipped}
        </p>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {can && (older.length > 1 || (older.length > 0 && !told.data.own)) && (
            <Select label={say.versions} className="w-44" placeholder={say.versions} value={undefined} onChange={(number) => onDraft(older.find((one) => String(one.number) === number)?.text ?? undefined)} choices={older.map((one) => ({ value: String(one.number), label: say.version(one.number), hint: `${format.moment(one.published_at)} · ${one.reason ?? nameOf(one.published_by)}` }))} />
          )}
          {can && told.data.own && <Button size="sm" look="quiet" onClick={() => ask("withdraw")}><RotateCcw />{say.withdraw}</Button>}
          {changed && <Button size="sm" onClick={() => onDraft(undefined)}>{say.discard}</Button>}
          {can && <Button size="sm" look="primary" disabled={!isRight} busy={publish.isPending} onClick={() => ask("publish")}>{say.publish}</Button>}
        </div>
      </div>
      <div className={cx("flex h-88 overflow-hidden 2xl:h-120 rounded-lg border bg-surface font-mono text-sm leading-5", findings.some((one) => one.severity === "error") ? "border-bad" : "border-line-strong")}>
        <div ref={gutter} aria-hidden className="w-10 shrink-0 overflow-hidden border-r border-line bg-canvas py-2 text-right text-faint select-none">
          {text.split("\n").map((_, at) => <div key={at} className={cx("h-5 pr-2", wrong.has(at + 1) && "bg-bad-soft text-bad")}>{at + 1}</div>)}
        </div>
        <textarea
          ref={area}
          aria-label={say.file}
          aria-describedby="template-findings"
          readOnly={!can}
          spellCheck={false}
          wrap="off"
          value={text}
          onChange={(event) => onDraft(event.target.value)}
          onScroll={(event) => { if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop; }}
          className="scrollbar-thin min-w-0 flex-1 resize-none bg-transparent p-2 whitespace-pre text-ink focus-visible:outline-offset-[-2px]"
        />
      </div>
      <div id="template-findings" role="status" className="flex flex-col gap-1">
        {!changed ? can && <p className="text-sm text-muted">{say.editHelp}</p> : checked.isError ? <Failed error={checked.error} /> : checked.isPending ? <p className="text-sm text-muted">{say.checking}</p> : findings.length === 0 ? (
          <p className="flex items-center gap-1.5 text-sm text-good"><CircleCheck className="size-4" />{say.right}</p>
        ) : findings.slice(0, 50).map((finding, at) => (
          <button key={at} type="button" onClick={() => go(finding)} className="flex items-baseline gap-2 rounded-md px-2 py-1 text-left text-sm hover:bg-hover">
            {finding.severity === "error" ? <CircleAlert className="size-4 shrink-0 self-center text-bad" /> : <TriangleAlert className="size-4 shrink-0 self-center text-warn" />}
            <span className="num shrink-0 text-muted">{say.line(finding.line)}</span>
            <span><span className="font-medium">{finding.message}</span>{finding.mend && <span className="text-muted">. {finding.mend}</span>}</span>
          </button>
        ))}
      </div>
      <details className="text-sm">
        <summary className="cursor-default text-muted hover:text-ink">{say.variables}</summary>
        <p className="mt-1.5 flex flex-wrap gap-1">{told.data.variables.map((one) => <code key={one} className="rounded-sm bg-active px-1.5 py-0.5 text-xs">{one}</code>)}</p>
      </details>
      {asked && (
        <Confirm
          open
          onOpenChange={(open) => !open && ask(null)}
          title={asked === "publish" ? say.publishTitle : say.withdrawTitle}
          consequences={asked === "publish" ? say.publishText(template.used_by.length) : say.withdrawText}
          act={asked === "publish" ? say.publish : say.withdraw}
          reason="optional"
          onConfirm={async (reason) => { await (asked === "publish" ? publish : withdraw).mutateAsync(reason ?? ""); }}
        />
      )}
    </section>
  );
}
