import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { Badge, Money, Segments, Sheet } from "../../ui";
import { useFormats, useWords } from "../../words";
import { words } from "./words";

type Outcome = Schemas["PlannedStep"]["outcome"];
const TONES = { done: "good", skipped: "warn", deferred: "info" } as const;
/** Rows that are drawn at once; more are asked for by the button. */
const PAGE = 100;

/** Each planned step with the engine's own sentence about it. */
export function AheadSheet({ plan, onOpenChange }: { plan: Schemas["Plan"]; onOpenChange: (open: boolean) => void }) {
  const say = useWords(words);
  const format = useFormats();
  const outcomes = (["done", "skipped", "deferred"] as const).filter((one) => plan.steps.some((step) => step.outcome === one));
  const [outcome, choose] = useState<Outcome>(outcomes[0] ?? "done");
  const [most, setMost] = useState(PAGE);
  const rows = plan.steps.filter((step) => step.outcome === outcome);
  return (
    <Sheet open onOpenChange={onOpenChange} title={say.aheadDetail} description={say.aheadDetailText} wide>
      {outcomes.length > 1 && (
        <div className="mb-3">
          <Segments label={say.aheadDetail} value={outcome} onChange={(next) => { choose(next); setMost(PAGE); }} choices={outcomes.map((one) => ({ value: one, label: `${say.outcome[one]} (${format.number(plan.steps.filter((step) => step.outcome === one).length)})` }))} />
        </div>
      )}
      <ul className="flex flex-col">
        {rows.slice(0, most).map((step, at) => (
          <li key={at} className="border-b border-line py-2.5 last:border-0">
            <div className="flex flex-wrap items-center justify-between gap-x-3">
              <div className="flex min-w-0 items-center gap-2">
                <Link to="/customers/$customer" params={{ customer: step.customer }} className="truncate font-medium hover:text-accent hover:underline">{step.customer_name ?? step.customer}</Link>
                <Badge tone={TONES[step.outcome]}>{step.step}</Badge>
              </div>
              <div className="num flex items-center gap-3 text-sm text-muted">
                <Link to="/receivables/$receivable" params={{ receivable: step.receivable }} className="hover:text-accent hover:underline">{step.receivable}</Link>
                <Money value={step.due} className="text-ink" />
                <span>{format.moment(step.at)}</span>
              </div>
            </div>
            <p lang="en" className="mt-0.5 text-sm text-muted">{step.sentence}</p>
          </li>
        ))}
      </ul>
      {rows.length > most && <button type="button" onClick={() => setMost(most + PAGE)} className="mt-2 text-sm text-accent hover:underline">{say.more(format.number(rows.length - most))}</button>}
    </Sheet>
  );
}
