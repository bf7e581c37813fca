import { Lock, Phone, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useCompany } from "../../../app/mode";
import { usePageKey } from "../../../app/page-key";
import { useMay, useSession } from "../../../app/session";
import { Badge, Button, cx, Keys, Notice } from "../../../ui";
import { useFormats, useWords } from "../../../words";
import { useCustomer } from "../../customers/data";
import { useToday } from "../../receivables/data";
import { type Asking, CallDialog } from "./call-dialog";
import { type Call, type Code, codes, type Kind, type Task, type useTaskActs } from "./data";
import type { Case } from "./group";
import { callWords } from "./words";

type Acts = ReturnType<typeof useTaskActs>;
/** Outcomes that need nothing more than a key. */
const AT_ONCE: ReadonlySet<Code> = new Set(["no_answer", "disputes", "pays_later", "paid_already"]);
/** Outcomes that are about a receivable. */
const OF_RECEIVABLE: ReadonlySet<Code> = new Set(["promised", "disputes", "paid_already"]);
/** A lock lasts half an hour. */
const KEPT = 10 * 60_000;
const PHONES = new Set(["voice", "sms", "whatsapp"]);

/** The desk of whoever calls: who has the task, the number, what to say, and how the call ended. */
export function Desk({ of, kind, acts }: { of: Case; kind: Kind; acts: Acts }) {
  const { first: task, tasks } = of;
  const say = useWords(callWords);
  const format = useFormats();
  const may = useMay();
  const today = useToday();
  const { caller } = useSession();
  const { data: customer } = useCustomer(task.customer);
  const [asking, ask] = useState<Asking | null>(null);
  const numbers = numbersOf(customer?.profile?.contacts ?? []);
  const theirs = task.state === "claimed" && !task.mine;
  const over = task.state === "done";
  const leads = caller.role === "owner" || caller.role === "manager";
  const can = may("receivables:act") && !theirs && !over;
  const offered = codes.filter((code) => kind === "task" || code === "other").filter((code) => tasks.every((one) => one.receivable) || !OF_RECEIVABLE.has(code)).filter((code) => code !== "wrong_number" || (numbers.length > 0 && may("customers:act")));
  const start = (code: Code) => {
    if (!can || !offered.includes(code) || acts.busy) return;
    if (AT_ONCE.has(code)) void acts.work({ tasks, code });
    else ask(code);
  };
  const save = (call: Call) => void acts.work(call).then((worked) => worked && ask(null));
  const lock = () => {
    if (!may("receivables:act") || over) return;
    if (task.mine || (theirs && leads)) acts.release.mutate(tasks);
    else if (!theirs) acts.claim.mutate(tasks);
  };
  usePageKey("c", lock);
  // A long call is still a call: the lock is kept while the case stands open.
  const keep = acts.claim.mutate;
  const held = task.mine && !over;
  // The list is read again all the time; that does not begin the wait anew.
  const latest = useRef(tasks);
  useEffect(() => {
    latest.current = tasks;
  });
  useEffect(() => {
    if (!held) return;
    const timer = setInterval(() => keep(latest.current), KEPT);
    return () => clearInterval(timer);
  }, [held, keep]);
  usePageKey("f", () => can && ask("follow_up"));
  return (
    <div className="flex flex-col gap-4">
      {theirs ? (
        <Notice tone="warn" action={leads && may("receivables:act") && <Button size="sm" busy={acts.release.isPending} onClick={lock}>{say.take}</Button>}>
          <Lock aria-hidden className="mr-1.5 inline size-4" />{say.theirs(task.claimed_by ?? "", task.claimed_until ? format.time(task.claimed_until) : "")}
        </Notice>
      ) : over ? (
        <Notice action={task.last_code !== "ended" && may("receivables:act") && <Button size="sm" busy={acts.reopen.isPending} onClick={() => acts.reopen.mutate(tasks)}><Undo2 />{say.reopen}</Button>}>
          {[say.codes[task.last_code ?? ""] ?? say.states.done, task.worked_by, task.worked_at && format.moment(task.worked_at)].filter(Boolean).join(" · ")}
        </Notice>
      ) : (
        may("receivables:act") && (
          <div className="flex items-center justify-between gap-3">
            <span className={cx("text-sm", task.mine ? "text-good" : "text-muted")}>{task.mine && task.claimed_until ? say.mineUntil(format.time(task.claimed_until)) : task.follow_up_on ? say.back(format.day(task.follow_up_on)) : say.free}</span>
            <Button size="sm" look={task.mine ? "plain" : "primary"} busy={acts.claim.isPending || acts.release.isPending} onClick={lock}>{task.mine ? say.release : say.claim}<Keys text="c" /></Button>
          </div>
        )
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        {numbers[0] && <a href={`tel:${numbers[0]}`} className="num inline-flex items-center gap-2 text-lg font-semibold hover:text-accent hover:underline"><Phone aria-hidden className="size-4 text-faint" />{numbers[0]}</a>}
        {task.days_late > 0 && <Badge tone="bad">{say.late(task.days_late)}</Badge>}
        {task.attempts > 0 && <Badge tone="warn">{say.attempts(task.attempts)}</Badge>}
        {task.overflow && <Badge tone="warn">{say.overflow}</Badge>}
      </div>
      {kind === "task" && task.at_stake && numbers[0] && !over && <Script task={task} />}
      {can && (
        <section>
          <h3 className="font-semibold">{kind === "mend" ? say.mending : say.outcome}</h3>
          <p className="mb-1.5 text-sm text-muted">{tasks.length > 1 ? say.forAll(tasks.length) : task.receivable_external_id && say.forOne(task.receivable_external_id)}</p>
          <div className="grid grid-cols-2 gap-1.5">
            {offered.map((code) => (
              <Button key={code} size="sm" disabled={acts.busy} title={say.means[code]} onClick={() => start(code)}>{kind === "mend" ? say.mended : say.codes[code]}<Keys text={String(codes.indexOf(code) + 1)} /></Button>
            ))}
            <Button size="sm" look="quiet" className="border-line-strong" onClick={() => ask("follow_up")}>{say.followUp}<Keys text="f" /></Button>
          </div>
        </section>
      )}
      {codes.map((code, at) => <CodeKey key={code} digit={String(at + 1)} act={() => start(code)} />)}
      {asking && <CallDialog key={asking} tasks={tasks} asking={asking} today={today} numbers={numbers} busy={acts.busy} onSave={save} onClose={() => ask(null)} />}
    </div>
  );
}

function CodeKey({ digit, act }: { digit: string; act: () => void }) {
  usePageKey(digit, act);
  return null;
}

/** Numbers that work, those that are for calls first, each once. */
function numbersOf(contacts: readonly { channel: string; address: string; health: string }[]): string[] {
  const usable = contacts.filter((contact) => PHONES.has(contact.channel) && contact.health === "usable");
  const sorted = [...usable.filter((contact) => contact.channel === "voice"), ...usable];
  return [...new Set(sorted.map((contact) => contact.address))];
}

/** Words to begin with; who speaks makes them their own. */
function Script({ task }: { task: Task }) {
  const say = useWords(callWords);
  const format = useFormats();
  const { data: company } = useCompany();
  const text = say.script(task.customer_name ?? "", company?.name ?? "", task.at_stake ? format.money(task.at_stake) : "");
  return (
    <details className="rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer font-medium">{say.says}</summary>
      <p className="mt-1.5 text-sm text-muted">{say.saysFirst}</p>
      <p className="mt-1">{text}</p>
    </details>
  );
}
