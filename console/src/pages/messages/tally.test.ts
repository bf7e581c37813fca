import { expect, test } from "vitest";
import { counted, share, summed, total } from "./tally";

test("messages are counted by what they share, the most first", () => {
  const rows = summed([counted({ status: "sent" }, "sms"), counted({ status: "failed" }, "email"), counted({ status: "sent", standing: "read" }, "email"), counted({ status: "sent", standing: "delivered" }, "email")]);
  expect(rows.map((row) => row.name)).toEqual(["email", "sms"]);
  expect(rows[0]).toEqual({ name: "email", all: 3, sent: 2, delivered: 2, read: 1, clicked: 0, failed: 1, unknown: 0 });
});

test("the total is of everything, and of nothing it is nothing", () => {
  expect(total([counted({ status: "sent" }, "a"), counted({ status: "unknown" }, "b")], "all")).toMatchObject({ name: "all", all: 2, sent: 1, unknown: 1 });
  expect(total([], "all")).toMatchObject({ name: "all", all: 0 });
});

test("what a carrier could not deliver has failed, although it was sent", () => {
  expect(counted({ status: "sent", standing: "failed" }, "sms")).toMatchObject({ sent: 1, failed: 1, delivered: 0 });
});

test("of nothing there is no share", () => {
  expect([share(1, 4), share(0, 0)]).toEqual([0.25, null]);
});
