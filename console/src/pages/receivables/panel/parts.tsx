import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge, CopyText, cx, Day, Failed, Money, SkeletonRows, type Tone } from "../../../ui";
import { decimal, enums, minor, useFormats, useWords } from "../../../words";
import { telling } from "../../customers/telling/words";
import { type Receivable, useCharges, useEntries, useInstruments, usePayments, useSlips } from "../data";
import { panelWords } from "./words";

/** A part of a receivable: not for everybody, being read, failed, empty, or there. */
function Loaded<T>({ query, empty, children }: { query: UseQueryResult<{ items: T[] }>; empty: string; children: (items: T[]) => ReactNode }) {
  const say = useWords(panelWords);
  if (query.fetchStatus === "idle" && query.isPending) return <p className="text-muted">{say.mayNot}</p>;
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return query.data.items.length === 0 ? <p className="text-muted">{empty}</p> : children(query.data.items);
}

/** Every movement with what was owed after it. */
export function Ledger({ id }: { id: string }) {
  const say = useWords(panelWords);
  const format = useFormats();
  const query = useEntries(id);
  return (
    <Loaded query={query} empty={say.noEntries}>
      {(items) => {
        const sums = items.reduce<number[]>((sums, entry) => [...sums, (sums.at(-1) ?? 0) + minor(entry.amount)], []);
        return (
          <table className="w-full">
            <thead>
              <tr className="text-left text-sm text-muted">
                <th className="pb-1 font-medium">{say.countsOn}</th>
                <th className="pb-1 font-medium">{say.kind}</th>
                <th className="pb-1 text-right font-medium" />
                <th className="pb-1 text-right font-medium">{say.balanceAfter}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((entry, at) => (
                <tr key={entry.number} className="border-t border-line">
                  <td className="py-1 pr-2"><Day value={entry.counts_on} /></td>
                  <td className="py-1 pr-2" title={say.knownAt(format.moment(entry.known_at))}>
                    {say.entry[entry.kind] ?? entry.kind}
                    {entry.derived && <span className="ml-1.5 text-sm text-faint">{say.derived}</span>}
                  </td>
                  <td className={cx("num py-1 text-right whitespace-nowrap", entry.amount.amount.startsWith("-") && "text-good")}>{format.money(entry.amount)}</td>
                  <td className="num py-1 pl-2 text-right whitespace-nowrap text-muted">{format.money({ amount: decimal(sums[at] ?? 0), currency: entry.amount.currency })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Loaded>
  );
}

export function Payments({ id }: { id: string }) {
  const say = useWords(panelWords);
  const format = useFormats();
  const query = usePayments(id);
  return (
    <Loaded query={query} empty={say.noPayments}>
      {(items) => (
        <ul className="flex flex-col">
          {items.map((payment) => (
            <li key={payment.external_id} className="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line py-1.5 last:border-0">
              <span className="num font-medium">{payment.amount ? format.money(payment.amount) : say.whole}</span>
              <span className="text-muted">{say.paidOn(format.day(payment.paid_on))}</span>
              <span className="w-full truncate text-sm text-faint">{say.knownAt(format.moment(payment.known_at))} · {payment.external_id}</span>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

const WAY_TONES: Record<string, Tone> = { open: "info", registered: "info", paid: "good", refused: "bad", rejected: "bad" };

/** Pix codes, slips and pages: those that can be paid come with what is to be copied. */
export function Ways({ receivable }: { receivable: Receivable }) {
  const say = useWords(panelWords);
  const format = useFormats();
  const methods = useWords(enums).method;
  const instruments = useInstruments(receivable.id);
  const slips = useSlips(receivable.id);
  const issued = slips.data?.items ?? [];
  return (
    <div className="flex flex-col gap-3">
      {issued.map((slip) => (
        <div key={`${slip.account}${slip.number}`} className="flex flex-wrap items-center justify-between gap-2 border-b border-line pb-2">
          <span>{say.slipOf(slip.account, slip.number)} · <Money value={slip.amount} /> · <Day value={slip.due_on} /></span>
          <Badge tone={WAY_TONES[slip.status] ?? "neutral"}>{say.slip[slip.status] ?? slip.status}</Badge>
        </div>
      ))}
      <Loaded query={instruments} empty={issued.length > 0 ? "" : say.noWays}>
        {(items) => (
          <ul className="flex flex-col gap-3">
            {items.map((one) => (
              <li key={one.id} className="flex flex-col gap-2 border-b border-line pb-3 last:border-0">
                <div className="flex flex-wrap items-center justify-between gap-2">
                  <span className="font-medium">{methods?.[one.rail] ?? one.rail} · <Money value={one.amount} /></span>
                  <Badge tone={WAY_TONES[one.status] ?? "neutral"}>{say.instrument[one.status] ?? one.status}</Badge>
                </div>
                <div className="text-sm text-muted">{one.gateway} · {say.validUntil(format.day(one.valid_until))}{one.said && ` · ${one.said}`}</div>
                {one.pix_code && <CopyText label="Pix" value={one.pix_code} />}
                {one.boleto_line && <CopyText label={methods?.boleto ?? "boleto"} value={one.boleto_line} />}
                {one.link && <CopyText label="link" value={one.link} />}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

const CHARGE_TONES: Record<string, Tone> = { settled: "good", declined: "bad", lost: "bad", unknown: "warn", pending: "info", ordered: "info", sending: "info" };

export function Charges({ id }: { id: string }) {
  const say = useWords(panelWords);
  const tells = useWords(telling);
  const format = useFormats();
  return (
    <Loaded query={useCharges(id)} empty={say.noCharges}>
      {(items) => (
        <ul className="flex flex-col">
          {items.map((charge) => (
            <li key={charge.id} className="border-b border-line py-2 last:border-0">
              <div className="flex items-center justify-between gap-3">
                <span className="font-medium"><Money value={charge.amount} /> <span className="font-normal text-muted">{charge.scheme} · {charge.gateway}</span></span>
                <Badge tone={CHARGE_TONES[charge.status] ?? "neutral"}>{say.charge[charge.status] ?? charge.status}</Badge>
              </div>
              <div className="text-sm text-muted">
                {format.moment(charge.ordered_at)} · {say.trigger[charge.trigger] ?? charge.trigger}
                {charge.reason && <> · {tells.declines[charge.reason.replaceAll("_", " ")] ?? charge.reason}</>}
                {charge.said && <> · {charge.said}</>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
