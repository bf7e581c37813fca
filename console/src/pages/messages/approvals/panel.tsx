import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api } from "../../../api/client";
import { receivableKeys } from "../../receivables/data";
import { SidePanel } from "../../../app/side";
import { Badge, Button, Facts, Failed, Keys, Money, Moment, Segments, SkeletonRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { words as policyWords } from "../../policy/words";
import { useName } from "../../receivables/names";
import { Letter } from "../templates/letter";
import { templateWords } from "../templates/words";
import { type Approval, type StepMeaning, stepId, useMeanings, useSample } from "./data";
import type { useApprovalActs } from "./use-acts";
import { approvalWords } from "./words";

/** One step before it is released: to whom, what it does, and how its message reads. */
export function ApprovalPanel({ row, acts, onClose }: { row: Approval; acts: ReturnType<typeof useApprovalActs>; onClose: () => void }) {
  const say = useWords(approvalWords);
  const { verbs, states } = useWords(policyWords);
  const templates = useWords(templateWords);
  const tells = useWords(telling);
  const name = useName(row.customer_external_id);
  const id = row.receivable_external_id;
  const receivable = useQuery({
    queryKey: receivableKeys.one(id),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } }, signal })),
  });
  const meanings = useMeanings(receivable.data?.policy_hash ?? undefined);
  const meaning = meanings.data?.of(row.step, receivable.data?.stands?.ladder ?? undefined) ?? null;
  const wait = receivable.data?.stands?.waits.find((one) => stepId(one.step) === stepId(row.step));
  const value = meaning?.value && (states[meaning.value] ?? meaning.value);
  return (
    <SidePanel
      label={say.selected}
      title={name?.name ?? row.customer_external_id}
      note={<span className="flex flex-wrap items-center gap-2">{row.customer_external_id}<Badge tone="info">{verbs[meaning?.verb ?? ""] ?? stepName(row.step, tells)}{value && `: ${value}`}</Badge></span>}
      onClose={onClose}
      footer={
        <>
          {acts.can && (
            <>
              <Button look="primary" busy={acts.progress !== null} onClick={() => acts.start("approve", [row])}>{say.approve}<Keys text="a" /></Button>
              <Button busy={acts.progress !== null} onClick={() => acts.start("reject", [row])}>{say.reject}<Keys text="r" /></Button>
            </>
          )}
          <Button asChild look="quiet" className="ml-auto"><Link to="/customers/$customer" params={{ customer: row.customer_external_id }}>{say.openCustomer}</Link></Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Facts
          rows={[
            [say.receivable, <Link key="r" to="/receivables/$receivable" params={{ receivable: id }} className="num hover:text-accent hover:underline">{id}</Link>],
            [say.due, <Money key="d" value={row.due} className="font-medium" />],
            [say.step, stepName(row.step, tells)],
            meaning?.template && [say.template, templates.names[meaning.template] ?? meaning.template],
            meaning?.tone && [say.tone, tells.tones[meaning.tone] ?? meaning.tone],
            [say.since, <Moment key="s" value={row.since} />],
            wait?.until && [say.until, <Moment key="u" value={wait.until} className="font-medium text-warn" />],
          ]}
        />
        {receivable.isPending || meanings.isLoading ? <SkeletonRows rows={6} /> : meaning?.template ? <Sample meaning={meaning} customer={row.customer_external_id} /> : <p className="text-muted">{meaning ? say.noMessage : say.noTemplate}</p>}
      </div>
    </SidePanel>
  );
}

function Sample({ meaning, customer }: { meaning: StepMeaning; customer: string }) {
  const say = useWords(approvalWords);
  const names = useWords(enums).channel;
  const [channel, setChannel] = useState(meaning.channels[0] ?? "email");
  const profile = useQuery({
    queryKey: ["customers", "one", customer],
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}", { params: { path: { customer } }, signal })),
  });
  const sample = useSample(profile.isPending ? null : { template: meaning.template ?? "", tone: meaning.tone, channel, language: profile.data?.profile?.language });
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{say.sample}</h3>
      <p className="text-sm text-muted">{say.sampleHelp}</p>
      {meaning.channels.length > 1 && <Segments label={say.sample} value={channel} onChange={setChannel} choices={meaning.channels.map((value) => ({ value, label: names?.[value] ?? value }))} />}
      {sample.isPending ? <SkeletonRows rows={6} /> : sample.isError ? <Failed error={sample.error} /> : <Letter subject={sample.data.subject} text={sample.data.text} />}
    </section>
  );
}
