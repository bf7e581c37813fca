import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

export type Lang = "pt" | "en";
export const LOCALE: Record<Lang, string> = { pt: "pt-BR", en: "en-GB" };
const STORED = "regua.language";

/** The language that was chosen, or the one that the browser asks for; Portuguese when it says nothing that we speak. */
export function firstLanguage(stored: string | null, asked: readonly string[]): Lang {
  if (stored === "pt" || stored === "en") return stored;
  for (const tag of asked) {
    if (tag.startsWith("pt")) return "pt";
    if (tag.startsWith("en")) return "en";
  }
  return "pt";
}

const Language = createContext<{ lang: Lang; choose: (lang: Lang) => void } | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [lang, set] = useState<Lang>(() => firstLanguage(localStorage.getItem(STORED), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = LOCALE[lang];
  }, [lang]);
  const choose = useCallback((next: Lang) => {
    localStorage.setItem(STORED, next);
    set(next);
  }, []);
  const value = useMemo(() => ({ lang, choose }), [lang, choose]);
  return <Language value={value}>{children}</Language>;
}

export function useLanguage() {
  const value = useContext(Language);
  if (!value) throw new Error("useLanguage outside of LanguageProvider");
  return value;
}
