import { Link } from "@tanstack/react-router";
import { Badge, Card, Money, Moment, Skeleton, type Tone } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { words as receivableWords } from "../../receivables/words";
import { consequence, stepName, channelNames } from "../telling/tell";
import { readDone } from "../telling/parse";
import { telling } from "../telling/words";
import { type Customer, useAccess, usePlan } from "../data";
import { writesOf } from "../life/entry";
import { pageWords } from "./words";

const ACCESS_TONES: Record<string, Tone> = { active: "good", grace: "warn", limited: "warn", suspended: "bad", cancelled: "bad" };

/** Badges beside the name: what stands out. */
export function Marks({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  const causes = useWords(receivableWords).cause;
  const modes = useWords(enums).mode;
  const stands = customer.stands;
  return (
    <>
      {stands?.held_for.map((hold) => <Badge key={hold.cause} tone="warn" dot>{causes[hold.cause] ?? hold.cause}</Badge>)}
      {stands && stands.broken_promises > 0 && <Badge tone="bad">{say.brokenPromises(stands.broken_promises)}</Badge>}
      {stands && stands.mode !== "live" && <Badge>{modes?.[stands.mode] ?? stands.mode}</Badge>}
    </>
  );
}

/** Three things that whoever calls a customer has to know: what is owed, what may be used, what comes next. */
export function Standing({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  return (
    <div className="grid gap-3 md:grid-cols-3">
      <Card>
        <div className="text-sm text-muted">{say.owes}</div>
        {customer.balances.length === 0 ? (
          <div className="mt-0.5 text-lg font-semibold">{say.owesNothing}</div>
        ) : (
          customer.balances.map((one) => (
            <div key={one.due.currency} className="mt-0.5">
              <div className="text-2xl font-semibold tracking-tight"><Money value={one.due} /></div>
              <div className="text-sm text-muted">{say.openCount(one.open_receivables)} · <Entered value={one.balance} /></div>
            </div>
          ))
        )}
        {customer.credit.length > 0 && <div className="mt-1 text-sm text-good">{say.credit}: {customer.credit.map((one) => <Money key={one.currency} value={one} className="mr-2" />)}</div>}
      </Card>
      <AccessCard id={customer.id} />
      <NextCard id={customer.id} />
    </div>
  );
}

function Entered({ value }: { value: { amount: string; currency: string } }) {
  const say = useWords(pageWords);
  const format = useFormats();
  return <span className="num">{say.entered(format.money(value))}</span>;
}

function AccessCard({ id }: { id: string }) {
  const say = useWords(pageWords);
  const tells = useWords(telling);
  const format = useFormats();
  const { data, isPending, fetchStatus } = useAccess(id);
  if (isPending && fetchStatus === "idle") return null;
  const name = (state: string) => {
    const word = tells.access[state] ?? state;
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  };
  return (
    <Card>
      <div className="text-sm text-muted">{say.access}</div>
      {!data ? <Skeleton className="mt-2 h-5 w-24" /> : data.access.map((one, at) => (
        <div key={one.subscription ?? at} className="mt-1">
          <div className="flex items-center gap-2"><Badge tone={ACCESS_TONES[one.state] ?? "neutral"} dot>{name(one.state)}</Badge>{one.subscription && <span className="truncate text-sm text-muted">{one.subscription}{one.plan && ` · ${one.plan}`}</span>}</div>
          {one.because && <div className="mt-0.5 text-sm text-muted">{say.accessBecause(one.because.receivable_external_id, stepName(one.because.step, tells))}</div>}
          {one.next && (
            <div className="mt-0.5 text-sm text-muted">
              {say.accessNext(name(one.next.state), format.day(one.next.not_before))}, {one.next.announced ? say.announced : say.notAnnounced}
            </div>
          )}
        </div>
      ))}
    </Card>
  );
}

function NextCard({ id }: { id: string }) {
  const say = useWords(pageWords);
  const tells = useWords(telling);
  const format = useFormats();
  const { data, isPending, fetchStatus } = usePlan(id, 30);
  if (isPending && fetchStatus === "idle") return null;
  const next = data?.steps.find((step) => step.outcome === "done");
  const deed = next && readDone(next.sentence);
  const what = deed?.is === "letter"
    ? `${tells.templates[deed.template] ?? deed.template}, ${channelNames(next?.channels ?? [], tells)}`
    : deed ? consequence(deed.consequence, tells, writesOf(format)) : next?.sentence;
  return (
    <Card>
      <div className="text-sm text-muted">{say.nextStep}</div>
      {isPending ? <Skeleton className="mt-2 h-5 w-40" /> : next ? (
        <>
          <div className="mt-0.5 text-lg font-semibold"><Moment value={next.at} /></div>
          <div className="text-sm text-muted">
            <span className="text-ink first-letter:uppercase">{what}</span>{" · "}
            <Link to="/receivables/$receivable" params={{ receivable: next.receivable }} className="hover:text-accent hover:underline">{next.receivable}</Link>
          </div>
        </>
      ) : <div className="mt-0.5 text-muted">{say.noNext}</div>}
    </Card>
  );
}

