import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { usePageKey } from "../../../app/page-key";
import { SidePanel } from "../../../app/side";
import { Ago, Badge, Button, Facts, Money } from "../../../ui";
import { useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { words as policyWords } from "../../policy/words";
import { useName } from "../../receivables/names";
import { templateWords } from "../templates/words";
import type { Approval } from "./data";
import { type Group, sampled } from "./group";
import { WouldSend } from "./letters";
import type { useApprovalActs } from "./use-acts";
import { approvalWords } from "./words";

/** Letters of a group that are read before all of it is approved. */
const SAMPLE = 5;

type Props = { group: Group<Approval>; acts: ReturnType<typeof useApprovalActs>; onClose: () => void };

/** A whole group: some of its letters from all over, then everything in one act. */
export function BatchPanel({ group, acts, onClose }: Props) {
  const say = useWords(approvalWords);
  const { verbs } = useWords(policyWords);
  const templates = useWords(templateWords);
  const tells = useWords(telling);
  const [at, setAt] = useState(0);
  const sample = useMemo(() => sampled(group.rows, SAMPLE), [group]);
  const place = Math.min(at, Math.max(sample.length - 1, 0));
  const row = sample[place];
  const name = useName(row?.customer ?? "", Boolean(row));
  const step = (by: number) => setAt((place + by + sample.length) % Math.max(sample.length, 1));
  usePageKey("n", () => step(1), sample.length > 1);
  usePageKey("p", () => step(-1), sample.length > 1);
  return (
    <SidePanel
      label={say.batch}
      title={stepName(group.step, tells)}
      note={<span className="flex flex-wrap items-center gap-2"><Badge tone="info">{verbs[group.verb] ?? group.verb}</Badge>{group.template && (templates.names[group.template] ?? group.template)}</span>}
      onClose={onClose}
      footer={acts.can && (
        <>
          <Button look="primary" busy={acts.progress !== null} onClick={() => acts.start("approve", group.rows)}>{say.approveAll(group.rows.length)}</Button>
          <Button busy={acts.progress !== null} onClick={() => acts.start("refuse", group.rows)}>{say.rejectAll(group.rows.length)}</Button>
        </>
      )}
    >
      <div className="flex flex-col gap-5">
        <Facts
          rows={[
            [say.customers, String(group.customers)],
            [say.due, <span key="d" className="flex flex-wrap gap-x-3">{group.sums.map((sum) => <Money key={sum.currency} value={sum} className="font-medium" />)}</span>],
            [say.since, <Ago key="s" value={group.since} />],
          ]}
        />
        {row && (
          <section className="flex flex-col gap-2">
            <div className="flex items-center gap-1">
              <h3 className="font-semibold">{say.sampleOf(place + 1, sample.length)}</h3>
              <Button look="quiet" size="sm" icon className="ml-auto" disabled={sample.length < 2} aria-label={say.before} title={`${say.before} (p)`} onClick={() => step(-1)}><ChevronLeft /></Button>
              <Button look="quiet" size="sm" icon disabled={sample.length < 2} aria-label={say.next} title={`${say.next} (n)`} onClick={() => step(1)}><ChevronRight /></Button>
            </div>
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-muted"><span className="text-ink">{name?.name ?? row.customer_external_id}</span><span className="num">{row.receivable_external_id}</span><Money value={row.due} /></p>
            <WouldSend key={row.receivable + row.step} row={row} />
          </section>
        )}
      </div>
    </SidePanel>
  );
}
