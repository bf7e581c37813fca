import { type Lang, LOCALE } from "./language";

export type MoneyText = { amount: string; currency: string };

/** A civil day such as `2026-12-01`, at noon UTC so that no time zone moves it. */
function dayOf(day: string): Date {
  return new Date(`${day.slice(0, 10)}T12:00:00Z`);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Days from `today` to `day`: negative when it is past. */
export function daysBetween(today: string, day: string): number {
  return Math.round((dayOf(day).getTime() - dayOf(today).getTime()) / DAY);
}

function make(lang: Lang) {
  const locale = LOCALE[lang];
  const currencies = new Map<string, Intl.NumberFormat>();
  const whole = new Map<string, Intl.NumberFormat>();
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  // Brazilians write days in digits; an English reader would have to guess which number is the month.
  const month2 = lang === "pt" ? ("2-digit" as const) : ("short" as const);
  const day = new Intl.DateTimeFormat(locale, { day: "2-digit", month: month2, year: "numeric", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat(locale, { day: "2-digit", month: month2, timeZone: "UTC" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(locale, { day: "2-digit", month: month2, year: "numeric", hour: "2-digit", minute: "2-digit" });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  function currency(code: string, short: boolean): Intl.NumberFormat {
    const kept = short ? whole : currencies;
    let format = kept.get(code);
    if (!format) {
      const more = short ? ({ notation: "compact", maximumFractionDigits: 1 } as const) : {};
      format = new Intl.NumberFormat(locale, { style: "currency", currency: code, ...more });
      kept.set(code, format);
    }
    return format;
  }

  return {
    lang,
    locale,
    /** R$ 1.234,56. Intl takes the decimal text itself, so no digit is lost to a float. */
    money: (value: MoneyText) => currency(value.currency, false).format(value.amount as Intl.StringNumericLiteral),
    /** R$ 1,2 mi: for charts and headlines. */
    shortMoney: (value: MoneyText) => currency(value.currency, true).format(value.amount as Intl.StringNumericLiteral),
    number: (value: number) => number.format(value),
    compact: (value: number) => compact.format(value),
    percent: (value: number) => percent.format(value),
    day: (text: string) => day.format(dayOf(text)),
    shortDay: (text: string) => shortDay.format(dayOf(text)),
    weekday: (text: string) => weekday.format(dayOf(text)),
    month: (text: string) => month.format(dayOf(text)),
    moment: (text: string) => moment.format(new Date(text)).replace(", ", " "),
    time: (text: string) => time.format(new Date(text)),
    /** "há 3 dias", "in 5 minutes". */
    ago: (text: string, now: number = Date.now()) => {
      const gap = new Date(text).getTime() - now;
      const size = Math.abs(gap);
      if (size < MINUTE) return relative.format(0, "second");
      if (size < HOUR) return relative.format(Math.trunc(gap / MINUTE), "minute");
      if (size < DAY) return relative.format(Math.trunc(gap / HOUR), "hour");
      if (size < 60 * DAY) return relative.format(Math.trunc(gap / DAY), "day");
      return relative.format(Math.trunc(gap / (30 * DAY)), "month");
    },
    /** "em 3 dias", "ontem": a civil day as seen from another. */
    days: (from: string, to: string) => relative.format(daysBetween(from, to), "day"),
  };
}

export type Formats = ReturnType<typeof make>;
const made = new Map<Lang, Formats>();

/** The formats of a language; made once, since Intl's constructors are slow. */
export function formats(lang: Lang): Formats {
  let found = made.get(lang);
  if (!found) {
    found = make(lang);
    made.set(lang, found);
  }
  return found;
}

/** Minor units of a decimal text: "102.03" is 10203. For sums and charts; what is shown stays text. */
export function minor(value: MoneyText, digits = 2): number {
  const [whole = "0", part = ""] = value.amount.replace("-", "").split(".");
  const units = Number(whole) * 10 ** digits + Number(part.padEnd(digits, "0").slice(0, digits) || "0");
  return value.amount.startsWith("-") ? -units : units;
}

/** The decimal text of minor units: 10203 is "102.03". */
export function decimal(units: number, digits = 2): string {
  const text = Math.abs(units).toString().padStart(digits + 1, "0");
  const cut = text.length - digits;
  return `${units < 0 ? "-" : ""}${text.slice(0, cut)}${digits ? `.${text.slice(cut)}` : ""}`;
}

/** What a person typed as an amount ("1.234,56", "1234.56", "R$ 10") as a decimal text, or null. */
export function typedAmount(text: string): string | null {
  const bare = text.replace(/[^\d.,-]/g, "");
  if (!/\d/.test(bare)) return null;
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const tail = bare.length - last - 1;
  // A sign with one or two digits behind it divides cents; otherwise it groups thousands.
  const cents = last >= 0 && tail <= 2 ? bare.slice(last + 1) : "";
  const whole = (cents || tail === 0 ? bare.slice(0, last < 0 ? undefined : last) : bare).replace(/[.,]/g, "");
  if (!/^-?\d+$/.test(whole)) return null;
  return `${whole}.${cents.padEnd(2, "0")}`;
}
