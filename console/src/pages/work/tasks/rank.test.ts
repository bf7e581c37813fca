import { describe, expect, it } from "vitest";
import { rank, stakesOf, type Task } from "./rank";

const task = (customer: string, receivable: string, since: string): Task => ({
  customer, customer_external_id: customer.toUpperCase(), receivable, receivable_external_id: receivable, kind: "task", detail: "collectors", step: "call", cycle: 0, occurrence: 0, mode: "live", since,
});
const brl = (amount: string) => ({ amount, currency: "BRL" });

describe("rank", () => {
  const tasks = [task("a", "r1", "2026-01-01"), task("b", "r2", "2026-01-02"), task("a", "r3", "2026-01-03"), task("c", "r4", "2026-01-04")];
  it("gathers by customer and puts the largest stake first", () => {
    const stakes = stakesOf([{ customer: "a", balance: brl("10.00") }, { customer: "b", balance: brl("99.90") }, { customer: "a", balance: brl("20.50") }]);
    const works = rank(tasks, stakes);
    expect(works.map((work) => [work.customer, work.tasks.length, work.stakes?.[0]?.minor])).toEqual([["b", 1, 9990], ["a", 2, 3050], ["c", 1, undefined]]);
    expect(works[1]).toMatchObject({ receivables: ["r1", "r3"], queues: ["collectors"], since: "2026-01-01" });
  });
  it("keeps the order of the API when nothing is known of stakes", () => {
    expect(rank(tasks, null).map((work) => work.customer)).toEqual(["a", "b", "c"]);
  });
  it("does not add up two currencies", () => {
    const stakes = stakesOf([{ customer: "a", balance: brl("10.00") }, { customer: "a", balance: { amount: "30.00", currency: "USD" } }]);
    expect(stakes.get("a")).toEqual([{ currency: "USD", minor: 3000 }, { currency: "BRL", minor: 1000 }]);
  });
});
