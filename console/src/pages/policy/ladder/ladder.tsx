import { FileWarning } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useMay } from "../../../app/session";
import { useTellDone } from "../../../app/toasts";
import { Button, Empty, Failed } from "../../../ui";
import { useWords } from "../../../words";
import { type Finding, lineOf, offsetOf } from "../data";
import type { Draft } from "../draft";
import { setKey, type StepAt, swapKey } from "../text/edit";
import { readPolicy, type StepText } from "../text/read";
import { dropStep, insertStep, moveStep, renameStep } from "../text/steps";
import { useTellNotHere } from "../tell";
import { words } from "../words";
import { AddDialog } from "./add-dialog";
import { announcing, type StepEdit, StepForm } from "./form";
import { makeAxis } from "./geometry";
import { AxisHead, Lane, useWidth, whenOf, type Worst } from "./lane";
import { Legend } from "./legend";
import { Panel, usePanelBeside } from "./panel";
import { useDrag } from "./use-drag";
import { ladderWords } from "./words";

/** The ladders of the draft, drawn along the due date. */
export function LadderPart({ draft, findings, onLine }: { draft: Draft; findings: readonly Finding[]; onLine: (line: number) => void }) {
  const say = useWords(ladderWords);
  const page = useWords(words);
  const may = useMay();
  const tellDone = useTellDone();
  const tellNotHere = useTellNotHere();
  const able = may("policy:act");
  const policy = useMemo(() => readPolicy(draft.text), [draft.text]);
  const { box, width } = useWidth(640);
  const axis = useMemo(() => (width ? makeAxis(policy.ladders, width) : null), [policy, width]);
  const [chosen, choose] = useState<StepAt | null>(null);
  const [adding, setAdding] = useState<string | null>(null);
  const beside = usePanelBeside();
  const step = chosen && policy.ladders.find((one) => one.name === chosen.ladder)?.steps[chosen.index];

  const change = (edit: (text: string) => string) => {
    try {
      draft.edit(edit(draft.text));
      return true;
    } catch (error) {
      tellNotHere(error);
      return false;
    }
  };
  const remove = (one: StepText) => {
    const before = draft.text;
    if (change((text) => dropStep(text, one))) {
      choose(null);
      tellDone(say.removed(one.id), () => draft.edit(before));
    }
  };
  const drag = useDrag({
    able, axis, ladders: policy.ladders,
    onMove: (one, units) => void change((text) => moveStep(text, one, units)),
    onOpen: (one) => choose({ ladder: one.ladder, index: one.index }),
    onRemove: remove,
  });

  const marks = useMemo(() => findings.map((finding) => ({ at: offsetOf(draft.text, finding.line, finding.column), severity: finding.severity })), [findings, draft.text]);
  const worst = useCallback((one: StepText): Worst => {
    const mine = marks.filter((mark) => mark.at >= one.from && mark.at <= one.to);
    return mine.some((mark) => mark.severity === "error") ? "error" : mine.length ? "warning" : undefined;
  }, [marks]);

  const edit: StepEdit | null = step ? {
    locked: !able,
    set: (key, put) => void change((text) => setKey(text, step, key, put)),
    swap: (key, by, value) => void change((text) => swapKey(text, step, key, by, value)),
    repeat: (every, until) => void change((text) => (every ? setKey(setKey(text, step, "every", every), step, "until", until) : setKey(setKey(text, step, "until", null), step, "every", null))),
    rename: (id) => void change((text) => renameStep(text, step, id)),
    announce: (by, on) => void change((text) => setKey(text, by, "announces", announcing(by, step.id, on))),
    remove: () => remove(step),
  } : null;

  if (policy.broken) {
    const { at, message } = policy.broken;
    return <Empty icon={<FileWarning />} title={say.broken} action={<Button onClick={() => onLine(lineOf(draft.text, at))}>{page.openText}</Button>}><span lang="en">{message}</span></Empty>;
  }
  if (policy.ladders.length === 0) return <Failed error={new Error(say.broken)} />;
  return (
    <div className="flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <div className="rounded-lg border border-line bg-surface">
          <div ref={box} className="scrollbar-thin overflow-x-auto" role="region" aria-label={say.axis} tabIndex={width > 640 ? -1 : 0}>
            {axis && (
              <div style={{ width: axis.width }}>
                <AxisHead axis={axis} />
                {policy.ladders.map((ladder) => (
                  <Lane key={ladder.name} ladder={ladder} axis={axis} chosen={chosen?.ladder === ladder.name ? chosen.index : null} worst={worst} drag={drag} onAdd={able ? () => setAdding(ladder.name) : null} />
                ))}
              </div>
            )}
          </div>
          <Legend />
        </div>
        <p id="ladder-hint" className="mt-2 text-sm text-muted">{able ? `${say.hint} ` : ""}{say.far}</p>
        <div aria-live="polite" className="sr-only">{step ? say.moved(step.id, whenOf(step)) : ""}</div>
      </div>
      {step && edit && (
        <Panel beside={beside} title={page.verbs[step.verb] ?? step.verb} description={say.stepOf(step.ladder)} onClose={() => choose(null)}>
          <StepFindings findings={findings} text={draft.text} step={step} onLine={onLine} />
          <StepForm key={`${step.ladder}/${step.index}`} policy={policy} step={step} edit={edit} />
        </Panel>
      )}
      {adding && (
        <AddDialog
          text={draft.text}
          ladder={adding}
          onClose={() => setAdding(null)}
          onAdd={(day, keys) => {
            change((text) => {
              const put = insertStep(text, adding, day, keys);
              choose({ ladder: adding, index: put.index });
              return put.text;
            });
            setAdding(null);
          }}
        />
      )}
    </div>
  );
}

function StepFindings({ findings, text, step, onLine }: { findings: readonly Finding[]; text: string; step: StepText; onLine: (line: number) => void }) {
  const page = useWords(words);
  const mine = findings.filter((finding) => {
    const at = offsetOf(text, finding.line, finding.column);
    return at >= step.from && at <= step.to;
  });
  if (mine.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-col gap-2">
      {mine.map((finding, at) => (
        <li key={at} className={finding.severity === "error" ? "rounded-md bg-bad-soft px-3 py-2 text-sm text-bad" : "rounded-md bg-warn-soft px-3 py-2 text-sm text-warn"}>
          <span lang="en">{finding.message}</span>
          {finding.mend && <span lang="en" className="block text-ink">{finding.mend}</span>}
          <button type="button" className="mt-0.5 font-medium underline" onClick={() => onLine(finding.line)}>{page.line(finding.line)}</button>
        </li>
      ))}
    </ul>
  );
}
