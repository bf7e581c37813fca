import { describe, expect, it } from "vitest";
import type { Receivable } from "../acts/kinds";
import { preview } from "./preview";

const now = Date.parse("2026-12-01T12:00:00Z");
function look(id: string, more: { status?: string; customer?: string; total?: string; currency?: string; causes?: string[]; next?: string } = {}) {
  const money = (amount: string) => ({ amount, currency: more.currency ?? "BRL" });
  const receivable = {
    id, external_id: `F-${id}`, status: more.status ?? "open", customer: more.customer ?? "C", balance: money("1.00"),
    stands: {
      due: { total: money(more.total ?? "10.50") },
      holds: (more.causes ?? []).map((cause) => ({ cause, of_customer: false })),
      waits: [],
      next_step: more.next ? { step: "due", at: more.next, waits: null } : null,
    },
  } as unknown as Receivable;
  return { id, receivable };
}

describe("a preview", () => {
  it("counts what is reached, by customer and currency, and what is stopped", () => {
    const seen = preview("pause", {}, [
      look("1", { next: "2026-12-03T12:00:00Z" }), look("2", { total: "0.75" }), look("3", { customer: "D", currency: "USD", next: "2027-01-01T12:00:00Z" }),
    ], now);
    expect(seen.fits).toHaveLength(3);
    expect(seen.customers).toBe(2);
    expect(seen.totals).toEqual([{ currency: "BRL", amount: "11.25" }, { currency: "USD", amount: "10.50" }]);
    expect(seen.stopped).toBe(1);
  });

  it("says why others are left out", () => {
    const seen = preview("hold", { cause: "lawyer" }, [look("1", { status: "paid" }), look("2", { causes: ["lawyer"] }), { id: "rcv_3", receivable: null }, look("4")], now);
    expect(Object.fromEntries(seen.unfits)).toEqual({ closed: ["F-1"], has_cause: ["F-2"], unread: ["rcv_3"] });
    expect(seen.fits.map((one) => one.id)).toEqual(["4"]);
  });

  it("of resuming stops nothing", () => {
    expect(preview("resume", {}, [look("1", { causes: ["pause"], next: "2026-12-03T12:00:00Z" })], now)).toMatchObject({ stopped: 0, customers: 1 });
  });
});
