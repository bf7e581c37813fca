import { describe, expect, it } from "vitest";
import { readCustomerSearch, readCustomersSearch } from "./search";

describe("the address", () => {
  it("never holds more than it knows", () => {
    expect(readCustomersSearch({ show: "open", q: "Patrícia" })).toEqual({ show: "open" });
    expect(readCustomersSearch({ show: "all" })).toEqual({});
    expect(readCustomerSearch({ tab: "next" })).toEqual({ tab: "next" });
    expect(readCustomerSearch({ tab: "nothing" })).toEqual({});
  });
});
