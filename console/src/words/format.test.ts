import { describe, expect, it } from "vitest";
import { daysBetween, decimal, formats, minor, typedAmount } from "./format";
import { firstLanguage } from "./language";

describe("amounts", () => {
  it("are read as people type them", () => {
    for (const [typed, told] of [["1.234,56", "1234.56"], ["1,234.56", "1234.56"], ["R$ 10", "10.00"], ["10,5", "10.50"], ["1.234", "1234.00"], ["-3,20", "-3.20"], ["", null], ["abc", null], ["0,05", "0.05"], [",50", null]] as const) {
      expect(typedAmount(typed), typed).toBe(told);
    }
  });
  it("go to minor units and back", () => {
    expect(minor({ amount: "-0.05", currency: "BRL" })).toBe(-5);
    expect(minor({ amount: "102.3", currency: "BRL" })).toBe(10230);
    expect(decimal(-5)).toBe("-0.05");
    expect(decimal(10230)).toBe("102.30");
  });
  it("are shown in the reader's language, with every digit", () => {
    expect(formats("pt").money({ amount: "90071992547409.93", currency: "BRL" })).toBe("R$\u00a090.071.992.547.409,93");
    expect(formats("en").money({ amount: "1234.5", currency: "USD" })).toContain("1,234.50");
  });
});

describe("days", () => {
  it("are civil days", () => {
    expect(daysBetween("2026-02-28", "2026-03-01")).toBe(1);
    expect(formats("pt").shortDay("2026-12-01")).toContain("01");
    expect(formats("pt").ago("2026-12-01T10:00:00Z", Date.parse("2026-12-01T13:00:00Z"))).toBe("há 3 horas");
  });
});

describe("the first language", () => {
  it("is the chosen one, else what the browser asks for, else Portuguese", () => {
    expect(firstLanguage("en", ["pt-BR"])).toBe("en");
    expect(firstLanguage(null, ["fr", "en-US", "pt"])).toBe("en");
    expect(firstLanguage(null, ["fr"])).toBe("pt");
  });
});
