import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Dialog, Keys } from "../ui";
import { useWords } from "../words";
import { PLACES, places } from "./nav";
import { shellWords } from "./shell-words";
import { useTheme } from "./theme";

/** Whether keys go into a text at the moment, so that letters are letters. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.getAttribute("role") === "combobox");
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const CTRL = isMac ? "⌘" : "Ctrl";

/** The shortcuts that hold everywhere. Pages add theirs by `useShortcut`. */
export function useGlobalShortcuts(openPalette: () => void, openHelp: () => void) {
  const navigate = useNavigate();
  const { dark, choose } = useTheme();
  const went = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && key === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || document.querySelector("[role=dialog],[role=menu]")) return;
      if (Date.now() - went.current < 1200) {
        went.current = 0;
        const place = PLACES.find((one) => one.key === key);
        if (place) {
          event.preventDefault();
          void navigate({ to: place.to });
          return;
        }
      }
      if (key === "g") went.current = Date.now();
      else if (event.key === "?") openHelp();
      else if (key === "/") {
        const box = document.querySelector<HTMLInputElement>("[data-page-search]");
        if (!box) return openPalette();
        event.preventDefault();
        box.focus();
      } else if (event.key === "T") choose(dark ? "light" : "dark");
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, openPalette, openHelp, dark, choose]);
}

/** A shortcut of one page: one letter, while nobody types and no dialog is open. */
export function useShortcut(key: string, act: () => void, enabled = true) {
  const now = useRef(act);
  useEffect(() => {
    now.current = act;
  });
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== key || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
      if (document.querySelector("[role=dialog],[role=menu]")) return;
      event.preventDefault();
      now.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [key, enabled]);
}

let pageKeys: readonly (readonly [label: string, keys: string])[] = [];

/** What the help says of this page while it is open. Give it the same array each time. */
export function usePageKeys(keys: typeof pageKeys) {
  useEffect(() => {
    pageKeys = keys;
    return () => {
      pageKeys = [];
    };
  }, [keys]);
}

export function Help({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const say = useWords(shellWords);
  const names = useWords(places);
  const groups: [string, readonly (readonly [string, string])[]][] = [
    ...(open && pageKeys.length > 0 ? [[say.thisPage, pageKeys] as [string, typeof pageKeys]] : []),
    [say.go, PLACES.map((place) => [names[place.word], `g ${place.key}`])],
    [say.general, [[say.palette, `${CTRL} K`], [say.focusSearch, "/"], [say.toggleTheme, "Shift T"], [say.thisHelp, "?"]]],
    [say.tables, [[say.moveRows, "j k"], [say.openRow, "Enter"], [say.selectRow, "x"], [say.extend, "Shift ↓"], [say.selectAll, `${CTRL} A`]]],
  ];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={say.shortcuts} wide>
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {groups.map(([name, rows]) => (
          <section key={name}>
            <h3 className="mb-1.5 text-sm font-medium text-faint">{name}</h3>
            <ul className="flex flex-col">
              {rows.map(([label, keys]) => <li key={label} className="flex items-center justify-between border-b border-line py-1.5 last:border-0">{label}<Keys text={keys} /></li>)}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** What is open of the two. */
export function useOverlays() {
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  return { palette, setPalette, help, setHelp };
}
