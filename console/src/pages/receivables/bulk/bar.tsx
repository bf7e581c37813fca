import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useShortcut } from "../../../app/shortcuts";
import { useMay } from "../../../app/session";
import { Button, Menu, SelectionBar } from "../../../ui";
import { useWords } from "../../../words";
import { type BulkAct, scopes } from "../acts/kinds";
import { ACT_ICONS } from "../acts/use-acts";
import { actWords } from "../acts/words";
import { panelWords } from "../panel/words";
import { words } from "../words";
import { BulkDialog } from "./dialog";

export const MOST = 500;
const FIRST: readonly BulkAct[] = ["pause", "hold", "promise", "charge"];
const REST: readonly BulkAct[] = ["resume", "release", "dispute", "settle", "writeOff"];

type Props = {
  selection: ReadonlySet<string>;
  onSelect: (next: ReadonlySet<string>) => void;
  today: string;
  /** Selects what the filter holds beyond what is loaded, up to the most that an act reaches. */
  onSelectFiltered?: () => void;
  selecting: number | null;
};

/** What can be done to what is selected. */
export function BulkBar({ selection, onSelect, today, onSelectFiltered, selecting }: Props) {
  const say = useWords(actWords);
  const names = useWords(words);
  const panel = useWords(panelWords);
  const may = useMay();
  const [act, setAct] = useState<BulkAct | null>(null);
  const shown = FIRST.filter((one) => may(scopes[one]));
  const rest = REST.filter((one) => may(scopes[one]));
  const many = selection.size > MOST;
  const begin = (one: BulkAct) => selection.size > 0 && !many && may(scopes[one]) && setAct(one);
  useShortcut("P", () => begin("pause"));
  useShortcut("B", () => begin("hold"));
  useShortcut("M", () => begin("promise"));
  return (
    <>
      <SelectionBar selection={selection} onClear={() => onSelect(new Set())}>
        {shown.map((one) => <Button key={one} size="sm" disabled={many} onClick={() => setAct(one)}>{ACT_ICONS[one]}{say.acts[one].name}</Button>)}
        {rest.length > 0 && (
          <Menu
            align="start"
            trigger={<Button size="sm" icon disabled={many} aria-label={panel.moreActs}><MoreHorizontal /></Button>}
            items={rest.flatMap((one) => [one === "writeOff" && ("line" as const), { label: say.acts[one].name, icon: ACT_ICONS[one], danger: one === "writeOff", onSelect: () => setAct(one) }])}
          />
        )}
        {many && <span className="text-sm text-warn">{names.tooMany(MOST)}</span>}
        {onSelectFiltered && !many && (
          <button type="button" onClick={onSelectFiltered} disabled={selecting !== null} className="text-sm font-medium text-accent hover:underline">
            {selecting !== null ? names.selecting(selecting) : names.selectFiltered(MOST)}
          </button>
        )}
      </SelectionBar>
      {act && (
        <BulkDialog
          act={act}
          ids={[...selection]}
          today={today}
          onClose={(changed) => {
            setAct(null);
            if (changed) onSelect(new Set());
          }}
        />
      )}
    </>
  );
}
