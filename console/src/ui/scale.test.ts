import { expect, it } from "vitest";
import { shownLabels, ticks } from "./scale";

it("makes round marks that reach the largest value", () => {
  expect(ticks(17)).toEqual([0, 5, 10, 15, 20]);
  expect(ticks(20)).toEqual([0, 5, 10, 15, 20]);
  expect(ticks(0)).toEqual([0]);
  for (const most of [1, 3, 9.99, 101, 3_456_789]) expect(ticks(most).at(-1)).toBeGreaterThanOrEqual(most);
});

it("leaves labels out where there is no room, and never the last", () => {
  expect([...shownLabels(8, 4)]).toEqual([7, 5, 3, 1]);
  expect(shownLabels(3, 10).size).toBe(3);
});
