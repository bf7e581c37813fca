import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { answer, api } from "../../../api/client";
import { usePageKey } from "../../../app/page-key";
import { SidePanel } from "../../../app/side";
import { Button, cx, Failed, Keys, Menu, type MenuItem, Money, Notice, SkeletonRows } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { type Customer, customerKeys, useCustomer, useStory } from "../../customers/data";
import { Life } from "../../customers/life/life";
import { Marks } from "../../customers/page/head";
import { useCustomerActs } from "../../customers/page/use-acts";
import { gather } from "../../customers/telling/gather";
import { HeldActs } from "../../receivables/acts/held";
import type { ReceivableAct } from "../../receivables/acts/kinds";
import { ACT_ICONS, ACT_KEYS, useActs } from "../../receivables/acts/use-acts";
import { actWords } from "../../receivables/acts/words";
import { type ReceivableRow, useReceivable, useRefresh, useToday } from "../../receivables/data";
import { daysBetween } from "../../receivables/days";
import { Contacts } from "./contacts";
import { Notes } from "./notes";
import { panelWords } from "./words";

type Props = {
  id: string;
  first?: readonly string[];
  mend?: boolean;
  /** What stands above everything: the desk of a task. */
  lead?: ReactNode;
  onClose: () => void;
};

/** What whoever calls a customer has to know and do, beside the list that the customer stands in. */
export function CustomerPanel(props: Props) {
  const say = useWords(panelWords);
  const { data, isPending, isError, error, refetch } = useCustomer(props.id);
  if (!data) {
    return (
      <SidePanel label={say.panel} title="…" onClose={props.onClose}>
        {isPending ? <SkeletonRows rows={8} /> : isError && <Failed error={error} retry={() => void refetch()} />}
      </SidePanel>
    );
  }
  return <Known {...props} customer={data} />;
}

function useOpen(id: string) {
  return useQuery({
    queryKey: customerKeys.part(id, "open"),
    queryFn: ({ signal }) => answer(api.GET("/v1/customers/{customer}/receivables", { params: { path: { customer: id }, query: { status: "open", sort: "due_on", limit: 100 } }, signal })),
  });
}

function Known({ id, first = [], mend, lead, onClose, customer }: Props & { customer: Customer }) {
  const say = useWords(panelWords);
  const today = useToday();
  const open = useOpen(id);
  const items = open.data?.items ?? [];
  const [picked, pick] = useState<string | null>(null);
  const wanted = picked ?? first.find((one) => items.some((item) => item.id === one)) ?? items[0]?.id;
  const acts = useCustomerActs(customer);
  const move = (by: number) => {
    const at = items.findIndex((item) => item.id === wanted);
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
    if (next) pick(next.id);
  };
  usePageKey("]", () => move(1));
  usePageKey("[", () => move(-1));
  const refresh = useRefresh();
  return (
    <SidePanel
      label={say.panel}
      title={customer.profile?.name ?? customer.external_id}
      note={<span className="flex flex-wrap items-center gap-1.5"><span className="mr-1">{customer.external_id}</span><Marks customer={customer} /></span>}
      onClose={onClose}
      footer={
        <>
          {wanted ? <ReceivableActs id={wanted} today={today} shown={lead ? BESIDE_DESK : SHOWN} more={[{ heading: say.ofCustomer }, ...acts.items]} /> : <Menu trigger={<Button size="sm">{say.more}</Button>} items={acts.items} />}
          <Button asChild size="sm" look="quiet" className="ml-auto"><Link to="/customers/$customer" params={{ customer: id }}>{say.open}</Link></Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        {mend && (
          <Notice tone="warn" action={<Button asChild size="sm"><Link to="/customers/$customer" params={{ customer: id }}>{say.mend}</Link></Button>}>{say.mendText}</Notice>
        )}
        {lead}
        <HeldActs about={[id, customer.external_id, ...items.flatMap((item) => [item.id, item.external_id])]} onDone={() => void refresh(items.map((item) => item.id), [id])} />
        <div>
          <div className="text-sm text-muted">{say.owes}</div>
          {customer.balances.length === 0 ? <div className="text-lg font-semibold">{say.nothing}</div> : customer.balances.map((one) => <div key={one.due.currency} className="text-2xl font-semibold tracking-tight"><Money value={one.due} /></div>)}
          {customer.credit.length > 0 && <div className="text-sm text-good">{say.credit}: {customer.credit.map((one) => <Money key={one.currency} value={one} className="mr-2" />)}</div>}
        </div>
        <Contacts customer={customer} />
        <Notes customer={id} receivable={wanted} />
        {open.isPending ? <SkeletonRows rows={3} /> : items.length > 0 && <OpenOnes items={items} today={today} wanted={wanted} onPick={pick} />}
        <History id={id} />
      </div>
      {acts.dialog}
    </SidePanel>
  );
}

function OpenOnes({ items, today, wanted, onPick }: { items: readonly ReceivableRow[]; today: string; wanted: string | undefined; onPick: (id: string) => void }) {
  const say = useWords(panelWords);
  const format = useFormats();
  return (
    <section>
      <h3 className="font-semibold">{say.receivables}</h3>
      <p className="mb-1.5 text-sm text-muted">{say.chosen}</p>
      <ul className="overflow-hidden rounded-lg border border-line">
        {items.map((item) => {
          const late = daysBetween(item.due_on, today);
          return (
            <li key={item.id} className="border-b border-line last:border-0">
              <button
                type="button"
                aria-pressed={item.id === wanted}
                onClick={() => onPick(item.id)}
                className={cx("flex w-full items-baseline justify-between gap-3 px-3 py-1.5 text-left focus-visible:-outline-offset-2", item.id === wanted ? "bg-accent-soft" : "hover:bg-hover")}
              >
                <span className="num font-medium">{item.external_id}</span>
                <span className={cx("flex-1 text-sm", late > 0 ? "text-bad" : "text-muted")}>{late > 0 ? say.late(late) : say.due(format.shortDay(item.due_on))}</span>
                <span className="num">{format.money(item.balance)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const SHOWN: readonly (readonly ReceivableAct[])[] = [["promise"], ["settle", "dispute"], ["resume", "pause"], ["payment"]];
/** Promises and disputes stand on the desk, for all tasks of the call; their keys and the menu stay. */
const BESIDE_DESK: typeof SHOWN = [["resume", "pause"], ["payment"]];

/** The acts that calls end with, on the marked receivable; the rest in the menu. */
function ReceivableActs({ id, today, shown, more }: { id: string; today: string; shown: typeof SHOWN; more: readonly MenuItem[] }) {
  const say = useWords(panelWords);
  const names = useWords(actWords).acts;
  const { data } = useReceivable(id);
  const acts = useActs(data, today);
  const start = (among: readonly ReceivableAct[]) => {
    const one = among.find(acts.can);
    if (one) acts.start(one);
  };
  usePageKey("m", () => start(["promise"]));
  usePageKey("d", () => start(["settle", "dispute"]));
  usePageKey("p", () => start(["resume", "pause"]));
  usePageKey("r", () => start(["payment"]));
  return (
    <>
      {shown.map((among) => {
        const one = among.find(acts.can);
        return one && <Button key={among[0]} size="sm" look={one === "promise" ? "primary" : "plain"} onClick={() => acts.start(one)}>{ACT_ICONS[one]}{names[one].name}<Keys text={ACT_KEYS[one] ?? ""} /></Button>;
      })}
      <Menu trigger={<Button size="sm" icon aria-label={say.more}><MoreHorizontal /></Button>} items={[{ heading: say.ofReceivable(data?.external_id ?? "") }, ...acts.items, "line", ...more]} />
      {acts.dialog}
    </>
  );
}

const LAST = 8;

function History({ id }: { id: string }) {
  const say = useWords(panelWords);
  const { data, isPending, isError } = useStory(id, true);
  const entries = useMemo(() => gather(data?.past ?? []).filter((entry) => entry.sort !== "waits" && entry.sort !== "skipped").sort((a, b) => a.at.localeCompare(b.at)).slice(-LAST), [data]);
  if (isError) return null;
  return (
    <section>
      <div className="mb-2 flex items-baseline justify-between">
        <h3 className="font-semibold">{say.history}</h3>
        <Link to="/customers/$customer" params={{ customer: id }} className="text-sm text-accent hover:underline">{say.all}</Link>
      </div>
      {isPending ? <SkeletonRows rows={4} /> : <Life entries={entries} withReceivable filters={false} />}
    </section>
  );
}
