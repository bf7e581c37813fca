import { describe, expect, it } from "vitest";
import { matches, readCustomerSearch, readCustomersSearch } from "./search";

describe("a name", () => {
  it("is found without accents, by the beginnings of its words in any order", () => {
    expect(matches("patricia", "Patrícia Santana", "C-298")).toBe(true);
    expect(matches("san pat", "Patrícia Santana", "C-298")).toBe(true);
    expect(matches("tricia", "Patrícia Santana", "C-298")).toBe(false);
    expect(matches("acougue s.a.", "Açougue S.A.", "C-1")).toBe(true);
  });

  it("is not needed where the code says it", () => {
    expect(matches("c-29", "Patrícia Santana", "C-298")).toBe(true);
    expect(matches("298", null, "C-298")).toBe(true);
    expect(matches("", null, "C-1")).toBe(true);
    expect(matches("ana", null, "C-1")).toBe(false);
  });
});

describe("the address", () => {
  it("never holds more than it knows", () => {
    expect(readCustomersSearch({ show: "open", q: "Patrícia" })).toEqual({ show: "open" });
    expect(readCustomersSearch({ show: "all" })).toEqual({});
    expect(readCustomerSearch({ tab: "next" })).toEqual({ tab: "next" });
    expect(readCustomerSearch({ tab: "nothing" })).toEqual({});
  });
});
