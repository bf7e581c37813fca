import { CHANNELS } from "./templates/words";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import type { paths } from "../../api/schema";
import type { Tone } from "../../ui";
import { useMay } from "../../app/session";
import { counted, summed, type Tally } from "./tally";
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

export type Results = { byStep: Tally[]; byChannel: Tally[]; /** How many were read, when there are more in that time. */ capped: number | null };

/** What became of the messages of the last days: as the report tells it, or for who may not see reports from the newest messages. */
export function useResults(days: number) {
  const may = useMay();
  const isReport = may("reports:read");
  return useQuery({
    queryKey: [...keys.messages, "results", days, isReport],
    queryFn: async ({ signal }): Promise<Results> => {
      const from = new Date(Date.now() - days * DAY).toISOString().slice(0, 10);
      if (isReport) {
        const { rows } = await answer(api.GET("/v1/reports/messages", { params: { query: { from } }, signal }));
        const named = (nameOf: (row: (typeof rows)[number]) => string) => summed(rows.map(({ messages, ...row }) => ({ ...row, all: messages, name: nameOf({ messages, ...row }) })));
        return { byStep: named((row) => row.step), byChannel: named((row) => row.channel ?? "–"), capped: null };
      }
      const items: MessageRow[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const told = await answer(api.GET("/v1/messages", { params: { query: { from, cursor, limit: 200 } }, signal }));
        items.push(...told.items);
        cursor = told.next ?? undefined;
        if (!cursor) break;
      }
      return {
        byStep: summed(items.map((one) => counted(one, one.step ?? "–"))),
        byChannel: summed(items.map((one) => counted(one, one.channel ?? one.channels[0] ?? "–"))),
        capped: cursor ? items.length : null,
      };
    },
    staleTime: 60_000,
  });
}

export const STATUSES = ["queued", "sent", "failed", "unknown", "cancelled"] as const;
export const REACHED = ["taken", "sent", "delivered", "read", "failed"] as const;

type Query = NonNullable<paths["/v1/messages"]["get"]["parameters"]["query"]>;
export type Filters = Pick<Query, "status" | "step" | "channel" | "standing" | "from" | "until">;
export const NO_FILTERS: Filters = {};
export const isFiltered = (filters: Filters) => Object.values(filters).some((value) => value !== undefined);

/** The filters of a saved view. */
export function readFilters(saved: Record<string, string>): Filters {
  const word = <T extends string>(all: readonly T[], value: string | undefined) => all.find((one) => one === value);
  const day = (value: string | undefined) => (value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);
  const filters: Filters = { status: word(STATUSES, saved.status), step: saved.step, channel: word(CHANNELS, saved.channel), standing: word(REACHED, saved.standing), from: day(saved.from), until: day(saved.until) };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

/** The steps of the newest policy that send messages. */
export function useSteps(): string[] {
  const templates = useTemplates();
  return useMemo(() => [...new Set((templates.data ?? []).flatMap((one) => one.used_by))].sort(), [templates.data]);
}
