/** How acts make what is shown of a customer stale. */
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../../api/keys";

/** Parts for which the server decides everything of the customer again. */
export const HEAVY = ["story", "access-changes", "plan-7", "plan-30", "plan-90"] as const;
const SETTLED = 1200;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

const one = (id: string) => [...keys.customers, "one", id] as const;
const isHeavy = (key: readonly unknown[]) => HEAVY.some((part) => key.at(-1) === part);

/**
 * Everything of a customer is asked for anew: at once what is cheap; what is heavy when the acts have come to an end, so that
 * pausing and undoing in one breath decides everything again once and not four times.
 */
export function staleCustomer(client: QueryClient, id: string): Promise<void> {
  clearTimeout(waiting.get(id));
  waiting.set(
    id,
    setTimeout(() => {
      waiting.delete(id);
      void client.invalidateQueries({ queryKey: one(id), predicate: (query) => isHeavy(query.queryKey) });
    }, SETTLED),
  );
  return client.invalidateQueries({ queryKey: one(id), predicate: (query) => !isHeavy(query.queryKey) });
}
