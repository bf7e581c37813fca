import { Badge, Facts, Notice } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import type { Receivable } from "../data";
import { panelWords } from "./words";

type Wait = NonNullable<Receivable["stands"]>["waits"][number];

/** Steps that wait for the same and as long are told at once, those that wait longest first. */
function together(waits: readonly Wait[]): [Wait, ...Wait[]][] {
  const groups = new Map<string, [Wait, ...Wait[]]>();
  for (const wait of [...waits].sort((a, b) => (a.since < b.since ? -1 : 1))) {
    const key = `${wait.reason}|${wait.until ?? ""}`;
    const known = groups.get(key);
    if (known) known.push(wait);
    else groups.set(key, [wait]);
  }
  return [...groups.values()];
}

/** Where it is on its ladder: what was last, what waits and why, what comes. */
export function Ladder({ receivable }: { receivable: Receivable }) {
  const say = useWords(panelWords);
  const tells = useWords(telling);
  const format = useFormats();
  const modes = useWords(enums).mode;
  const stands = receivable.stands;
  if (!stands) return <Notice tone="warn">{say.parked}</Notice>;
  const name = (step: string) => stepName(step, tells);
  return (
    <div className="flex flex-col gap-3">
      {together(stands.waits).map((waits) => {
        const [wait] = waits;
        return (
          <div key={wait.step} className="rounded-lg border border-line bg-warn-soft px-3 py-2">
            <div className="font-medium text-warn">{say.waits}: {waits.map((one) => name(one.step)).join(", ")}</div>
            <div className="text-sm">
              {tells.deferred[wait.reason] ?? wait.sentence}
              {". "}
              {wait.until ? tells.waitsUntil(format.moment(wait.until)) : tells.waits}
              {", "}
              {say.since(format.moment(wait.since))}
            </div>
          </div>
        );
      })}
      <Facts
        rows={[
          stands.next_step
            ? [say.nextStep, <span key="n" className="font-medium">{name(stands.next_step.step)}{stands.next_step.at && <span className="font-normal text-muted"> · {format.moment(stands.next_step.at)}</span>}</span>]
            : [say.nextStep, <span key="n" className="text-muted">{say.noNext}</span>],
          stands.last_step && [
            say.lastStep,
            <span key="l">{name(stands.last_step.step)} <Badge tone={stands.last_step.done ? "good" : "neutral"}>{stands.last_step.done ? say.done : say.skipped}</Badge> <span className="text-muted">{format.moment(stands.last_step.at)}</span></span>,
          ],
          Boolean(receivable.policy_name) && [say.policy, say.policyVersion(receivable.policy_name ?? "", receivable.policy_version)],
          [say.segment, stands.segment === stands.ladder ? stands.segment : `${stands.segment} → ${stands.ladder}`],
          [say.mode, `${modes?.[stands.mode] ?? stands.mode}${stands.cycle > 0 ? `, ${say.cycle(stands.cycle)}` : ""}`],
        ]}
      />
      {stands.comes.length > 1 && (
        <div>
          <h3 className="mb-1 text-sm font-medium text-muted">{say.comes}</h3>
          <ol className="flex flex-col">
            {stands.comes.slice(0, 12).map((step) => (
              <li key={`${step.step}${step.at}`} className="flex justify-between gap-4 border-b border-line py-1 last:border-0">
                <span>{name(step.step)}</span>
                <span className="num text-muted">{step.at ? format.moment(step.at) : say.unknownSteps}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
      {stands.unknown.length > 0 && <p className="text-sm text-muted">{say.unknownSteps}: {stands.unknown.map(name).join(", ")}</p>}
    </div>
  );
}
