import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { SearchField } from "../ui";

/** What the list is searched for. It may be a name: it stays in the browser's history, and in no address. */
export function useWanted(): string {
  return useLocation({ select: (place) => place.state.wanted ?? "" });
}

type Props = {
  label: string;
  help: string;
  wanted: string;
  onSearch: (text: string) => void;
  /** Enter was pressed; whether what was typed is the whole name of something, which is open now. */
  onGo: (text: string) => Promise<boolean>;
  className?: string;
};

const PAUSE = 250;

/** Narrows a list while somebody types. */
export function WantedField({ label, help, wanted, onSearch, onGo, className }: Props) {
  const [text, setText] = useState(wanted);
  const [busy, setBusy] = useState(false);
  const typed = useRef({ at: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  useEffect(() => () => clearTimeout(typed.current.timer), []);
  // Filters that were cleared, and a step back, are shown; what was typed a moment ago is only on its way.
  useEffect(() => {
    if (Date.now() - typed.current.at > 4 * PAUSE) setText(wanted);
  }, [wanted]);
  function ask(next: string, after: number) {
    clearTimeout(typed.current.timer);
    typed.current = { at: Date.now(), timer: setTimeout(() => onSearch(next.trim()), after) };
  }
  async function go() {
    const whole = text.trim();
    clearTimeout(typed.current.timer);
    if (!whole) return onSearch("");
    setBusy(true);
    try {
      if (!(await onGo(whole))) ask(text, 0);
    } finally {
      setBusy(false);
    }
  }
  return (
    <SearchField
      label={label}
      help={help}
      value={text}
      onChange={(next) => {
        setText(next);
        ask(next, PAUSE);
      }}
      onGo={() => void go()}
      busy={busy}
      className={className}
    />
  );
}
