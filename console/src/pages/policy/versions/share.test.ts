import { expect, it } from "vitest";
import { shareOf } from "./share";

it("reads shares of customers", () => {
  expect(["100", "10", "12,5", "0.01", "7 %"].map(shareOf)).toEqual([10_000, 1_000, 1_250, 1, 700]);
  expect(["0", "101", "", "1,234", "-5", "x"].map(shareOf)).toEqual([null, null, null, null, null, null]);
});
