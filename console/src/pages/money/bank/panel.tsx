import { type FormEvent, useState } from "react";
import { usePageKey } from "../../../app/page-key";
import { useMay } from "../../../app/session";
import { SidePanel } from "../../../app/side";
import { Badge, Button, Confirm, cx, Day, Facts, Field, Input, Keys, Money } from "../../../ui";
import { common, minor, useFormats, useWords } from "../../../words";
import { useName } from "../../receivables/names";
import { type Line, type Target, useLineActs } from "./use-acts";
import { bankWords } from "./words";

type Suggestion = Line["suggestions"][number];

/** What the bank said, what it may be, and what it is booked on. */
export function LinePanel({ line, onClose, onDone }: { line: Line; onClose: () => void; onDone: () => void }) {
  const say = useWords(bankWords);
  const may = useMay();
  const { book, setAside } = useLineActs(line, onDone);
  const [picked, pick] = useState(0);
  const [others, setOthers] = useState("");
  const [customer, setCustomer] = useState("");
  const [asking, ask] = useState(false);
  const can = may("bank:act");
  const typed = others.split(/[,;\s]+/).filter(Boolean);
  const suggestion = line.suggestions[picked];
  const target: Target | null = typed.length > 0 ? { receivables: typed } : customer.trim() ? { customer: customer.trim() } : suggestion ? { receivables: [suggestion.receivable_external_id] } : null;
  const go = () => target && !book.isPending && book.mutate(target);
  usePageKey("b", go, can);
  usePageKey("s", () => ask(true), can);
  for (let at = 0; at < 9; at++) {
    // The same nine hooks each time.
    // eslint-disable-next-line react-hooks/rules-of-hooks
    usePageKey(String(at + 1), () => at < line.suggestions.length && pick(at));
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go();
  };
  return (
    <SidePanel
      label={say.selected}
      title={<Money value={line.told?.amount} />}
      note={<span>{line.posted_on && <Day value={line.posted_on} />} · {line.account}</span>}
      onClose={onClose}
      footer={can && (
        <>
          <Button look="primary" disabled={!target} busy={book.isPending} onClick={go}>{say.book}<Keys text="b" /></Button>
          <Button onClick={() => ask(true)}>{say.setAside}<Keys text="s" /></Button>
        </>
      )}
    >
      <div className="flex flex-col gap-5">
        <Told line={line} />
        <section>
          <h3 className="mb-1.5 font-semibold">{say.suggestions}</h3>
          {line.suggestions.length === 0 ? <p className="text-muted">{say.noSuggestions}</p> : (
            <ul className="overflow-hidden rounded-lg border border-line">
              {line.suggestions.map((one, at) => (
                <li key={one.receivable_external_id} className="border-b border-line last:border-0">
                  <Choice one={one} at={at} exact={Boolean(line.told?.amount && minor(line.told.amount) === minor(one.owes))} on={at === picked && typed.length === 0 && !customer.trim()} onPick={() => { pick(at); setOthers(""); setCustomer(""); }} />
                </li>
              ))}
            </ul>
          )}
        </section>
        {can && (
          <form onSubmit={submit} className="flex flex-col gap-3">
            <Field label={say.others} hint={say.othersHint}><Input value={others} onChange={(event) => { setOthers(event.target.value); setCustomer(""); }} autoComplete="off" /></Field>
            <Field label={say.customer} hint={say.customerHint}><Input value={customer} onChange={(event) => { setCustomer(event.target.value); setOthers(""); }} autoComplete="off" /></Field>
            <button type="submit" className="sr-only" tabIndex={-1}>{say.book}</button>
          </form>
        )}
      </div>
      <Confirm open={asking} onOpenChange={ask} title={say.setAsideTitle} consequences={say.setAsideText} act={say.setAside} reason="optional" onConfirm={(reason) => setAside.mutateAsync(reason)} />
    </SidePanel>
  );
}

function Told({ line }: { line: Line }) {
  const say = useWords(bankWords);
  const usual = useWords(common);
  const told = line.told;
  if (!told) return <p className="text-muted">{say.gone}</p>;
  const names = Object.entries(told.names).map(([name, value]) => `${name}: ${String(value)}`);
  return (
    <Facts
      rows={[
        told.text && [say.text, told.text],
        told.payer_name && [say.payer, told.payer_name],
        told.payer_tax_id && [say.document, <span key="t" className="num">{told.payer_tax_id}</span>],
        told.payer_account && [say.payerAccount, <span key="a" className="num">{told.payer_account}</span>],
        names.length > 0 && [say.names, <span key="n" className="num text-sm text-muted">{names.join(", ")}</span>],
        [say.why, say.whys[line.why] ?? (line.why || usual.none)],
      ]}
    />
  );
}

function Choice({ one, at, exact, on, onPick }: { one: Suggestion; at: number; exact: boolean; on: boolean; onPick: () => void }) {
  const say = useWords(bankWords);
  const format = useFormats();
  const name = useName(one.customer_external_id);
  return (
    <button type="button" aria-pressed={on} onClick={onPick} className={cx("flex w-full flex-col gap-0.5 px-3 py-2 text-left focus-visible:-outline-offset-2", on ? "bg-accent-soft" : "hover:bg-hover")}>
      <span className="flex w-full items-baseline justify-between gap-3">
        <span className="min-w-0 truncate"><span className="num font-medium">{one.receivable_external_id}</span> <span className="text-muted">{name?.name ?? one.customer_external_id}</span></span>
        {at < 9 && <Keys text={String(at + 1)} />}
      </span>
      <span className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
        {say.owes(format.money(one.owes))} · {say.percent(format.percent(one.percent / 100))}, {say.foundBy[one.found_by] ?? one.found_by}
        {exact && <Badge tone="good">{say.fits}</Badge>}
      </span>
    </button>
  );
}
