import { describe, expect, it } from "vitest";
import { sentShare, tally, total } from "./tally";

describe("tally", () => {
  const rows = tally([{ status: "sent", c: "email" }, { status: "failed", c: "email" }, { status: "queued", c: "sms" }, { status: "sent", c: "email" }], (one) => one.c);
  it("counts by name, the most first", () => {
    expect(rows.map((row) => [row.name, row.all, row.sent, row.failed, row.waiting])).toEqual([["email", 3, 2, 1, 0], ["sms", 1, 0, 0, 1]]);
  });
  it("adds up", () => expect(total(rows, "all")).toMatchObject({ all: 4, sent: 2, failed: 1, waiting: 1 }));
  it("says nothing of what has not ended", () => {
    expect(sentShare(rows[1] as never)).toBeNull();
    expect(sentShare(rows[0] as never)).toBeCloseTo(2 / 3);
  });
});
