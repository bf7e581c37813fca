import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import type { paths } from "../../api/schema";
import type { Tone } from "../../ui";
import { useTemplates } from "./templates/data";

export type MessageRow = Schemas["MessageInList"];
export type Message = Schemas["Message"];

export const STATUS_TONES: Record<string, Tone> = { queued: "info", sending: "info", sent: "good", failed: "bad", unknown: "warn", cancelled: "neutral", shadow: "neutral" };

export function useMessage(id: string) {
  return useQuery({
    queryKey: [...keys.messages, "text", id],
    queryFn: ({ signal }) => answer(api.GET("/v1/messages/{message}", { params: { path: { message: id } }, signal })),
    staleTime: 60_000,
  });
}

export function useWhy(id: string) {
  return useQuery({
    queryKey: [...keys.messages, "why", id],
    queryFn: ({ signal }) => answer(api.GET("/v1/messages/{message}/explain", { params: { path: { message: id } }, signal })),
    staleTime: 60_000,
  });
}

const DAY = 86_400_000;
const PAGES = 10;

/** Messages that were decided in the last days, the newest first; `capped` when there are more than were read. */
export function useRecent(days: number, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.messages, "recent", days],
    queryFn: async ({ signal }) => {
      const since = Date.now() - days * DAY;
      const items: MessageRow[] = [];
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
    enabled,
    staleTime: 60_000,
  });
}

export const STATUSES = ["queued", "sent", "failed", "unknown", "cancelled"] as const;
export const REACHED = ["taken", "sent", "delivered", "read", "failed"] as const;

type Query = NonNullable<paths["/v1/messages"]["get"]["parameters"]["query"]>;
export type Filters = Pick<Query, "status" | "step" | "channel" | "standing" | "from" | "until">;
export const NO_FILTERS: Filters = {};
export const isFiltered = (filters: Filters) => Object.values(filters).some((value) => value !== undefined);

/** The steps of the newest policy that send messages. */
export function useSteps(): string[] {
  const templates = useTemplates();
  return useMemo(() => [...new Set((templates.data ?? []).flatMap((one) => one.used_by))].sort(), [templates.data]);
}
