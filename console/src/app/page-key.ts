import { useShortcut } from "./shortcuts";

let went = 0;
window.addEventListener("keydown", (event) => {
  if (event.key === "g") went = Date.now();
}, true);

/** A letter that acts on this page; the letter behind `g` goes to another page instead. */
export function usePageKey(letter: string, act: () => void, enabled = true): void {
  useShortcut(letter, () => {
    if (Date.now() - went > 1200) act();
  }, enabled);
}
