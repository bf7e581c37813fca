import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useCompany } from "../../../app/mode";
import { Badge, Button, cx, Failed, Money, SkeletonRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { useName } from "../../receivables/names";
import { panelWords } from "../../receivables/panel/words";
import { useToday } from "../../receivables/data";
import { useReason } from "./columns";
import { CHARGE_TONES, type Charge, type Planned, useCharges, usePlanned } from "./data";
import { byDay, type DayCharges, shiftMonth, weeksOf } from "./days";
import { retryWords } from "./words";

type Of = DayCharges<Charge, Planned>;

/** A month of charges: what was taken, declined, is under way and is planned. */
export function Calendar({ onOpen }: { onOpen: (receivable: string) => void }) {
  const say = useWords(retryWords);
  const format = useFormats();
  const today = useToday();
  const zone = useCompany().data?.time_zone ?? "America/Sao_Paulo";
  const charges = useCharges();
  const planned = usePlanned();
  const [month, setMonth] = useState(today.slice(0, 7));
  const [day, setDay] = useState(today);
  const days = useMemo(() => byDay(charges.data?.items ?? [], planned.data ?? [], zone), [charges.data, planned.data, zone]);
  if (charges.isPending) return <SkeletonRows rows={8} />;
  if (charges.isError) return <Failed error={charges.error} retry={() => void charges.refetch()} />;
  const name = format.month(`${month}-01`);
  return (
    <div className="scrollbar-thin -mx-1 flex min-h-0 flex-1 items-start gap-6 overflow-y-auto px-1 pb-6 max-xl:flex-col">
      <div className="w-full min-w-0 flex-1 max-xl:flex-none">
        <div className="mb-2 flex items-center gap-2">
          <h2 className="mr-auto font-semibold" aria-live="polite">{name.charAt(0).toUpperCase() + name.slice(1)}</h2>
          <Button size="sm" onClick={() => { setMonth(today.slice(0, 7)); setDay(today); }}>{say.today}</Button>
          <Button size="sm" icon aria-label={say.previous} onClick={() => setMonth(shiftMonth(month, -1))}><ChevronLeft /></Button>
          <Button size="sm" icon aria-label={say.next} onClick={() => setMonth(shiftMonth(month, 1))}><ChevronRight /></Button>
        </div>
        <table aria-label={say.calendar} className="w-full table-fixed border-collapse rounded-lg bg-surface">
          <thead><tr>{say.weekdays.map((one) => <th key={one} scope="col" className="pb-1 text-left text-sm font-medium text-muted">{one}</th>)}</tr></thead>
          <tbody>
            {weeksOf(month).map((week) => (
              <tr key={week[0]}>
                {week.map((one) => <Cell key={one} day={one} of={days.get(one)} outside={!one.startsWith(month)} today={one === today} picked={one === day} onPick={() => setDay(one)} />)}
              </tr>
            ))}
          </tbody>
        </table>
        <p className="mt-2 text-sm text-muted">{say.planText} {charges.data.capped && say.capped(format.number(charges.data.items.length))}</p>
      </div>
      <DayList day={day} of={days.get(day)} onOpen={onOpen} />
    </div>
  );
}

function Cell({ day, of, outside, today, picked, onPick }: { day: string; of: Of | undefined; outside: boolean; today: boolean; picked: boolean; onPick: () => void }) {
  const say = useWords(retryWords);
  const format = useFormats();
  const told = of ? ([["settled", "text-good"], ["declined", "text-bad"], ["pending", "text-info"], ["planned", "text-muted"]] as const).filter(([place]) => of[place].length > 0) : [];
  return (
    <td className="border border-line p-0 align-top">
      <button type="button" aria-pressed={picked} onClick={onPick} className={cx("flex h-20 w-full flex-col items-start px-2 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2", picked && "bg-accent-soft", outside && "text-faint")}>
        <span className={cx("num text-sm", today && "rounded-full bg-accent px-1.5 font-semibold text-on-accent")}>{Number(day.slice(8))}</span>
        {/* The whole day for whoever only hears it; what falls on it follows as text. */}
        <span className="sr-only">{format.day(day)}</span>
        <span className="flex w-full flex-col overflow-hidden text-xs">
          {of && told.map(([place, tone]) => <span key={place} className={cx("num truncate", tone)}>{say[place](of[place].length)}</span>)}
        </span>
      </button>
    </td>
  );
}

function DayList({ day, of, onOpen }: { day: string; of: Of | undefined; onOpen: (receivable: string) => void }) {
  const say = useWords(retryWords);
  const names = useWords(panelWords);
  const format = useFormats();
  const reason = useReason();
  const charges = of ? [...of.declined, ...of.pending, ...of.settled] : [];
  return (
    <section aria-label={say.of(format.day(day))} className="w-96 shrink-0 max-xl:w-full">
      <h2 className="mb-2 font-semibold">{say.of(format.day(day))}</h2>
      {!of ? <p className="text-muted">{say.none}</p> : (
        <ul className="overflow-hidden rounded-lg border border-line bg-surface">
          {charges.map((charge) => (
            <Line key={charge.id} customer={charge.customer} code={charge.customer_external_id} number={charge.receivable_external_id} amount={charge.amount} onOpen={() => onOpen(charge.receivable)}
              note={<><Badge tone={CHARGE_TONES[charge.status] ?? "neutral"}>{names.charge[charge.status] ?? charge.status}</Badge> {[reason(charge), names.trigger[charge.trigger] ?? charge.trigger, charge.retry > 0 && say.retryN(charge.retry + 1)].filter(Boolean).join(" · ")}</>} />
          ))}
          {of.planned.map((step, at) => <Line key={at} customer={step.customer} code={step.customer} number={step.receivable} amount={step.due} onOpen={() => onOpen(step.receivable)} note={say.plannedHead} />)}
        </ul>
      )}
    </section>
  );
}

function Line({ customer, code, number, amount, note, onOpen }: { customer: string; code: string; number: string; amount?: { amount: string; currency: string } | null; note: React.ReactNode; onOpen: () => void }) {
  const name = useName(customer);
  return (
    <li className="border-b border-line last:border-0">
      <button type="button" onClick={onOpen} className="flex w-full flex-col gap-0.5 px-3 py-2 text-left hover:bg-hover focus-visible:-outline-offset-2">
        <span className="flex w-full items-baseline justify-between gap-3"><span className="min-w-0 truncate font-medium">{name?.name ?? code}</span><Money value={amount} /></span>
        <span className="flex w-full items-baseline justify-between gap-3 text-sm text-muted"><span className="min-w-0">{note}</span><span className="num">{number}</span></span>
      </button>
    </li>
  );
}
