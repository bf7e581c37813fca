import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useId, useState } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Problem } from "../../../api/problem";
import { useAct } from "../../../app/act";
import { useSession } from "../../../app/session";
import { useProblemText } from "../../../app/toasts";
import { Button, Dialog, Field, Input, Notice, Segments, Select, Textarea } from "../../../ui";
import { common, decimal, minor, typedAmount, useFormats, useWords } from "../../../words";
import { useToday } from "../../receivables/data";
import { words } from "../words";

type Found = { id: string; name: string; due: { amount: string; currency: string } | null };
const CURRENCIES = ["BRL", "USD", "EUR", "GBP", "CAD", "AUD"] as const;

/** Whose code that is and what is due, while one types. */
function useFound(by: "receivable" | "customer", code: string) {
  return useQuery({
    queryKey: [...keys.payments, "whose", by, code],
    queryFn: async ({ signal }): Promise<Found | null> => {
      if (by === "customer") {
        const listed = (await answer(api.GET("/v1/customers", { params: { query: { external_id: code, limit: 1 } }, signal }))).items[0];
        if (!listed) return null;
        const customer = await answer(api.GET("/v1/customers/{customer}", { params: { path: { customer: listed.id } }, signal }));
        return { id: listed.id, name: customer.profile?.name ?? listed.external_id, due: customer.balances[0]?.due ?? null };
      }
      const listed = (await answer(api.GET("/v1/receivables", { params: { query: { external_id: code, limit: 1 } }, signal }))).items[0];
      if (!listed) return null;
      const receivable = await answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: listed.id } }, signal }));
      return { id: listed.id, name: receivable.customer_external_id, due: receivable.stands?.due.total ?? receivable.balance };
    },
    enabled: code !== "",
    retry: false,
    staleTime: 30_000,
  });
}

/** A payment that came by another way: on a receivable, or from a customer on what is due for longest. */
export function EnterPayment({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const say = useWords(words);
  const usual = useWords(common);
  const format = useFormats();
  const text = useProblemText();
  const today = useToday();
  const { caller } = useSession();
  const form = useId();
  const [by, setBy] = useState<"receivable" | "customer">("receivable");
  const [code, setCode] = useState("");
  const [typed, setTyped] = useState("");
  const [currency, setCurrency] = useState<(typeof CURRENCIES)[number]>("BRL");
  const [on, setOn] = useState(today);
  const [reference, setReference] = useState("");
  const [reason, setReason] = useState("");
  const wanted = useDeferredValue(code.trim());
  const found = useFound(by, wanted);
  const whose = found.data;
  const amount = typedAmount(typed);
  const enter = useAct({
    run: () => {
      if (!whose || !amount) throw new Error("incomplete");
      return answer(api.POST("/v1/payments", { body: { [by]: whose.id, amount: { amount, currency }, on, id: reference.trim() || undefined, reason: reason.trim() || undefined } }));
    },
    done: (moved) => {
      if (moved.known) return say.enteredKnown;
      const due = moved.parts[0]?.due;
      return /[1-9]/.test(moved.credit.amount) || !due ? say.enteredCredit(format.money(moved.credit)) : say.entered(format.money(due));
    },
    stale: [keys.payments, keys.receivables, keys.customers, keys.today, keys.reports, keys.heldActs],
    onDone: () => {
      onDone();
      onClose();
    },
  });
  const problem = enter.error instanceof Problem ? enter.error : null;
  const over = amount && caller.limit != null && minor({ amount, currency }) > caller.limit;
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (whose && amount) enter.mutate();
  };
  const hint = wanted === "" ? undefined : found.isPending ? `${usual.loading}…` : whose ? say.found(whose.name, whose.due ? format.money(whose.due) : format.money({ amount: "0", currency })) : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.enter}
      description={say.enterText}
      footer={<><Button onClick={onClose}>{usual.cancel}</Button><Button type="submit" form={form} look="primary" busy={enter.isPending} disabled={!whose || !amount}>{say.enter}</Button></>}
    >
      <form id={form} onSubmit={go} className="flex flex-col gap-4">
        <Segments label={say.whom} value={by} onChange={setBy} choices={[{ value: "receivable", label: say.byReceivable }, { value: "customer", label: say.byCustomer }]} />
        <Field label={by === "receivable" ? say.number : say.code} hint={hint} error={wanted !== "" && found.data === null ? say.foundNot : undefined}>
          <Input value={code} onChange={(event) => setCode(event.target.value)} autoComplete="off" />
        </Field>
        <div className="flex flex-wrap items-start gap-3">
          <Field label={say.amount} error={typed.trim() !== "" && !amount ? say.wrongAmount : (problem?.of("/amount/amount") ?? problem?.of("/amount"))}>
            <Input inputMode="decimal" className="num w-40!" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          </Field>
          <Field label={say.currency}><Select className="w-24" value={currency} onChange={setCurrency} choices={CURRENCIES.map((value) => ({ value, label: value }))} /></Field>
          {whose?.due && (
            <Button
              className="mt-5.5"
              onClick={() => {
                const due = whose.due as NonNullable<Found["due"]>;
                setTyped(due.amount.replace(".", format.lang === "pt" ? "," : "."));
                if ((CURRENCIES as readonly string[]).includes(due.currency)) setCurrency(due.currency as (typeof CURRENCIES)[number]);
              }}
            >
              {say.useDue}
            </Button>
          )}
        </div>
        <Field label={say.day} error={problem?.of("/on")}><Input type="date" className="w-44!" max={today} value={on} onChange={(event) => setOn(event.target.value)} /></Field>
        <Field label={say.reference} hint={say.referenceHint} optional={usual.optional}><Input value={reference} onChange={(event) => setReference(event.target.value)} autoComplete="off" /></Field>
        <Field label={say.reason} optional={usual.optional}><Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} /></Field>
        {over && <Notice tone="warn">{say.overLimit(format.money({ amount: decimal(caller.limit ?? 0), currency }))}</Notice>}
        {problem && problem.fields.length === 0 && <Notice tone="bad">{text(problem)}</Notice>}
      </form>
    </Dialog>
  );
}
