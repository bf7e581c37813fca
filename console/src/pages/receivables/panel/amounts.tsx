import { useQuery } from "@tanstack/react-query";
import { Copy, FileText } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api, download } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useTellError } from "../../../app/toasts";
import { Button, Facts, Field, Input, Money, Skeleton } from "../../../ui";
import { common, enums, useFormats, useWords } from "../../../words";
import { type Receivable, receivableKeys, useSlips } from "../data";
import { panelWords } from "./words";

type Amount = { amount: string; currency: string };
const some = (money: Amount) => /[1-9]/.test(money.amount);

/** What settles it, by parts; what was billed and paid. */
export function Amounts({ receivable, today }: { receivable: Receivable; today: string }) {
  const say = useWords(panelWords);
  const format = useFormats();
  const methods = useWords(enums).method;
  const stands = receivable.stands;
  return (
    <div className="flex flex-col gap-3">
      {stands && receivable.status === "open" && <Parts due={stands.due} />}
      <Facts
        rows={[
          [say.billed, <Money key="b" value={receivable.amount} />],
          stands && some(stands.paid) && [say.paid, <Money key="p" value={stands.paid} />],
          stands && some(stands.lowered) && [say.lowered, <Money key="l" value={stands.lowered} />],
          [say.issued, format.day(receivable.issued_on)],
          receivable.method && [say.expected, methods?.[receivable.method] ?? receivable.method],
          stands?.subscription && [say.subscription, `${stands.subscription.key}${stands.subscription.plan ? ` · ${stands.subscription.plan}` : ""}`],
        ]}
      />
      <SecondCopy receivable={receivable} today={today} />
    </div>
  );
}

type Due = NonNullable<Receivable["stands"]>["due"];

function Parts({ due }: { due: Due }) {
  const say = useWords(panelWords);
  const format = useFormats();
  const parts = ([["principal", due.principal], ["fine", due.fine], ["interest", due.interest], ["fees", due.fees], ["discount", due.discount]] as const).filter(
    ([name, part]) => name === "principal" || some(part),
  );
  return (
    <table className="w-full">
      <tbody>
        {parts.map(([name, part]) => (
          <tr key={name} className="border-b border-line">
            <th scope="row" className="py-1 text-left font-normal text-muted">{say[name]}</th>
            <td className="num py-1 text-right">{name === "discount" && "−"}{format.money(part)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row" className="py-1 text-left font-semibold">
            Total
            {due.valid_until && <span className="ml-2 text-sm font-normal text-muted">{say.validUntil(format.day(due.valid_until))}</span>}
          </th>
          <td className="num py-1 text-right font-semibold">{format.money(due.total)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** What settles it on a day to come, to be told on the telephone or sent. */
function SecondCopy({ receivable, today }: { receivable: Receivable; today: string }) {
  const say = useWords(panelWords);
  const usual = useWords(common);
  const format = useFormats();
  const may = useMay();
  const tellError = useTellError();
  const [on, setOn] = useState(today);
  const [busy, setBusy] = useState(false);
  const open = receivable.status === "open";
  const valid = on >= today;
  const { data, isFetching } = useQuery({
    queryKey: receivableKeys.part(receivable.id, `copy-${on}`),
    queryFn: ({ signal }) => answer(api.GET("/v1/receivables/{receivable}/second-copy", { params: { path: { receivable: receivable.id }, query: { on } }, signal })),
    enabled: open && valid,
  });
  const slips = useSlips(receivable.id).data?.items ?? [];
  const slip = open && slips.some((one) => one.status !== "closed" && one.status !== "rejected" && one.status !== "paid");
  const paid = receivable.stands ? some(receivable.stands.paid) : false;
  async function file(path: string, name: string, post: boolean) {
    setBusy(true);
    try {
      await download(path, name, post ? { method: "POST", body: {} } : undefined);
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  }
  if (!open && !paid) return null;
  const path = `/v1/receivables/${encodeURIComponent(receivable.id)}`;
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-canvas p-3">
      <h3 className="text-sm font-medium text-muted">{say.copy2}</h3>
      {open && (
        <div className="flex flex-wrap items-end gap-3">
          <Field label={say.copy2Day}>
            <Input type="date" min={today} className="w-40!" value={on} onChange={(event) => setOn(event.target.value || today)} />
          </Field>
          <div className="num flex h-8 items-center text-lg font-semibold" aria-live="polite">{data && !isFetching ? format.money(data.due.total) : <Skeleton className="h-5 w-24" />}</div>
          <Button
            size="sm"
            look="quiet"
            disabled={!data}
            onClick={() => data && void navigator.clipboard.writeText(say.copy2Text(receivable.external_id, format.money(data.due.total), format.day(data.due.valid_until ?? on))).then(() => toast.success(usual.copied))}
          >
            <Copy />{say.copyAmount}
          </Button>
        </div>
      )}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {slip && may("bank:act") && <Button size="sm" busy={busy} onClick={() => void file(`${path}/slip.pdf`, `${receivable.external_id}.pdf`, true)}><FileText />{say.copy2Slip}</Button>}
        {paid && may("money:read") && <Button size="sm" busy={busy} onClick={() => void file(`${path}/receipt`, `${receivable.external_id}-recibo.pdf`, false)}><FileText />{say.copy2Receipt}</Button>}
      </div>
    </div>
  );
}
