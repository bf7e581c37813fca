import { describe, expect, it } from "vitest";
import { countSorts, gather } from "./gather";
import type { Moment } from "./tell";

let minute = 0;
const moment = (kind: string, sentence: string, more: Partial<Moment> = {}): Moment => ({
  at: new Date(Date.UTC(2026, 10, 1, 12, minute++)).toISOString(),
  kind,
  sentence,
  receivable_external_id: "A",
  ...more,
});

describe("moments", () => {
  it("of one message are one entry, with what became of it", () => {
    const entries = gather([
      moment("done", "sent by email: firm overdue, in one message with B", { step: "late5" }),
      moment("done", "sent by email: friendly upcoming, in the same message", { step: "upcoming", receivable_external_id: "B" }),
      moment("message", "msg_1 is queued by email", { step: "late5", message: "msg_1", reason: "queued" }),
      moment("message", "msg_1 is queued by email", { step: "upcoming", receivable_external_id: "B", message: "msg_1", reason: "queued" }),
      moment("message", "msg_1 is sent by email: 250 ok", { step: "late5", message: "msg_1", reason: "sent" }),
    ]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ sort: "message", message: "msg_1", status: "sent", receivables: ["A", "B"] });
    expect(entries[0]?.moments[0]?.sentence).toContain("firm overdue");
  });

  it("of another message of the same step are another entry", () => {
    const entries = gather([
      moment("done", "sent by email: firm overdue", { step: "weekly" }),
      moment("message", "msg_1 is sent by email: ok", { step: "weekly", message: "msg_1", reason: "sent" }),
      moment("done", "sent by email: firm overdue", { step: "weekly" }),
      moment("message", "msg_2 is failed by email: no such user", { step: "weekly", message: "msg_2", reason: "failed" }),
    ]);
    expect(entries.map((entry) => [entry.message, entry.status])).toEqual([["msg_1", "sent"], ["msg_2", "failed"]]);
  });

  it("that fall out leave the message as it is", () => {
    const entries = gather([
      moment("done", "sent by email: firm overdue", { step: "late5" }),
      moment("message", "msg_1 is sent by email: ok", { step: "late5", message: "msg_1", reason: "sent" }),
      moment("message", "it falls out of msg_1 (closed)", { step: "x", message: "msg_1", reason: "closed" }),
    ]);
    expect(entries[0]?.status).toBe("sent");
  });

  it("of steps that end together are one", () => {
    const at = "2026-11-25T12:08:00Z";
    const entries = gather([
      moment("skipped", "skipped (closed): …", { at, step: "a", reason: "closed" }),
      moment("skipped", "skipped (closed): …", { at, step: "b", reason: "closed" }),
      moment("skipped", "skipped (closed): …", { at, step: "c", reason: "closed", receivable_external_id: "B" }),
    ]);
    expect(entries.map((entry) => entry.moments.length)).toEqual([2, 1]);
  });

  it("of waiting for the same reason are one", () => {
    const wait = (reason: string) => moment("deferred", "waits", { step: "late2", reason });
    expect(gather([wait("capped"), wait("capped"), wait("frozen")]).map((entry) => entry.moments.length)).toEqual([2, 1]);
  });

  it("are sorted by what they are about", () => {
    const entries = gather([
      moment("told", "becomes known: BRL 10.00, issued Mon 2026-11-02, due Mon 2026-11-09"),
      moment("told", "all that was due paid on Mon 2026-11-09"),
      moment("told", "stands still: pause (by Ana (per_1): pediu prazo)"),
      moment("told", "charge failed: generic"),
      moment("done", "done: access becomes limited"),
      moment("told", "something of a later version"),
    ]);
    expect(entries.map((entry) => entry.sort)).toEqual(["bill", "money", "act", "charge", "step", "other"]);
    expect(countSorts(entries).get("money")).toBe(1);
  });
});
