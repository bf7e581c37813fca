import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api } from "../../../api/client";
import { keys } from "../../../api/keys";
import { useToday } from "../../receivables/data";
import { rank, stakesOf, type Task } from "./rank";

const PAGES = 5;
/** Open receivables are read to rank by value; a larger book is not. (Wish: tasks in the order of what is at stake.) */
const OWED_PAGES = 10;

function useTasks(kind: "task" | "mend") {
  return useQuery({
    queryKey: [...keys.tasks, kind],
    queryFn: async ({ signal }) => {
      const items: Task[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const told = await answer(api.GET("/v1/tasks", { params: { query: { kind, cursor, limit: 200 } }, signal }));
        items.push(...told.items);
        cursor = told.next ?? undefined;
        if (!cursor) return { items, capped: false };
      }
      return { items, capped: true };
    },
    staleTime: 30_000,
  });
}

/** What is overdue of each customer, or null where the book is too large to be added up here. */
function useStakes() {
  const today = useToday();
  return useQuery({
    queryKey: [...keys.receivables, "stakes", today],
    queryFn: async ({ signal }) => {
      const owed: { customer: string; balance: { amount: string; currency: string } }[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < OWED_PAGES; page++) {
        const query = { status: "open" as const, due_until: today, sort: "due_on" as const, cursor, limit: 200 };
        const told = await answer(api.GET("/v1/receivables", { params: { query }, signal }));
        owed.push(...told.items);
        cursor = told.next ?? undefined;
        if (!cursor) return stakesOf(owed);
      }
      return null;
    },
    staleTime: 60_000,
  });
}

export function useWork(kind: "task" | "mend") {
  const tasks = useTasks(kind);
  const stakes = useStakes();
  const works = useMemo(() => (tasks.data && stakes.data !== undefined ? rank(tasks.data.items, stakes.data) : []), [tasks.data, stakes.data]);
  return { works, ranked: Boolean(stakes.data), capped: tasks.data?.capped ? tasks.data.items.length : 0, loading: tasks.isPending || stakes.isPending, error: tasks.error ?? stakes.error, reload: () => void tasks.refetch() };
}
