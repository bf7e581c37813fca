import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CalendarCheck, ChevronLeft, CreditCard, Download, FileMinus2, FileText, Link2, Link2Off, MessageCircleWarning, MoreHorizontal, ReceiptText, UserX } from "lucide-react";
import { useEffect, useState } from "react";
import { answer, api, download } from "../../api/client";
import { useMay } from "../../app/session";
import { usePageKeys, useShortcut } from "../../app/shortcuts";
import { useTellError } from "../../app/toasts";
import { Button, Failed, Menu, type MenuItem, Notice, Page, SkeletonRows, Tabs } from "../../ui";
import { useFormats, useWords } from "../../words";
import { HeldActs } from "../receivables/acts/held";
import type { BulkAct } from "../receivables/acts/kinds";
import { BulkDialog } from "../receivables/bulk/dialog";
import { useToday } from "../receivables/data";
import { words as receivableWords } from "../receivables/words";
import { type Customer, useCustomer, useRefreshCustomer, useWaiting } from "./data";
import { Marks, Standing } from "./page/head";
import { History } from "./page/history";
import { Next } from "./page/next";
import { Owed } from "./page/owed";
import { EraseDialog, SecondCopies, useExport, useLinks } from "./page/papers";
import { Replies } from "./page/replies";
import { AboutCustomer } from "./page/side";
import { useCustomerActs } from "./page/use-acts";
import { pageWords } from "./page/words";
import type { Tab } from "./search";
import { stepName } from "./telling/tell";
import { telling } from "./telling/words";
import { words } from "./words";

export default function CustomerPage() {
  const say = useWords(words);
  const { customer: id } = useParams({ from: "/inside/customers/$customer" });
  const navigate = useNavigate();
  const { data, isPending, isError, error, refetch } = useCustomer(id);
  // Others link by what the source calls the customer; what is kept and made stale goes by our id.
  useEffect(() => {
    if (data && data.id !== id) void navigate({ to: "/customers/$customer", params: { customer: data.id }, search: (before) => before, replace: true });
  }, [data, id, navigate]);
  if (isPending || (data && data.id !== id)) return <Page title={say.title}><SkeletonRows rows={10} /></Page>;
  if (isError) return <Page title={say.title}><Failed error={error} retry={() => void refetch()} /></Page>;
  return <Known key={data.id} customer={data} />;
}

function Known({ customer }: { customer: Customer }) {
  const say = useWords(pageWords);
  const names = useWords(words);
  const causes = useWords(receivableWords).cause;
  const format = useFormats();
  const may = useMay();
  const navigate = useNavigate();
  const { tab = "history" } = useSearch({ from: "/inside/customers/$customer" });
  const acts = useCustomerActs(customer);
  const waiting = useWaiting(customer);
  const tells = useWords(telling);
  const papers = usePapers(customer);
  const many = useManyActs(customer);
  const refresh = useRefreshCustomer(customer.id);
  useEntryKeys();
  usePageKeys(say.keys);
  useShortcut("p", () => acts.start(acts.can("pause") ? "pause" : "resume"));
  useShortcut("b", () => acts.start("hold"));
  const go = (next: string) => void navigate({ to: "/customers/$customer", params: { customer: customer.id }, search: next === "history" ? {} : { tab: next as Tab }, replace: true });
  useTabKeys(go);

  const name = customer.erased_at ? names.erased : (customer.profile?.name ?? names.unnamed);
  const items: (MenuItem | false)[] = [...acts.items, ...(many.items.length > 0 ? (["line"] as const) : []), ...many.items, "line", ...papers.items];
  const tabs = [
    { value: "history", label: say.tabs.history, body: tab === "history" && <History customer={customer} /> },
    { value: "receivables", label: say.tabs.receivables, body: tab === "receivables" && <Owed customer={customer} /> },
    { value: "next", label: say.tabs.next, body: tab === "next" && <Next id={customer.id} /> },
    { value: "replies", label: say.tabs.replies, body: tab === "replies" && <Replies customer={customer} /> },
  ].filter((one) => (one.value === "receivables" || one.value === "next" ? may("receivables:read") : true));
  return (
    <Page
      name={names.title}
      title={
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Link to="/customers" aria-label={names.back} className="-ml-1 rounded-md p-0.5 text-muted hover:bg-hover hover:text-ink"><ChevronLeft className="size-5" /></Link>
          {name}
          <span className="text-base font-normal text-muted">{customer.external_id}</span>
          <Marks customer={customer} />
        </span>
      }
      actions={
        !customer.erased_at && (
          <>
            {(["resume", "pause"] as const).filter(acts.can).map((act) => <Button key={act} onClick={() => acts.start(act)}>{acts.icons[act]}{say.acts[act].name}</Button>)}
            {many.items.length > 0 && may("receivables:act") && <Button onClick={() => many.begin("promise")}><CalendarCheck />{say.promiseAll}</Button>}
            {may("customers:act") && <Button onClick={papers.makeLink}><Link2 />{say.link}</Button>}
            <Menu trigger={<Button icon aria-label={say.more}><MoreHorizontal /></Button>} items={items} />
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {customer.erased_at && <Notice title={say.erased}>{say.erasedText}</Notice>}
        {customer.parked && <Notice tone="bad" title={say.parked}>{customer.parked}</Notice>}
        {customer.stands?.still && (
          <Notice tone="warn" title={customer.stands.still_until ? say.stillUntil(format.moment(customer.stands.still_until)) : say.stillUntilLifted}>
            {customer.stands.held_for.map((hold) => (hold.since ? say.stillSince(causes[hold.cause] ?? hold.cause, format.day(hold.since)) : (causes[hold.cause] ?? hold.cause))).join(" · ")}
          </Notice>
        )}
        {waiting.length > 0 && (
          <Notice tone="warn" title={say.waiting(waiting.length)} action={acts.can("approve") && <Button size="sm" onClick={() => acts.start("approve")}>{say.acts.approve.name}</Button>}>
            {waiting.map((step) => `${step.receivable_external_id}: ${stepName(step.step, tells)}`).join(" · ")}
          </Notice>
        )}
        <HeldActs about={[customer.id, customer.external_id]} onDone={() => void refresh()} />
        {!customer.erased_at && <Standing customer={customer} />}
        <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
          <Tabs label={say.parts} tabs={tabs} value={tab} onChange={go} className="min-w-0" />
          <aside aria-label={say.data}><AboutCustomer customer={customer} /></aside>
        </div>
      </div>
      {acts.dialog}
      {papers.dialog}
      {many.dialog}
    </Page>
  );
}

/** 1 to 4 open the tabs. */
function useTabKeys(go: (tab: string) => void) {
  useShortcut("1", () => go("history"));
  useShortcut("2", () => go("receivables"));
  useShortcut("3", () => go("next"));
  useShortcut("4", () => go("replies"));
}

/** j and k go through what can be unfolded in the history. */
function useEntryKeys() {
  const move = (by: number) => {
    const all = [...document.querySelectorAll<HTMLElement>("[data-entry]")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcut("j", () => move(1));
  useShortcut("k", () => move(-1));
}

/** Acts on every open receivable of the customer at once, with the preview that acts on many have. */
function useManyActs(customer: Customer) {
  const say = useWords(pageWords);
  const may = useMay();
  const today = useToday();
  const tellError = useTellError();
  const refresh = useRefreshCustomer(customer.id);
  const [asked, ask] = useState<{ act: BulkAct; ids: string[] } | null>(null);
  async function begin(act: BulkAct) {
    try {
      const page = await answer(api.GET("/v1/customers/{customer}/receivables", { params: { path: { customer: customer.id }, query: { status: "open", limit: 200 } } }));
      ask({ act, ids: page.items.map((row) => row.id) });
    } catch (error) {
      tellError(error);
    }
  }
  const open = customer.balances.some((one) => one.open_receivables > 0) && !customer.erased_at;
  const items: MenuItem[] = !open ? [] : [
    ...(may("receivables:act") ? [{ label: say.promiseAll, icon: <CalendarCheck />, keys: "m", onSelect: () => void begin("promise") }, { label: say.disputeAll, icon: <MessageCircleWarning />, onSelect: () => void begin("dispute") }] : []),
    ...(may("charging:act") ? [{ label: say.chargeAll, icon: <CreditCard />, keys: "c", onSelect: () => void begin("charge") }] : []),
    ...(may("money:act") ? [{ label: say.writeOffAll, icon: <FileMinus2 />, danger: true, onSelect: () => void begin("writeOff") }] : []),
  ];
  useShortcut("m", () => void begin("promise"), open && may("receivables:act"));
  useShortcut("c", () => void begin("charge"), open && may("charging:act"));
  const dialog = asked && (
    <BulkDialog
      act={asked.act}
      ids={asked.ids}
      today={today}
      onClose={(changed) => {
        ask(null);
        if (changed) void refresh();
      }}
    />
  );
  return { items, begin: (act: BulkAct) => void begin(act), dialog };
}

function usePapers(customer: Customer) {
  const say = useWords(pageWords);
  const may = useMay();
  const tellError = useTellError();
  const links = useLinks(customer);
  const exporting = useExport(customer);
  const [open, setOpen] = useState<"copies" | "erase" | null>(null);
  const statement = () => void download(`/v1/customers/${encodeURIComponent(customer.id)}/statement.pdf`, `${customer.external_id}.pdf`).catch(tellError);
  const items: (MenuItem | false)[] = [
    customer.balances.length > 0 && { label: say.secondCopies, icon: <ReceiptText />, onSelect: () => setOpen("copies") },
    may("money:read") && { label: say.statement, icon: <FileText />, onSelect: statement },
    may("customers:act") && { label: say.link, icon: <Link2 />, onSelect: links.make },
    may("customers:act") && { label: say.linkRevoke, icon: <Link2Off />, onSelect: links.revoke },
    (may("personal:export") || may("personal:erase")) && "line",
    may("personal:export") && { label: say.exportData, icon: <Download />, onSelect: () => exporting.mutate() },
    may("personal:erase") && { label: say.erase, icon: <UserX />, danger: true, onSelect: () => setOpen("erase") },
  ];
  const dialog = (
    <>
      {links.dialog}
      {open === "copies" && <SecondCopies customer={customer} onClose={() => setOpen(null)} />}
      {open === "erase" && <EraseDialog customer={customer} onClose={() => setOpen(null)} />}
    </>
  );
  return { items, makeLink: links.make, dialog };
}
