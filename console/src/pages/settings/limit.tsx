import { decimal, minor, typedAmount, useFormats, useWords } from "../../words";
import { accountWords } from "./account-words";

/** An authority limit in words. It holds in whatever currency the act is in; it is shown in reais. */
export function LimitText({ limit }: { limit: number | null | undefined }) {
  const say = useWords(accountWords);
  const format = useFormats();
  if (limit === null || limit === undefined) return <>{say.noLimit}</>;
  if (limit === 0) return <>{say.nothingAlone}</>;
  return <span className="num">{format.money({ amount: decimal(limit), currency: "BRL" })}</span>;
}

/** What was typed as a limit: minor units, null for none, undefined when it is no amount. */
export function typedLimit(text: string): number | null | undefined {
  if (!text.trim()) return null;
  const amount = typedAmount(text);
  if (amount === null) return undefined;
  const units = minor({ amount, currency: "BRL" });
  return units < 0 ? undefined : units;
}
