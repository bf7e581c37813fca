/** How much waits for people: one answer for the page of today, for tabs and for the navigation. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";

type Needs = Schemas["WaitingForPeople"];
export type Queue = { id: string; to: "/work" | "/messages" | "/money" | "/settings" | "/customers"; part?: string; urgent?: boolean; count: (needs: Needs) => number | null | undefined };

/** What may wait for a person, in the order in which it should be looked at. */
export const QUEUES: readonly Queue[] = [
  { id: "held", to: "/work", part: "held", urgent: true, count: (needs) => needs.held },
  { id: "approvals", to: "/work", part: "approvals", urgent: true, count: (needs) => needs.approvals },
  { id: "channels", to: "/settings", part: "channels", urgent: true, count: (needs) => needs.stopped_channels },
  { id: "messages", to: "/messages", part: "need", urgent: true, count: (needs) => needs.messages },
  { id: "charges", to: "/money", part: "retries", count: (needs) => needs.charges },
  { id: "bank", to: "/money", part: "bank", count: (needs) => needs.bank_lines },
  { id: "replies", to: "/work", part: "replies", count: (needs) => needs.replies },
  { id: "requests", to: "/work", part: "requests", count: (needs) => needs.requests },
  { id: "tasks", to: "/work", part: "tasks", count: (needs) => needs.tasks },
  { id: "mend", to: "/work", part: "mend", count: (needs) => needs.mend },
  { id: "webhooks", to: "/settings", part: "gateways", count: (needs) => needs.failed_webhooks },
];
/** Nobody counts further. */
const COUNTED = 10_000;

/** How much waits in each queue that one may look at, in one answer; `more` when there is more than was counted. */
export function useQueues() {
  const { data, isPending, error } = useQuery({
    queryKey: [...keys.today, "needs"],
    queryFn: ({ signal }) => answer(api.GET("/v1/needs", { signal })),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
  const waiting = useMemo(
    () => QUEUES.flatMap((queue) => {
      const count = data && queue.count(data);
      return count ? [{ queue, count, more: count >= COUNTED }] : [];
    }),
    [data],
  );
  return { loading: isPending, failed: data ? null : error, waiting };
}

/** What waits on a page, for its badge in the navigation; empty when nothing does. */
export function badgeOf(waiting: readonly { queue: Queue; count: number; more: boolean }[], to: string): { count: number; more: boolean } | undefined {
  const here = waiting.filter((one) => one.queue.to === to);
  const count = here.reduce((sum, one) => sum + one.count, 0);
  return count > 0 ? { count, more: here.some((one) => one.more) } : undefined;
}
