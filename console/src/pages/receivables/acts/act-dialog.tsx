import { type FormEvent, useId, useRef, useState } from "react";
import { Problem } from "../../../api/problem";
import { useSession } from "../../../app/session";
import { useProblemText, useTellDone } from "../../../app/toasts";
import { Button, CopyText, Dialog, Notice } from "../../../ui";
import { common, decimal, minor, useFormats, useWords } from "../../../words";
import { addDays } from "../days";
import { useRefresh } from "../data";
import { AmountField, CauseField, DayField, InstrumentFields, MethodField, ReasonField, StepField } from "./fields";
import { Held } from "../../../api/problem";
import { freshKey } from "../../../api/client";
import { useTellOutcome } from "./held";
import { final, limited, ownCauses, type Receivable, type ReceivableAct, undoes, type Values, waiting } from "./kinds";
import { type Done, isOpenEnded, runAct } from "./run";
import { actWords } from "./words";

type Props = { act: ReceivableAct; receivable: Receivable; today: string; onClose: () => void };

const WITH_AMOUNT: ReadonlySet<ReceivableAct> = new Set(["payment", "credit", "reduce", "fee", "withhold", "refund", "chargeBack"]);
const AMOUNT_MAY: ReadonlySet<ReceivableAct> = new Set(["credit", "refund", "chargeBack"]);
const WITH_DAY: ReadonlySet<ReceivableAct> = new Set(["payment", "reduce", "fee", "withhold", "refund", "chargeBack"]);

/** What an act starts with: what it most likely will be. */
function first(act: ReceivableAct, receivable: Receivable, today: string): Values {
  const due = receivable.stands?.due.total ?? receivable.balance;
  switch (act) {
    case "hold":
      return { cause: "hold" };
    case "release":
      return { cause: ownCauses(receivable).find((cause) => cause !== "promise") as Values["cause"] };
    case "promise":
      return { on: addDays(today, 3) };
    case "withdraw":
      return { on: receivable.stands?.promised_on ?? undefined };
    case "payment":
      return { on: today, amount: due };
    case "instrument":
      return { rail: "pix" };
    case "approve":
    case "reject":
      return { step: waiting(receivable)[0] };
    default:
      return {};
  }
}

/** Asks what an act needs, says what it brings about, carries it out, and shows what came of it. */
export function ActDialog({ act, receivable, today, onClose }: Props) {
  const say = useWords(actWords);
  const usual = useWords(common);
  const format = useFormats();
  const tellDone = useTellDone();
  const tellOutcome = useTellOutcome();
  const text = useProblemText();
  const refresh = useRefresh();
  const { caller } = useSession();
  const form = useId();
  const [values, setValues] = useState<Values>(() => first(act, receivable, today));
  const [typed, setTyped] = useState(() => (values.amount ? values.amount.amount.replace(".", format.lang === "pt" ? "," : ".") : ""));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Done | null>(null);
  // The same request keeps its key while nobody knows whether it arrived.
  const key = useRef(freshKey());

  const words = say.acts[act];
  const currency = receivable.amount.currency;
  const due = receivable.stands?.due.total ?? receivable.balance;
  const stake = limited.has(act) ? (values.amount ?? due) : null;
  const over = stake && caller.limit !== null && caller.limit !== undefined && minor(stake) > caller.limit;
  const missing = (WITH_AMOUNT.has(act) && !AMOUNT_MAY.has(act) && !values.amount) || (act === "promise" && !values.on) || ((act === "hold" || act === "release") && !values.cause);

  async function undo(back: ReceivableAct) {
    try {
      await runAct(back, receivable.id, { cause: values.cause, on: values.on });
      tellDone(say.undone);
    } catch (error) {
      tellOutcome(error);
    }
    await refresh([receivable.id], [receivable.customer]);
  }

  async function go(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const done = await runAct(act, receivable.id, values, key.current);
      const back = undoes[act];
      tellDone(done.amount && WITH_AMOUNT.has(act) ? `${words.done}. ${say.after(format.money(done.amount))}` : words.done, back && (() => void undo(back)));
      void refresh([receivable.id], [receivable.customer]);
      if (done.code || done.line || done.link) setMade(done);
      else onClose();
    } catch (error) {
      if (!isOpenEnded(error)) key.current = freshKey();
      if (error instanceof Held) {
        tellOutcome(error);
        void refresh([receivable.id], [receivable.customer]);
        onClose();
      } else if (error instanceof Problem) setProblem(error);
      else tellOutcome(error);
    } finally {
      setBusy(false);
    }
  }

  const shared = { values, onChange: setValues, problem };
  const unplaced = problem && !problem.fields.some((field) => ["/cause", "/on", "/amount", "/amount/amount", "/method", "/rail", "/gateway", "/valid_until"].includes(field.at));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.name}
      description={`${receivable.external_id} · ${format.money(due)}`}
      footer={
        made ? (
          <Button look="primary" onClick={onClose}>{usual.close}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{usual.cancel}</Button>
            <Button type="submit" form={form} look={final.has(act) ? "danger" : "primary"} busy={busy} disabled={missing}>{words.name}</Button>
          </>
        )
      }
    >
      {made ? (
        <div className="flex flex-col gap-3">
          <p className="text-muted">{say.copyReady}{made.amount && <>: {format.money(made.amount)}</>}</p>
          {made.code && <CopyText label="Pix" value={made.code} wrap />}
          {made.line && <CopyText label={say.rails.boleto} value={made.line} wrap />}
          {made.link && <CopyText label={say.rails.card} value={made.link} wrap />}
        </div>
      ) : (
        <form id={form} onSubmit={(event) => void go(event)} className="flex flex-col gap-4">
          <p className="text-muted">{words.means}</p>
          {act === "hold" && <CauseField {...shared} />}
          {act === "release" && <CauseField {...shared} among={ownCauses(receivable).filter((cause) => cause !== "promise")} />}
          {WITH_AMOUNT.has(act) && <AmountField {...shared} text={typed} onText={setTyped} currency={currency} optional={AMOUNT_MAY.has(act)} />}
          {act === "promise" && <DayField {...shared} label={say.dayPromised} min={today} />}
          {WITH_DAY.has(act) && <DayField {...shared} label={say.dayCounts} max={today} optional />}
          {act === "charge" && <MethodField {...shared} customer={receivable.customer} />}
          {act === "instrument" && <><InstrumentFields {...shared} /><DayField {...shared} label={say.validUntil} min={today} optional at="/valid_until" /></>}
          {(act === "approve" || act === "reject") && <StepField {...shared} steps={waiting(receivable)} />}
          <ReasonField {...shared} />
          {over && <Notice tone="warn">{say.overLimit(format.money({ amount: decimal(caller.limit ?? 0), currency }))}</Notice>}
          {unplaced && <Notice tone="bad">{text(problem)}</Notice>}
        </form>
      )}
    </Dialog>
  );
}
