import { ExternalLink, X } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useShortcut } from "../../../app/shortcuts";
import { Button, Failed, Notice, SkeletonRows, Tabs, Tooltip } from "../../../ui";
import { useWords } from "../../../words";
import { Life } from "../../customers/life/life";
import { gather } from "../../customers/telling/gather";
import { HeldActs } from "../acts/held";
import { ACT_KEYS, useActs } from "../acts/use-acts";
import type { ReceivableAct } from "../acts/kinds";
import { type Receivable, useExplanation, useReceivable, useRefresh, useToday } from "../data";
import { words } from "../words";
import { Amounts } from "./amounts";
import { Head } from "./head";
import { Ladder } from "./ladder";
import { Charges, Ledger, Payments, Ways } from "./parts";
import { panelWords } from "./words";

/** Everything about one receivable: at the side of the list, or as a page of its own. */
export function ReceivableView({ id, onClose }: { id: string; onClose?: () => void }) {
  const { data, isPending, isError, error, refetch } = useReceivable(id);
  if (isPending) return <SkeletonRows rows={8} className="p-1" />;
  if (isError) return <Failed error={error} retry={() => void refetch()} />;
  return <Known receivable={data} onClose={onClose} />;
}

function Known({ receivable, onClose }: { receivable: Receivable; onClose?: () => void }) {
  const say = useWords(panelWords);
  const names = useWords(words);
  const today = useToday();
  const acts = useActs(receivable, today);
  const refresh = useRefresh();
  const [part, setPart] = useState("history");
  const tabs = [
    { value: "history", label: say.decisions, body: <History id={receivable.id} open={part === "history"} /> },
    { value: "ledger", label: say.ledger, body: <Ledger id={receivable.id} /> },
    { value: "payments", label: say.payments, body: <Payments id={receivable.id} /> },
    { value: "ways", label: say.ways, body: <Ways receivable={receivable} /> },
    { value: "charges", label: say.charges, body: <Charges id={receivable.id} /> },
  ];
  return (
    <div className="flex flex-col gap-5">
      <ActShortcuts acts={acts} />
      <Head receivable={receivable} today={today} acts={acts}>
        {onClose && (
          <span className="flex gap-1">
            <Tooltip text={names.fullPage}>
              <Button asChild look="quiet" size="sm" icon><Link to="/receivables/$receivable" params={{ receivable: receivable.id }} aria-label={names.fullPage}><ExternalLink /></Link></Button>
            </Tooltip>
            <Button look="quiet" size="sm" icon aria-label={say.close} onClick={onClose}><X /></Button>
          </span>
        )}
      </Head>
      <HeldActs about={[receivable.id, receivable.external_id]} onDone={() => void refresh([receivable.id], [receivable.customer])} />
      <Amounts receivable={receivable} today={today} />
      <section aria-label={say.stands} className="flex flex-col gap-2">
        <h3 className="font-semibold">{say.stands}</h3>
        <Ladder receivable={receivable} />
      </section>
      <Tabs label={say.parts} tabs={tabs} value={part} onChange={setPart} />
      {acts.dialog}
    </div>
  );
}

function History({ id, open }: { id: string; open: boolean }) {
  const say = useWords(panelWords);
  const { data, isPending, isError, error, refetch } = useExplanation(id, open);
  const entries = useMemo(() => gather(data?.past ?? []), [data]);
  if (isPending) return <SkeletonRows rows={5} />;
  if (isError) return <Failed error={error} retry={() => void refetch()} />;
  const cut = data.parked ?? data.past_ends;
  return <Life entries={entries} withReceivable={false} notice={cut ? <Notice tone="warn" title={say.explainFailed}>{cut}</Notice> : undefined} />;
}

/** One letter for each of the acts that are done again and again. */
function ActShortcuts({ acts }: { acts: ReturnType<typeof useActs> }) {
  const letters = new Map<string, ReceivableAct[]>();
  for (const [act, key] of Object.entries(ACT_KEYS)) letters.set(key, [...(letters.get(key) ?? []), act as ReceivableAct]);
  return <>{[...letters].map(([key, of]) => <Shortcut key={key} letter={key} act={() => { const one = of.find(acts.can); if (one) acts.start(one); }} />)}</>;
}

function Shortcut({ letter, act }: { letter: string; act: () => void }) {
  useShortcut(letter, () => {
    // The letter behind `g` goes to a page.
    if (Date.now() - wentAt > 1200) act();
  });
  return null;
}

let wentAt = 0;
window.addEventListener("keydown", (event) => {
  if (event.key === "g") wentAt = Date.now();
}, true);
