import { describe, expect, it } from "vitest";
import { addDays, daysBetween, todayIn } from "./days";
import { ages, daysOf, isEmptySpan, nextSort, readSearch, sortOf, toQuery } from "./filters";

const today = "2026-12-01";

describe("the address", () => {
  it("keeps what it knows and drops the rest", () => {
    expect(readSearch({ status: "open", age: "31-60", currency: "brl", nonsense: 1, from: "yesterday", open: "rcv_1" })).toEqual({
      status: "open",
      age: "31-60",
      currency: "BRL",
      open: "rcv_1",
    });
    expect(readSearch({ status: "late", number: 1042, customer: "" })).toEqual({ number: "1042" });
  });
});

describe("ages", () => {
  it("are days that touch and never overlap", () => {
    const late = ages.filter((age) => age !== "not_due").map((age) => daysOf(age, today));
    expect(late[0]).toEqual({ from: "2026-11-01", until: "2026-11-30" });
    for (const [place, span] of late.slice(1).entries()) {
      expect(span.until).toBe(addDays(late[place]?.from ?? "", -1));
    }
    expect(late.at(-1)?.from).toBeUndefined();
    expect(daysOf("not_due", today)).toEqual({ from: today });
  });

  it("mean what is open, and narrow what days say", () => {
    expect(toQuery({ age: "1-30" }, today)).toEqual({ sort: "due_on", status: "open", due_from: "2026-11-01", due_until: "2026-11-30" });
    expect(toQuery({ age: "late", from: "2026-11-15", until: "2026-12-31" }, today)).toEqual({
      sort: "due_on",
      status: "open",
      due_from: "2026-11-15",
      due_until: "2026-11-30",
    });
    expect(isEmptySpan(toQuery({ age: "1-30", from: "2026-12-05" }, today))).toBe(true);
  });
});

describe("the order", () => {
  it("is what is new of all and of one, what is due of those that are looked for", () => {
    expect(toQuery({}, today)).toEqual({ sort: "newest" });
    expect(sortOf({ status: "open" })).toBe("due_on");
    expect(sortOf({}, "ana")).toBe("due_on");
    expect(sortOf({ customer: "C-1", status: "open" })).toBe("newest");
    expect(toQuery({ status: "open", sort: "-balance" }, today)).toEqual({ status: "open", sort: "-balance" });
  });

  it("turns round where it is pressed twice, and begins as people read it", () => {
    expect([nextSort("newest", "balance"), nextSort("-balance", "balance"), nextSort("balance", "balance")]).toEqual(["-balance", "balance", "-balance"]);
    expect([nextSort("-balance", "due_on"), nextSort("due_on", "due_on")]).toEqual(["due_on", "-due_on"]);
    expect(nextSort("due_on", "newest")).toBe("newest");
  });
});

describe("amounts", () => {
  it("are decimals with a point, and mean nothing without their currency", () => {
    expect(readSearch({ least: 100, most: "1e9", currency: "brl" })).toEqual({ least: "100", currency: "BRL" });
    expect(toQuery({ least: "100", most: "200.50" }, today)).toEqual({ sort: "due_on" });
    expect(toQuery({ least: "100", currency: "BRL" }, today)).toEqual({ sort: "due_on", currency: "BRL", balance_from: "100" });
  });
});

describe("days", () => {
  it("are counted over the end of a month", () => {
    expect(daysBetween("2026-11-28", "2026-12-01")).toBe(3);
    expect(daysBetween("2026-12-01", "2026-11-30")).toBe(-1);
  });

  it("are the company's", () => {
    const late = new Date("2026-12-01T02:00:00Z");
    expect(todayIn("America/Sao_Paulo", late)).toBe("2026-11-30");
    expect(todayIn("nowhere", late)).toBe("2026-12-01");
  });
});
