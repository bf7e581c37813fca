import { answer, api } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Filters } from "./filters";

/** What somebody typed: the number of a receivable, or the code of a customer. Null when it is neither. */
export async function find(text: string): Promise<(Pick<Filters, "number" | "customer"> & { open?: string }) | null> {
  const wanted = text.trim();
  if (wanted.startsWith("rcv_")) {
    const one = await answer(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: wanted } } })).catch(missing);
    if (one) return { number: one.external_id, open: one.id };
  }
  if (!wanted.startsWith("cus_")) {
    const list = await answer(api.GET("/v1/receivables", { params: { query: { external_id: wanted, limit: 2 } } }));
    if (list.items.length > 0) return { number: wanted, open: list.items.length === 1 ? list.items[0]?.id : undefined };
  }
  const customer = await answer(api.GET("/v1/customers/{customer}", { params: { path: { customer: wanted } } })).catch(missing);
  return customer ? { customer: customer.external_id } : null;
}

function missing(error: unknown): null {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}
