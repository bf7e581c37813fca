import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { Badge, type Tone } from "../../../ui";
import { decimal, minor, useFormats, useWords } from "../../../words";
import { bankWords } from "./words";

const TONES: Record<string, Tone> = { waiting: "warn", booked: "good", taken_back: "neutral", set_aside: "neutral" };

/** What all lines that were read come to, by where they stand. */
export function Sums() {
  const say = useWords(bankWords);
  const format = useFormats();
  const { data } = useQuery({ queryKey: [...keys.bank, "sums"], queryFn: ({ signal }) => answer(api.GET("/v1/bank-sums", { params: { query: { limit: 200 } }, signal })), staleTime: 30_000 });
  if (!data || data.items.length === 0) return null;
  const sums = new Map<string, { status: string; currency: string; lines: number; minor: number }>();
  for (const one of data.items) {
    const key = `${one.status} ${one.amount.currency}`;
    const sum = sums.get(key) ?? { status: one.status, currency: one.amount.currency, lines: 0, minor: 0 };
    sum.lines += one.lines;
    sum.minor += minor(one.amount);
    sums.set(key, sum);
  }
  return (
    <ul aria-label={say.sums} className="mb-3 flex shrink-0 flex-wrap gap-x-5 gap-y-1">
      {[...sums.values()].map((sum) => (
        <li key={`${sum.status}${sum.currency}`} className="flex items-baseline gap-1.5">
          <Badge tone={TONES[sum.status] ?? "neutral"}>{say.statuses[sum.status] ?? sum.status}: {format.number(sum.lines)}</Badge>
          <span className="num text-muted">{format.money({ amount: decimal(sum.minor), currency: sum.currency })}</span>
        </li>
      ))}
    </ul>
  );
}
