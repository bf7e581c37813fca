import { Search, X } from "lucide-react";
import { useId, useState } from "react";
import { type Hit, useHits } from "../../../app/palette-find";
import { Button, cx, Input } from "../../../ui";
import { useWords } from "../../../words";
import { templateWords } from "./words";

/** Whom the preview is about: made-up facts, or a customer or receivable found by name, code or number. */
export function Whom({ whom, onChange }: { whom: Hit | null; onChange: (whom: Hit | null) => void }) {
  const say = useWords(templateWords);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const { hits, searching } = useHits(typed);
  const shown = hits.slice(0, 8);
  const pick = (hit: Hit | undefined) => {
    if (!hit) return;
    onChange(hit);
    setTyped("");
  };
  if (whom) {
    return (
      <div className="inline-flex h-8 max-w-80 items-center gap-1 rounded-md border border-line-strong bg-surface pl-2.5">
        <span className="truncate font-medium">{whom.name ?? whom.code}</span>
        {whom.name && <span className="num truncate text-sm text-muted">{whom.code}</span>}
        <Button look="quiet" size="sm" icon aria-label={say.madeUp} title={say.madeUp} onClick={() => onChange(null)}><X /></Button>
      </div>
    );
  }
  const open = typed.trim().length >= 2;
  return (
    <div className="relative w-64">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
      <Input
        data-page-search=""
        role="combobox"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && shown[at] ? `${list}-${at}` : undefined}
        aria-label={say.whom}
        placeholder={say.whom}
        className="pl-8!"
        autoComplete="off"
        value={typed}
        onChange={(event) => { setTyped(event.target.value); setAt(0); }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setAt((shown.length === 0 ? 0 : at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % Math.max(shown.length, 1));
          } else if (event.key === "Enter") pick(shown[at]);
          else if (event.key === "Escape") setTyped("");
        }}
      />
      {open && (
        <ul id={list} role="listbox" aria-label={say.whom} className="absolute top-9 left-0 z-30 w-80 rounded-lg border border-line bg-raised p-1 shadow-pop">
          {shown.map((hit, index) => (
            <li key={`${hit.kind}${hit.id}`} id={`${list}-${index}`} role="option" aria-selected={index === at} onMouseEnter={() => setAt(index)} onMouseDown={(event) => { event.preventDefault(); pick(hit); }} className={cx("flex min-h-8 cursor-default items-center gap-2 rounded-md px-2.5 py-1", index === at && "bg-hover")}>
              <span className="truncate">{hit.name ?? hit.code}</span>
              <span className="num ml-auto shrink-0 text-sm text-muted">{hit.kind === "receivable" ? `${say.receivable} ${hit.code}` : hit.code}</span>
            </li>
          ))}
          {shown.length === 0 && <li className="px-2.5 py-1.5 text-sm text-muted">{searching ? say.searching : say.nobody}</li>}
        </ul>
      )}
    </div>
  );
}
