/** What leaves the house about a customer: links, second copies, statements, personal data; and the end of a person. */
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { answer, api, saveAs } from "../../../api/client";
import { useAct } from "../../../app/act";
import { Button, Confirm, CopyText, Dialog, Empty, Failed, Field, Input, Notice, SkeletonRows } from "../../../ui";
import { common, decimal, minor, useFormats, useWords } from "../../../words";
import { useToday } from "../../receivables/data";
import { type Customer, customerKeys, useRefreshCustomer } from "../data";
import { pageWords } from "./words";

/** A link to the portal. It is a key: it stands on the screen only, and only until this is closed. */
export function LinkDialog({ link, onClose }: { link: { link: string; days: number }; onClose: () => void }) {
  const say = useWords(pageWords);
  const usual = useWords(common);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={say.link} description={say.linkText(link.days)} footer={<Button look="primary" onClick={onClose}>{usual.close}</Button>}>
      <div className="flex flex-col gap-3">
        <CopyText label={say.link} value={link.link} wrap />
        {!/^https?:/.test(link.link) && <Notice tone="warn">{say.linkPath}</Notice>}
      </div>
    </Dialog>
  );
}

export function useLinks(customer: Customer) {
  const say = useWords(pageWords);
  const [link, setLink] = useState<{ link: string; days: number } | null>(null);
  const [revoking, setRevoking] = useState(false);
  const params = { path: { customer: customer.id } };
  const make = useAct({ run: () => answer(api.POST("/v1/customers/{customer}/links", { params })), onDone: setLink });
  const revoke = useAct({ run: () => answer(api.DELETE("/v1/customers/{customer}/links", { params })), done: say.linkRevoked });
  const dialog = (
    <>
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
      <Confirm open={revoking} onOpenChange={setRevoking} title={say.linkRevoke} consequences={say.linkRevokeText} act={say.linkRevoke} danger onConfirm={() => revoke.mutateAsync()} />
    </>
  );
  return { make: () => make.mutate(), revoke: () => setRevoking(true), dialog };
}

/** What settles everything on a day, to be told or sent. */
export function SecondCopies({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const say = useWords(pageWords);
  const usual = useWords(common);
  const format = useFormats();
  const today = useToday();
  const [on, setOn] = useState(today);
  const { data, isPending, isError, error, refetch } = useQuery({
    queryKey: customerKeys.part(customer.id, `copies-${on}`),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/second-copies", { params: { path: { customer: customer.id }, query: { on, limit: 200 } }, signal })),
  });
  const open = data?.items.filter((copy) => !copy.closed) ?? [];
  const sums = new Map<string, number>();
  for (const copy of open) sums.set(copy.due.total.currency, (sums.get(copy.due.total.currency) ?? 0) + minor(copy.due.total));
  const totals = [...sums].map(([currency, units]) => format.money({ currency, amount: decimal(units) }));
  const text = [...open.map((copy) => `${copy.receivable_external_id}: ${format.money(copy.due.total)} (${format.day(copy.due_on)})`), `${say.total} ${format.day(on)}: ${totals.join(", ")}`].join("\n");
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={say.secondCopies}
      description={say.secondCopiesText}
      footer={
        <>
          <Button onClick={onClose}>{usual.close}</Button>
          <Button look="primary" disabled={open.length === 0} onClick={() => void navigator.clipboard.writeText(text).then(() => toast.success(usual.copied))}><Copy />{say.copyAll}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={format.lang === "pt" ? "Para pagar em" : "To pay on"}><Input type="date" min={today} className="w-44!" value={on} onChange={(event) => setOn(event.target.value || today)} /></Field>
        {isPending ? <SkeletonRows rows={3} /> : isError ? <Failed error={error} retry={() => void refetch()} /> : open.length === 0 ? <Empty title={say.secondCopiesNone} /> : (
          <table className="w-full">
            <tbody>
              {open.map((copy) => (
                <tr key={copy.receivable_external_id} className="border-b border-line">
                  <th scope="row" className="num py-1.5 text-left font-medium">{copy.receivable_external_id}</th>
                  <td className="num py-1.5 text-muted">{format.day(copy.due_on)}</td>
                  <td className="num py-1.5 text-right">{format.money(copy.due.total)}</td>
                </tr>
              ))}
              <tr>
                <th scope="row" colSpan={2} className="py-1.5 text-left font-semibold">{say.total}</th>
                <td className="num py-1.5 text-right font-semibold">{totals.join(" + ")}</td>
              </tr>
            </tbody>
          </table>
        )}
      </div>
    </Dialog>
  );
}

/** Everything that is held about a person, as a file for the person. */
export function useExport(customer: Customer) {
  const say = useWords(pageWords);
  return useAct({
    run: () => answer(api.GET("/v1/customers/{customer}/export", { params: { path: { customer: customer.id } } })),
    done: say.exported,
    // The file is named by our id: a name on a disk outlives the person's wish to be forgotten.
    onDone: (data) => saveAs(new Blob([JSON.stringify(data.data, null, 2)], { type: "application/json" }), `${customer.id}.json`),
  });
}

export function EraseDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const say = useWords(pageWords);
  const format = useFormats();
  const refresh = useRefreshCustomer(customer.id);
  const erase = useAct({
    run: (reason: string) => answer(api.POST("/v1/customers/{customer}/erase", { params: { path: { customer: customer.external_id } }, body: { confirm: customer.external_id, reason: reason || undefined } })),
    done: say.eraseDone,
    onDone: () => void refresh(),
  });
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.eraseTitle}
      act={say.erase}
      danger
      reason="required"
      typed={customer.external_id}
      consequences={
        <div className="flex flex-col gap-2">
          <ul className="list-disc pl-5">{say.eraseText.map((line) => <li key={line}>{line}</li>)}</ul>
          {customer.balances.map((one) => <Notice key={one.due.currency} tone="warn">{say.eraseOwes(format.money(one.due))}</Notice>)}
          <p>{say.exportFirst}</p>
        </div>
      }
      onConfirm={(reason) => erase.mutateAsync(reason)}
    />
  );
}
