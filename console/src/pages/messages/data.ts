import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import type { Tone } from "../../ui";

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

/** How many messages are read one by one for the table by step: the list does not say the step. */
export const STEP_SAMPLE = 200;

/** The newest messages with the step that each is about, four requests at a time. */
export function useStepSample(enabled: boolean) {
  return useQuery({
    queryKey: [...keys.messages, "steps"],
    queryFn: async ({ signal }) => {
      const { items } = await answer(api.GET("/v1/messages", { params: { query: { limit: STEP_SAMPLE } }, signal }));
      const told: { step: string; status: string }[] = [];
      let at = 0;
      const reader = async () => {
        for (let one = items[at++]; one; one = items[at++]) {
          const message = await answer(api.GET("/v1/messages/{message}", { params: { path: { message: one.id } }, signal }));
          told.push({ step: message.items[0]?.step.split(" ")[0] ?? message.dropped[0]?.step.split(" ")[0] ?? "–", status: message.status });
        }
      };
      await Promise.all([reader(), reader(), reader(), reader()]);
      return told;
    },
    enabled,
    staleTime: 5 * 60_000,
  });
}
