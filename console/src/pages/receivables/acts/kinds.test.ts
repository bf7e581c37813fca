import { describe, expect, it } from "vitest";
import { type Receivable, stepWithin, undoes, unfit, waiting } from "./kinds";

const money = (amount: string) => ({ amount, currency: "BRL" });
type Stands = NonNullable<Receivable["stands"]>;
function receivable(status: Receivable["status"], stands: Partial<Stands> = {}): Receivable {
  const due = { principal: money("10.00"), fine: money("0.00"), interest: money("0.00"), fees: money("0.00"), discount: money("0.00"), total: money("10.00"), days_late: 0, valid_until: null };
  return {
    status,
    balance: money("10.00"),
    stands: { due, paid: money("0.00"), holds: [], waits: [], ...stands },
  } as unknown as Receivable;
}
const held = (cause: string, of_customer = false) => receivable("open", { holds: [{ cause, of_customer, since: null, until: null }] });

describe("what fits", () => {
  it("goes by what holds the receivable itself", () => {
    expect(unfit("pause", receivable("open"))).toBeNull();
    expect(unfit("pause", held("pause"))).toBe("paused");
    expect(unfit("pause", held("pause", true))).toBeNull();
    expect(unfit("resume", held("pause", true))).toBe("not_paused");
    expect(unfit("release", held("lawyer"), { cause: "lawyer" })).toBeNull();
    expect(unfit("release", held("lawyer"), { cause: "death" })).toBe("lacks_cause");
    expect(unfit("settle", held("dispute"))).toBeNull();
  });

  it("lets nothing begin on what is closed", () => {
    for (const act of ["pause", "hold", "promise", "dispute", "charge", "writeOff", "void", "reduce"] as const) {
      expect(unfit(act, receivable("paid"))).toBe("closed");
    }
    expect(unfit("payment", receivable("written_off"))).toBeNull();
  });

  it("charges only what can be charged", () => {
    expect(unfit("charge", receivable("open"))).toBeNull();
    expect(unfit("charge", held("complaint", true))).toBe("frozen");
    const due = { ...receivable("open").stands?.due, total: money("0.00") } as Stands["due"];
    expect(unfit("charge", receivable("open", { due }))).toBe("nothing");
    expect(unfit("refund", receivable("paid", { paid: money("10.00") }))).toBeNull();
    expect(unfit("refund", receivable("open"))).toBe("nothing");
  });

  it("approves only what waits for a person", () => {
    const waits = [{ step: "bureau", reason: "approval" }, { step: "weekly 2", reason: "capped" }] as Stands["waits"];
    expect(waiting(receivable("open", { waits }))).toEqual(["bureau"]);
    expect(unfit("approve", receivable("open"))).toBe("no_step");
  });
});

describe("a promise", () => {
  it("is taken back where one stands", () => {
    expect(unfit("withdraw", receivable("open"))).toBe("no_promise");
    expect(unfit("withdraw", receivable("open", { promised_on: "2026-12-10" }))).toBeNull();
  });
});

describe("what is stopped", () => {
  const now = Date.parse("2026-12-01T12:00:00Z");
  const next = (at: string) => receivable("open", { next_step: { step: "due", at, waits: null } });
  it("is a step that would come soon, of what does not stand still", () => {
    expect(stepWithin(next("2026-12-05T12:00:00Z"), 7, now)).toBe(true);
    expect(stepWithin(next("2026-12-15T12:00:00Z"), 7, now)).toBe(false);
    expect(stepWithin(held("pause"), 7, now)).toBe(false);
  });
});

describe("undoing", () => {
  it("goes both ways", () => {
    for (const [act, back] of Object.entries(undoes)) expect(undoes[back as keyof typeof undoes]).toBe(act);
  });
});
