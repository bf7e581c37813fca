import { describe, expect, it } from "vitest";
import type { Task } from "./data";
import { bodiesOf, casesOf } from "./group";

const task = (id: string, customer: string, more: Partial<Task> = {}): Task => ({
  id, customer, customer_external_id: customer, customer_name: null, receivable: `r-${id}`, receivable_external_id: id, kind: "task", detail: "collectors", request: null, step: "call", cycle: 0, occurrence: 0,
  mode: "live", since: "2026-01-01T00:00:00Z", state: "open", at_stake: null, days_late: 0, claimed_by: null, mine: false, claimed_until: null, follow_up_on: null, attempts: 0, last_code: null, worked_by: null, worked_at: null,
  overflow: false, ...more,
});

describe("cases", () => {
  it("gathers a customer where its first task stands, and keeps the order of the server", () => {
    const cases = casesOf([task("1", "b"), task("2", "a"), task("3", "b"), task("4", "c")]);
    expect(cases.map((one) => [one.id, one.tasks.map((of) => of.id)])).toEqual([["b", ["1", "3"]], ["a", ["2"]], ["c", ["4"]]]);
  });
  it("shows what somebody has, else what waits longest", () => {
    expect(casesOf([task("1", "a"), task("2", "a", { state: "claimed", claimed_by: "Ana" })])[0]?.first.id).toBe("2");
    expect(casesOf([task("1", "a", { since: "2026-02-01T00:00:00Z" }), task("2", "a")])[0]?.first.id).toBe("2");
    expect(casesOf([task("1", "a", { state: "claimed", claimed_by: "Ana" }), task("2", "a", { state: "claimed", mine: true })])[0]?.first.id).toBe("2");
  });
});

describe("what the tasks of a call are closed with", () => {
  const tasks = [task("1", "a", { receivable: "x" }), task("2", "a", { receivable: "x" }), task("3", "a", { receivable: "y" })];
  it("tells a promise once of each receivable, and a note once", () => {
    expect(bodiesOf({ tasks, code: "promised", on: "2026-12-10", note: "n" })).toEqual([
      { code: "promised", on: "2026-12-10", follow_up_on: undefined, note: "n", number: undefined },
      { code: "other", follow_up_on: undefined },
      { code: "promised", on: "2026-12-10", follow_up_on: undefined },
    ]);
  });
  it("ends a number once, and puts every task off", () => {
    expect(bodiesOf({ tasks, code: "wrong_number", number: "+55" }).map((body) => [body.code, body.number])).toEqual([["wrong_number", "+55"], ["other", undefined], ["other", undefined]]);
    expect(bodiesOf({ tasks, code: "no_answer", follow_up_on: "2026-12-10" }).map((body) => [body.code, body.follow_up_on])).toEqual(Array(3).fill(["no_answer", "2026-12-10"]));
  });
});
