export { common, enums } from "./common";
export { daysBetween, decimal, formats, type Formats, minor, type MoneyText, typedAmount } from "./format";
export { type Lang, LanguageProvider, LOCALE, useLanguage } from "./language";
export { bilingual, counted, useFormats, useWords } from "./words";
