import { describe, expect, it } from "vitest";
import type { Schemas } from "../../../api/client";
import { addUp, dayIn, shiftDay } from "./sums";

const step = (more: Partial<Schemas["PlannedStep"]>): Schemas["PlannedStep"] => ({ at: "2026-12-01T12:00:00Z", customer: "A", receivable: "1", step: "due", outcome: "done", channels: ["email"], sentence: "", letters: [], ...more });
const dayOf = dayIn("America/Sao_Paulo");

describe("sums of a plan", () => {
  const steps = [
    step({}), step({ receivable: "2", step: "late2" }), step({ customer: "B" }), step({ step: "on.paid" }),
    step({ step: "limit", channels: [] }), step({ customer: "C", outcome: "skipped", reason: "unreachable" }), step({ customer: "C", outcome: "skipped", reason: "unreachable", step: "late2" }),
    step({ outcome: "deferred", reason: "frozen", at: "2026-12-02T02:00:00Z" }),
  ];
  it("count merged messages once, and answers by themselves", () => {
    const sums = addUp(steps, (name) => (name === "limit" ? "access" : undefined), dayOf, true);
    expect([sums.messages, sums.customers]).toEqual([3, 2]);
    expect(sums.acts).toEqual([["access", 1]]);
    expect(sums.skipped).toEqual({ steps: 2, customers: 1 });
    expect(sums.reasons).toEqual([{ outcome: "skipped", reason: "unreachable", steps: 2, customers: 1 }, { outcome: "deferred", reason: "frozen", steps: 1, customers: 1 }]);
    expect(addUp(steps, () => undefined, dayOf, false).messages).toBe(4);
  });
  it("go by the day of the company", () => {
    expect(addUp(steps, () => undefined, dayOf, true).days).toEqual([{ day: "2026-12-01", messages: 3, skipped: 2, deferred: 1 }]);
    expect(shiftDay("2026-12-31", 1)).toBe("2027-01-01");
  });
});
