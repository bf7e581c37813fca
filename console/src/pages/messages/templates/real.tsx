import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { slow } from "../../../api/slow";
import { Button, Failed, Field, Input, Moment, Notice, SkeletonRows } from "../../../ui";
import { enums, useWords } from "../../../words";
import { stepName } from "../../customers/telling/tell";
import { telling } from "../../customers/telling/words";
import { Letter } from "./letter";
import { templateWords } from "./words";

/** The next messages to one customer, written by the code that will send them. */
export function RealCustomer({ template }: { template: string }) {
  const say = useWords(templateWords);
  const names = useWords(enums).channel;
  const tells = useWords(telling);
  const [typed, setTyped] = useState("");
  const [customer, setCustomer] = useState("");
  const plan = useQuery({
    queryKey: [...keys.plan, "letters", customer],
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/customers/{customer}/plan", { params: { path: { customer }, query: { days: 60, render: true, most: 60 } }, signal })), signal),
    enabled: customer !== "",
    retry: false,
  });
  const letters = (plan.data?.steps ?? []).flatMap((step) => step.letters.map((letter) => ({ step, letter })));
  const unwritten = (plan.data?.steps ?? []).flatMap((step) => (step.unwritten ? [step.unwritten] : []));
  const these = letters.filter((one) => one.letter.template === template);
  const others = letters.filter((one) => one.letter.template !== template);
  const go = (event: FormEvent) => {
    event.preventDefault();
    setCustomer(typed.trim());
  };
  const draw = (list: typeof letters) => list.map(({ step, letter }, at) => (
    <div key={at} className="flex flex-col gap-1.5">
      <div className="flex flex-wrap gap-x-3 text-sm text-muted">
        <Moment value={step.at} /><span>{names?.[letter.channel] ?? letter.channel}</span><span>{say.names[letter.template] ?? letter.template}</span><span>{stepName(step.step, tells)}</span>
      </div>
      <Letter to={letter.to} subject={letter.subject} text={letter.text} />
    </div>
  ));
  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={go} className="flex items-end gap-2">
        <Field label={say.code}><Input data-page-search="" className="w-56!" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" /></Field>
        <Button type="submit" disabled={!typed.trim()} busy={plan.isFetching}>{say.look_up}</Button>
      </form>
      {customer === "" ? <p className="text-muted">{say.codeHelp}</p> : plan.isPending ? <SkeletonRows rows={8} /> : plan.isError ? <Failed error={plan.error} retry={() => void plan.refetch()} /> : (
        <>
          {unwritten.length > 0 && <Notice tone="warn" title={say.unwritten}>{unwritten[0]}</Notice>}
          {letters.length === 0 && unwritten.length === 0 && <p className="text-muted">{say.realNone}</p>}
          {these.length === 0 && others.length > 0 && <p className="text-muted">{say.realNotThis(say.names[template] ?? template)}</p>}
          {draw(these)}
          {these.length > 0 && others.length > 0 && <h3 className="font-semibold">{say.realOthers}</h3>}
          {draw(others)}
        </>
      )}
    </div>
  );
}
