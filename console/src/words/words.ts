import { useMemo } from "react";
import { formats } from "./format";
import { type Lang, useLanguage } from "./language";

/**
 * The words of one page in both languages. The Portuguese ones decide which there are: TypeScript refuses an English set
 * that lacks one or has another.
 */
export function bilingual<T extends object>(words: { pt: T; en: NoInfer<T> }): Record<Lang, T> {
  return words;
}

/** The words of a page in the reader's language. */
export function useWords<T>(words: Record<Lang, T>): T {
  return words[useLanguage().lang];
}

/** Money, numbers, days and moments as the reader's language writes them. */
export function useFormats() {
  const { lang } = useLanguage();
  return useMemo(() => formats(lang), [lang]);
}

/** "1 cliente", "3 clientes": what is counted by one and by others. */
export function counted(n: number, one: string, more: string, locale = "pt-BR"): string {
  return `${new Intl.NumberFormat(locale).format(n)} ${n === 1 ? one : more}`;
}
