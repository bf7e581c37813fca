import { describe, expect, it } from "vitest";
import { decimal } from "./amounts";

describe("an amount that was typed", () => {
  it.each([
    ["100", "100"], ["1.234,56", "1234.56"], ["1,234.56", "1234.56"], ["1.234", "1234"], ["1.234.567", "1234567"], ["0,5", "0.5"], [",5", "0.5"], ["R$ 12,30", "12.30"], ["007", "7"], ["", ""], ["abc", ""], ["12,", "12"],
  ])("%s is %s", (typed, told) => {
    expect(decimal(typed)).toBe(told);
  });
});
