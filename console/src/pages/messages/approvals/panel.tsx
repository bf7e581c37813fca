import { Link } from "@tanstack/react-router";
import { SidePanel } from "../../../app/side";
import { Badge, Button, Facts, Keys, Money, Moment } from "../../../ui";
import { useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { words as policyWords } from "../../policy/words";
import { useName } from "../../receivables/names";
import { templateWords } from "../templates/words";
import type { Approval } from "./data";
import { WouldSend } from "./letters";
import type { useApprovalActs } from "./use-acts";
import { approvalWords } from "./words";

type Props = { row: Approval; acts: ReturnType<typeof useApprovalActs>; onClose: () => void };

/** One step before it is released: to whom, what it does, and what would be sent. */
export function ApprovalPanel({ row, acts, onClose }: Props) {
  const say = useWords(approvalWords);
  const { verbs } = useWords(policyWords);
  const templates = useWords(templateWords);
  const tells = useWords(telling);
  const name = useName(row.customer);
  return (
    <SidePanel
      label={say.selected}
      title={name?.name ?? row.customer_external_id}
      note={<span className="flex flex-wrap items-center gap-2">{row.customer_external_id}<Badge tone="info">{verbs[row.do] ?? row.do}</Badge></span>}
      onClose={onClose}
      footer={
        <>
          {acts.can && (
            <>
              <Button look="primary" busy={acts.progress !== null} onClick={() => acts.start("approve", [row])}>{say.approve}<Keys text="a" /></Button>
              <Button busy={acts.progress !== null} onClick={() => acts.start("refuse", [row])}>{say.reject}<Keys text="r" /></Button>
            </>
          )}
          <Button asChild look="quiet" className="ml-auto"><Link to="/customers/$customer" params={{ customer: row.customer }}>{say.openCustomer}</Link></Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Facts
          rows={[
            [say.receivable, <Link key="r" to="/receivables/$receivable" params={{ receivable: row.receivable }} className="num hover:text-accent hover:underline">{row.receivable_external_id}</Link>],
            [say.due, <Money key="d" value={row.due} className="font-medium" />],
            [say.step, stepName(row.step, tells)],
            row.template && [say.template, templates.names[row.template] ?? row.template],
            [say.since, <Moment key="s" value={row.since} />],
            row.until && [say.until, <Moment key="u" value={row.until} className="font-medium text-warn" />],
          ]}
        />
        <section className="flex flex-col gap-2">
          <h3 className="font-semibold">{say.sample}</h3>
          <WouldSend row={row} />
        </section>
      </div>
    </SidePanel>
  );
}
