import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { keys } from "../../../api/keys";
import { slow } from "../../../api/slow";
import { useCompany } from "../../../app/mode";
import { useSettled } from "../data";
import { readPolicy } from "../text/read";
import { addUp, dayIn, shiftDay } from "./sums";

type Planned = Schemas["Plan"] & { moves?: Schemas["PlanUnderPolicy"]["moves"] };
export type Span = "tomorrow" | "week";
/** A draft is asked about once nobody has changed it for so long: the whole book is walked for it. */
const REST = 1200;

/**
 * What will happen if nobody pays: as it is published, or as if a text were and everybody moved to it. `body` is what is
 * published; it tells what steps do.
 */
export function useAhead(span: Span, text: string | null, body: string | null, enabled = true) {
  const { data: company } = useCompany();
  const zone = company?.time_zone ?? "America/Sao_Paulo";
  const settled = useSettled(text, REST);
  const days = span === "tomorrow" ? 2 : 7;
  const query = useQuery({
    queryKey: [...keys.plan, days, "policy", settled],
    queryFn: ({ signal }): Promise<Planned> => slow<Planned>(() => (settled === null
      ? answer(api.GET("/v1/plan", { params: { query: { days, most: 10_000 } }, signal }))
      : answer(api.POST("/v1/policies/plan", { body: { text: settled, days, most: 10_000 }, signal }))), signal),
    enabled,
    staleTime: 120_000,
    gcTime: settled === null ? undefined : 30_000,
    retry: false,
  });
  const { data } = query;
  const file = settled ?? body ?? "";
  const sums = useMemo(() => {
    if (!data) return null;
    const policy = readPolicy(file);
    const verbs = new Map(policy.ladders.flatMap((ladder) => ladder.steps.map((step) => [step.id, step.verb] as const)));
    const dayOf = dayIn(zone);
    const tomorrow = shiftDay(dayOf(data.from), 1);
    const steps = span === "tomorrow" ? data.steps.filter((step) => dayOf(step.at) === tomorrow) : data.steps;
    return { tomorrow, ...addUp(steps, (step) => verbs.get(step), dayOf, policy.consolidate) };
  }, [data, file, zone, span]);
  return { ...query, sums, current: settled === text };
}
