import { expect, test } from "vitest";
import { grouped, sampled, sumOf } from "./group";

const row = (step: string, customer: string, amount: string, since = "2026-01-02T00:00:00Z", currency = "BRL") => ({ step, do: "notify", template: step, customer, due: { amount, currency }, since });

test("what waits is grouped by step, the largest first, with sums by currency and each customer once", () => {
  const [first, second] = grouped([row("late", "a", "10.00"), row("due", "a", "1.00"), row("late", "b", "0.05", "2026-01-01T00:00:00Z"), row("late", "b", "3.00", undefined, "USD")]);
  expect(first).toMatchObject({ step: "late", customers: 2, since: "2026-01-01T00:00:00Z", sums: [{ amount: "10.05", currency: "BRL" }, { amount: "3.00", currency: "USD" }] });
  expect(second?.rows).toHaveLength(1);
  expect(grouped([])).toEqual([]);
});

test("sums are exact, whatever the size and the decimals", () => {
  expect(sumOf([{ amount: "9007199254740993.01", currency: "BRL" }, { amount: "0.02", currency: "BRL" }])).toEqual([{ amount: "9007199254740993.03", currency: "BRL" }]);
  expect(sumOf([{ amount: "500", currency: "JPY" }, { amount: "-700", currency: "JPY" }])).toEqual([{ amount: "-200", currency: "JPY" }]);
  expect(sumOf([{ amount: "-0.07", currency: "BRL" }])).toEqual([{ amount: "-0.07", currency: "BRL" }]);
});

test("a sample is from all over", () => {
  expect(sampled([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  expect(sampled([1, 2], 3)).toEqual([1, 2]);
});
