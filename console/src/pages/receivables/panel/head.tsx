import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { Badge, Button, Menu, Money } from "../../../ui";
import { enums, useFormats, useWords } from "../../../words";
import { ACT_ICONS, type useActs } from "../acts/use-acts";
import type { ReceivableAct } from "../acts/kinds";
import { actWords } from "../acts/words";
import type { Receivable } from "../data";
import { useName } from "../names";
import { CustomerName, Late, StatusBadge } from "../labels";
import { words } from "../words";
import { panelWords } from "./words";

/** Who owes what, since when, and what can be done about it. */
export function Head({ receivable, today, acts, children }: { receivable: Receivable; today: string; acts: ReturnType<typeof useActs>; children?: ReactNode }) {
  const say = useWords(panelWords);
  const names = useWords(words);
  const modes = useWords(enums).mode;
  const format = useFormats();
  const stands = receivable.stands;
  const open = receivable.status === "open";
  const customer = useName(receivable.customer);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
            {receivable.external_id}
            <StatusBadge status={receivable.status} />
            {stands && stands.mode !== "live" && <Badge>{modes?.[stands.mode] ?? stands.mode}</Badge>}
          </h2>
          <Link to="/customers/$customer" params={{ customer: receivable.customer }} className="block max-w-full text-muted hover:text-accent hover:underline">
            <CustomerName name={customer && (customer.erased ? names.erased : (customer.name ?? names.unnamed))} code={receivable.customer_external_id} />
          </Link>
        </div>
        {children}
      </div>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-1">
        <div>
          <div className="text-sm text-muted">{open ? say.dueToday : say.closedBalance}</div>
          <div className="num text-2xl font-semibold tracking-tight"><Money value={open ? (stands?.due.total ?? receivable.balance) : receivable.balance} /></div>
        </div>
        <div className="text-right text-sm text-muted">
          <div>{names.due} {format.day(receivable.due_on)}</div>
          {stands && stands.due_rolled !== receivable.due_on && <div>{say.rolled(format.day(stands.due_rolled))}</div>}
          <div><Late status={receivable.status} dueOn={stands?.due_rolled ?? receivable.due_on} today={today} long /></div>
        </div>
      </div>
      {stands && stands.holds.length > 0 && (
        <ul aria-label={say.holds} className="flex flex-wrap gap-1.5">
          {stands.holds.filter(unlike).map((hold, at) => (
            <li key={at}>
              <Badge tone="warn" dot>
                {names.cause[hold.cause] ?? hold.cause}
                {hold.of_customer && ` ${say.ofCustomer}`}
                {hold.until && ` ${say.untilWhen(format.day(hold.until))}`}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      <Acts acts={acts} />
    </div>
  );
}

type Hold = NonNullable<Receivable["stands"]>["holds"][number];

/** Two promises for one day are one thing to whoever reads. */
function unlike(hold: Hold, at: number, all: readonly Hold[]): boolean {
  return all.findIndex((one) => one.cause === hold.cause && one.of_customer === hold.of_customer && one.until === hold.until) === at;
}

const FIRST: readonly ReceivableAct[] = ["approve", "resume", "settle", "release", "pause", "promise", "charge", "payment"];

function Acts({ acts }: { acts: ReturnType<typeof useActs> }) {
  const say = useWords(actWords);
  const own = useWords(panelWords);
  const shown = FIRST.filter(acts.can).slice(0, 2);
  if (acts.items.length === 0) return null;
  return (
    <div role="group" aria-label={own.acts} className="flex flex-wrap gap-2">
      {shown.map((act) => <Button key={act} size="sm" onClick={() => acts.start(act)}>{ACT_ICONS[act]}{say.acts[act].name}</Button>)}
      <Menu align="start" trigger={<Button size="sm" icon aria-label={own.moreActs}><MoreHorizontal /></Button>} items={acts.items} />
    </div>
  );
}
