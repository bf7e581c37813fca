import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { slow } from "../../api/slow";
import { useCompany } from "../../app/mode";
import { useMay } from "../../app/session";
import { civilDay, shiftDay } from "./days";
import { overdueWeeks, paidByWeek } from "./sums";

const MINUTE = 60_000;

/** Today in the company's own time zone. */
export function useToday(): string {
  const { data: company } = useCompany();
  return civilDay(new Date(), company?.time_zone ?? "America/Sao_Paulo");
}

export function useAging() {
  const may = useMay();
  return useQuery({ queryKey: [...keys.reports, "aging", "now"], queryFn: ({ signal }) => slow(() => answer(api.GET("/v1/reports/aging", { signal })), signal), enabled: may("reports:read"), staleTime: 5 * MINUTE });
}

/** The overdue balance at the ends of the last twelve weeks. */
export function useOverdueTrend(today: string) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.reports, "overdue-weeks", today],
    queryFn: async ({ signal }) => {
      const query = { from: shiftDay(today, -77), until: today, every: 7 };
      return overdueWeeks(await slow(() => answer(api.GET("/v1/reports/overdue", { params: { query }, signal })), signal), query);
    },
    enabled: may("reports:read"),
    staleTime: 15 * MINUTE,
  });
}

/** What was paid in the last eight weeks, on time and late. */
export function usePaidWeeks(today: string) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.reports, "paid-weeks", today],
    queryFn: async ({ signal }) => {
      const query = { from: shiftDay(today, -55), until: today };
      return paidByWeek((await slow(() => answer(api.GET("/v1/reports/days", { params: { query }, signal })), signal)).days);
    },
    enabled: may("reports:read"),
    staleTime: 15 * MINUTE,
  });
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
