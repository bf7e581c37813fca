import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { slow } from "../../../api/slow";
import { useMay } from "../../../app/session";
import type { Tone } from "../../../ui";

export type Charge = Schemas["Charge"];
export type Planned = Schemas["PlannedStep"];
export const CHARGE_TONES: Record<string, Tone> = { ordered: "info", sending: "info", pending: "info", unknown: "warn", settled: "good", declined: "bad", dropped: "neutral", lost: "bad" };
const PAGES = 10;

/** The newest attempts, for the calendar. */
export function useCharges() {
  return useQuery({
    queryKey: [...keys.charges, "calendar"],
    queryFn: async ({ signal }) => {
      const items: Charge[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const told = await answer(api.GET("/v1/charges", { params: { query: { cursor, limit: 200 } }, signal }));
        items.push(...told.items);
        cursor = told.next ?? undefined;
        if (!cursor) return { items, capped: false };
      }
      return { items, capped: true };
    },
    staleTime: 60_000,
  });
}

/** Charges that the ladder will order within 31 days if nobody pays. */
export function usePlanned() {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.plan, "charges"],
    queryFn: async ({ signal }) => {
      const plan = await slow(() => answer(api.GET("/v1/plan", { params: { query: { days: 31, most: 2000 } }, signal })), signal);
      return plan.steps.filter((step) => step.outcome === "done" && /^the stored method is charged/.test(step.sentence));
    },
    enabled: may("receivables:read"),
    staleTime: 5 * 60_000,
  });
}

export function useNeeding() {
  return useQuery({ queryKey: [...keys.charges, "needing"], queryFn: ({ signal }) => answer(api.GET("/v1/charges", { params: { query: { standing: "needing", limit: 100 } }, signal })), staleTime: 60_000 });
}
