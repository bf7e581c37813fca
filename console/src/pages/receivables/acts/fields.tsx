/** The inputs that acts ask for. Each names the member of the body that it becomes, so that the server's findings stand below it. */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import type { Problem } from "../../../api/problem";
import { Field, Input, Notice, Select, Textarea } from "../../../ui";
import { common, enums, typedAmount, useWords } from "../../../words";
import { words } from "../words";
import { type Cause, causes, type Values } from "./kinds";
import { actWords } from "./words";

type Props = { values: Values; onChange: (next: Values) => void; problem?: Problem | null };

export function CauseField({ values, onChange, problem, among = causes }: Props & { among?: readonly string[] }) {
  const say = useWords(actWords);
  const names = useWords(words).cause;
  return (
    <Field label={say.cause} error={problem?.of("/cause")}>
      <Select value={values.cause} onChange={(cause) => onChange({ ...values, cause: cause as Cause })} choices={among.map((cause) => ({ value: cause, label: names[cause] ?? cause }))} />
    </Field>
  );
}

export function DayField({ values, onChange, problem, label, min, max, optional, at = "/on" }: Props & { label: string; min?: string; max?: string; optional?: boolean; at?: string }) {
  const usual = useWords(common);
  return (
    <Field label={label} error={problem?.of(at)} optional={optional ? usual.optional : undefined}>
      <Input type="date" className="w-44!" min={min} max={max} value={values.on ?? ""} onChange={(event) => onChange({ ...values, on: event.target.value || undefined })} />
    </Field>
  );
}

/** An amount as people write it; `text` is kept by whoever asks, since "1." is no amount yet. */
export function AmountField({ text, onText, values, onChange, problem, currency, optional }: Props & { text: string; onText: (text: string) => void; currency: string; optional?: boolean }) {
  const say = useWords(actWords);
  const usual = useWords(common);
  const wrong = text.trim() !== "" && !typedAmount(text);
  return (
    <Field
      label={`${say.amount} (${currency})`}
      optional={optional ? usual.optional : undefined}
      hint={optional ? say.amountAll : undefined}
      error={wrong ? say.amountWrong : (problem?.of("/amount/amount") ?? problem?.of("/amount"))}
    >
      <Input
        inputMode="decimal"
        autoComplete="off"
        className="num w-44!"
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          const amount = typedAmount(event.target.value);
          onChange({ ...values, amount: amount ? { amount, currency } : undefined });
        }}
      />
    </Field>
  );
}

export function ReasonField({ values, onChange }: Props) {
  const say = useWords(actWords);
  const usual = useWords(common);
  return (
    <Field label={say.reason} hint={say.reasonHint} optional={usual.optional}>
      <Textarea rows={2} maxLength={4000} value={values.reason ?? ""} onChange={(event) => onChange({ ...values, reason: event.target.value })} />
    </Field>
  );
}

/** By which stored method; the first that may be charged when nothing is said. */
export function MethodField({ values, onChange, problem, customer }: Props & { customer: string }) {
  const say = useWords(actWords);
  const { data } = useQuery({
    queryKey: [...keys.customers, "one", customer, "methods"],
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/methods", { params: { path: { customer }, query: { limit: 200 } }, signal })),
  });
  const usable = data?.items.filter((method) => method.status === "active") ?? [];
  return (
    <Field label={say.method} error={problem?.of("/method")}>
      <Select
        value={values.method ?? "first"}
        onChange={(method) => onChange({ ...values, method: method === "first" ? undefined : method })}
        choices={[
          { value: "first", label: say.methodFirst },
          ...usable.map((method) => ({ value: method.id, label: `${method.scheme}${method.last4 ? ` •••• ${method.last4}` : ""}`, hint: method.gateway })),
        ]}
      />
    </Field>
  );
}

export function InstrumentFields({ values, onChange, problem }: Props) {
  const say = useWords(actWords);
  const methods = useWords(enums).method;
  const { data } = useQuery({ queryKey: [...keys.gateways, "to-charge-by"], queryFn: ({ signal }) => answer(api.GET("/v1/gateways", { signal })) });
  const own = data?.items.filter((gateway) => gateway.role === "owner") ?? [];
  if (data && own.length === 0) return <Notice tone="warn">{say.noGateways}</Notice>;
  return (
    <div className="flex flex-wrap gap-4">
      <Field label={say.rail} error={problem?.of("/rail")}>
        <Select
          value={values.rail}
          onChange={(rail) => onChange({ ...values, rail, gateway: values.gateway ?? own[0]?.gateway })}
          choices={(["pix", "boleto", "card"] as const).map((rail) => ({ value: rail, label: rail === "card" ? say.rails.card : (methods?.[rail] ?? rail) }))}
        />
      </Field>
      <Field label={say.gateway} error={problem?.of("/gateway")}>
        <Select value={values.gateway ?? own[0]?.gateway} onChange={(gateway) => onChange({ ...values, gateway })} choices={own.map((one) => ({ value: one.gateway, label: one.gateway }))} />
      </Field>
    </div>
  );
}

export function StepField({ values, onChange, steps }: Props & { steps: readonly string[] }) {
  const say = useWords(actWords);
  return (
    <Field label={say.step}>
      <Select value={values.step} onChange={(step) => onChange({ ...values, step })} choices={steps.map((step) => ({ value: step, label: step }))} />
    </Field>
  );
}
