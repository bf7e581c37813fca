/** The acts on a customer as a whole. */
import { BadgeCheck, CircleCheck, CirclePause, CirclePlay, Gavel, HandCoins, Undo2 } from "lucide-react";
import { type FormEvent, type ReactNode, useCallback, useId, useRef, useState } from "react";
import { answer, api, freshKey } from "../../../api/client";
import { Held, Problem } from "../../../api/problem";
import { useMay, useSession } from "../../../app/session";
import { useProblemText, useTellDone } from "../../../app/toasts";
import { Button, Dialog, Notice, type MenuItem } from "../../../ui";
import { common, decimal, minor, useFormats, useWords } from "../../../words";
import { AmountField, CauseField, ReasonField } from "../../receivables/acts/fields";
import { useTellOutcome } from "../../receivables/acts/held";
import type { Values } from "../../receivables/acts/kinds";
import { isOpenEnded } from "../../receivables/acts/run";
import { actWords } from "../../receivables/acts/words";
import { type Customer, useRefreshCustomer, useWaiting } from "../data";
import { pageWords } from "./words";

export const customerActs = ["approve", "pause", "resume", "hold", "release", "credit", "payOut"] as const;
export type CustomerAct = (typeof customerActs)[number];

const ICONS: Record<CustomerAct, ReactNode> = {
  approve: <BadgeCheck />, pause: <CirclePause />, resume: <CirclePlay />, hold: <Gavel />, release: <CircleCheck />, credit: <HandCoins />, payOut: <Undo2 />,
};
const SCOPES: Record<CustomerAct, string> = {
  approve: "receivables:act", pause: "customers:act", resume: "customers:act", hold: "customers:act", release: "customers:act", credit: "money:act", payOut: "money:act",
};
const BACK: Partial<Record<CustomerAct, CustomerAct>> = { pause: "resume", resume: "pause", hold: "release", release: "hold" };

/** Whether it fits how the customer stands. */
export function fits(act: CustomerAct, customer: Customer, waiting: number): boolean {
  if (customer.erased_at) return false;
  const causes = customer.stands?.held_for.map((hold) => hold.cause) ?? [];
  const credit = customer.credit.some((money) => /[1-9]/.test(money.amount));
  switch (act) {
    case "pause":
      return !causes.includes("pause");
    case "resume":
      return causes.includes("pause");
    case "hold":
      return true;
    case "approve":
      return waiting > 0;
    case "release":
      return causes.some((cause) => cause !== "pause");
    case "credit":
      return credit && customer.balances.length > 0;
    case "payOut":
      return credit;
  }
}

export async function runCustomerAct(act: CustomerAct, id: string, values: Values, key: string = freshKey()): Promise<void> {
  const params = { path: { customer: id }, header: { "Idempotency-Key": key } };
  const reason = values.reason || undefined;
  const cause = values.cause ?? "hold";
  switch (act) {
    case "approve":
      return void (await answer(api.POST("/v1/customers/{customer}/approve", { params, body: { reason } })));
    case "pause":
      return void (await answer(api.POST("/v1/customers/{customer}/pause", { params, body: { reason } })));
    case "resume":
      return void (await answer(api.POST("/v1/customers/{customer}/resume", { params, body: { reason } })));
    case "hold":
      return void (await answer(api.POST("/v1/customers/{customer}/hold", { params, body: { cause, reason } })));
    case "release":
      return void (await answer(api.POST("/v1/customers/{customer}/release", { params, body: { cause, reason } })));
    case "credit":
      return void (await answer(api.POST("/v1/customers/{customer}/apply-credit", { params, body: { amount: values.amount, reason } })));
    case "payOut":
      return void (await answer(api.POST("/v1/customers/{customer}/pay-out-credit", { params, body: { amount: values.amount, reason } })));
  }
}

export function useCustomerActs(customer: Customer) {
  const say = useWords(pageWords);
  const own = useWords(actWords);
  const may = useMay();
  const tellDone = useTellDone();
  const tellOutcome = useTellOutcome();
  const refresh = useRefreshCustomer(customer.id);
  const [asked, ask] = useState<CustomerAct | null>(null);
  const waiting = useWaiting(customer).length;
  const can = useCallback((act: CustomerAct) => may(SCOPES[act]) && fits(act, customer, waiting), [may, customer, waiting]);

  const run = useCallback(
    async (act: CustomerAct, values: Values, undone: boolean) => {
      try {
        await runCustomerAct(act, customer.id, values);
        const back = BACK[act];
        tellDone(undone ? own.undone : say.acts[act].done, back && !undone ? () => void run(back, { cause: values.cause }, true) : undefined);
      } catch (error) {
        tellOutcome(error);
      }
      await refresh();
    },
    [customer.id, say, own, tellDone, tellOutcome, refresh],
  );

  const start = useCallback(
    (act: CustomerAct) => {
      if (!can(act)) return;
      if (act === "pause" || act === "resume") void run(act, {}, false);
      else ask(act);
    },
    [can, run],
  );
  const items: MenuItem[] = customerActs.filter(can).map((act) => ({ label: say.acts[act].name, icon: ICONS[act], keys: act === "hold" ? "b" : act === "pause" || act === "resume" ? "p" : undefined, onSelect: () => start(act) }));
  const undo = (act: CustomerAct, values: Values) => {
    const back = BACK[act];
    return back && (() => void run(back, { cause: values.cause }, true));
  };
  const dialog = asked ? <CustomerActDialog act={asked} customer={customer} undo={undo} onClose={() => ask(null)} /> : null;
  return { can, start, items, dialog, icons: ICONS };
}

type DialogProps = { act: CustomerAct; customer: Customer; undo: (act: CustomerAct, values: Values) => (() => void) | undefined; onClose: () => void };

function CustomerActDialog({ act, customer, undo, onClose }: DialogProps) {
  const say = useWords(pageWords);
  const own = useWords(actWords);
  const usual = useWords(common);
  const format = useFormats();
  const text = useProblemText();
  const tellDone = useTellDone();
  const tellOutcome = useTellOutcome();
  const refresh = useRefreshCustomer(customer.id);
  const { caller } = useSession();
  const form = useId();
  const held = customer.stands?.held_for.map((hold) => hold.cause) ?? [];
  const others = held.filter((cause) => cause !== "pause");
  const [values, setValues] = useState<Values>({ cause: act === "hold" ? "hold" : (others[0] as Values["cause"]) });
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(freshKey());
  const money = act === "credit" || act === "payOut";
  const credit = customer.credit[0];
  const stake = money ? (values.amount ?? credit) : undefined;
  const over = stake && caller.limit != null && minor(stake) > caller.limit;

  async function go(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await runCustomerAct(act, customer.id, values, key.current);
      tellDone(say.acts[act].done, undo(act, values));
      void refresh();
      onClose();
    } catch (error) {
      if (!isOpenEnded(error)) key.current = freshKey();
      if (error instanceof Problem) setProblem(error);
      else {
        tellOutcome(error);
        if (error instanceof Held) {
          void refresh();
          onClose();
        }
      }
    } finally {
      setBusy(false);
    }
  }

  const shared = { values, onChange: setValues, problem };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.acts[act].name}
      description={say.acts[act].means}
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form={form} look="primary" busy={busy}>{say.acts[act].name}</Button></>}
    >
      <form id={form} onSubmit={(event) => void go(event)} className="flex flex-col gap-4">
        {act === "hold" && <CauseField {...shared} />}
        {act === "release" && <CauseField {...shared} among={others} />}
        {money && credit && <AmountField {...shared} text={typed} onText={setTyped} currency={credit.currency} optional />}
        {money && credit && <p className="text-sm text-muted">{say.credit}: {customer.credit.map((one) => format.money(one)).join(", ")}</p>}
        <ReasonField {...shared} />
        {over && <Notice tone="warn">{own.overLimit(format.money({ amount: decimal(caller.limit ?? 0), currency: stake.currency }))}</Notice>}
        {problem && !problem.of("/cause") && !problem.of("/amount/amount") && <Notice tone="bad">{text(problem)}</Notice>}
      </form>
    </Dialog>
  );
}
