import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { civilDay, shiftDay } from "./days";
import { type Paid, paidByWeek, overdueWeek } from "./sums";

const MINUTE = 60_000;
/** How many receivables are read at most for the weekly sums; a larger book is told so. */
const PAID_MOST = 2_000;

/** Today in the company's own time zone. */
export function useToday(): string {
  const { data: company } = useCompany();
  return civilDay(new Date(), company?.time_zone ?? "America/Sao_Paulo");
}

export function useAging() {
  const may = useMay();
  return useQuery({ queryKey: [...keys.reports, "aging", "now"], queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/reports/aging", { signal })), signal), enabled: may("reports:read"), staleTime: 5 * MINUTE });
}

/**
 * The overdue balance at the ends of the last twelve weeks. Each point reads the whole book, so the first one is timed: where
 * it takes long, the others are not asked for.
 */
export function useOverdueTrend(today: string) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.reports, "overdue-weeks", today],
    queryFn: async ({ signal }) => {
      const points: ReturnType<typeof overdueWeek>[] = [];
      for (let back = 11; back >= 0; back--) {
        const on = shiftDay(today, -7 * back);
        // The wait for a turn is not the book's.
        let asked = 0;
        const told = await slow(() => {
          asked = performance.now();
          return answer(api.GET("/v1/reports/aging", { params: { query: { on } }, signal }));
        }, signal);
        points.push(overdueWeek(told));
        if (points.length === 1 && performance.now() - asked > 3000) return null;
      }
      return points;
    },
    enabled: may("reports:read"),
    staleTime: 60 * MINUTE,
  });
}

/** What was paid in the last eight weeks, on time and late. Null when the book is too large to be added up by a browser. */
export function usePaidWeeks(today: string) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.receivables, "paid-weeks", today],
    queryFn: async ({ signal }) => {
      const paid: Paid[] = [];
      let cursor: string | undefined;
      do {
        const query = { status: "paid" as const, due_from: shiftDay(today, -116), due_until: shiftDay(today, 30), sort: "due_on" as const, cursor, limit: 200 };
        const page = await answer(api.GET("/v1/receivables", { params: { query }, signal }));
        paid.push(...page.items);
        cursor = page.next ?? undefined;
        if (paid.length >= PAID_MOST && cursor) return null;
      } while (cursor);
      return paidByWeek(paid, today, await paidOn(shiftDay(today, -63), signal));
    },
    enabled: may("receivables:read") && may("money:read"),
    staleTime: 15 * MINUTE,
  });
}

/** On which day each receivable was last paid, of what became known since a day: a bank tells of a payment days after it. */
async function paidOn(since: string, signal: AbortSignal): Promise<Map<string, string>> {
  const days = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await answer(api.GET("/v1/payments", { params: { query: { cursor, limit: 200 } }, signal }));
    for (const one of page.items) {
      if (one.known_at.slice(0, 10) < since) return days;
      if ((days.get(one.receivable) ?? "") < one.paid_on) days.set(one.receivable, one.paid_on);
    }
    cursor = page.next ?? undefined;
  } while (cursor && days.size < PAID_MOST);
  return days;
}

export function useAhead(days = 1) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.plan, days],
    queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/plan", { params: { query: { days, most: 2000 } }, signal })), signal),
    enabled: may("receivables:read"),
    staleTime: 2 * MINUTE,
  });
}

export type SentMessage = Schemas["MessageInList"];
/** Pages of messages that are read at most. */
const PAGES = 10;

/** Messages of the last 24 hours, the newest first; `capped` when there are more than were read. */
export function useLastDay() {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.messages, "last-day"],
    queryFn: async ({ signal }) => {
      const since = Date.now() - 24 * 60 * MINUTE;
      const items: SentMessage[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const told = await answer(api.GET("/v1/messages", { params: { query: { cursor, limit: 200 } }, signal }));
        const fresh = told.items.filter((message) => Date.parse(message.decided_at) >= since);
        items.push(...fresh);
        cursor = told.next ?? undefined;
        if (!cursor || fresh.length < told.items.length) return { items, capped: false };
      }
      return { items, capped: true };
    },
    enabled: may("messages:read"),
    staleTime: MINUTE,
    refetchInterval: 2 * MINUTE,
  });
}

export function useDoctor() {
  const may = useMay();
  return useQuery({ queryKey: keys.doctor, queryFn: () => answer(api.GET("/v1/doctor", { params: { query: { limit: 200 } } })), enabled: may("settings:read"), staleTime: 5 * MINUTE });
}
