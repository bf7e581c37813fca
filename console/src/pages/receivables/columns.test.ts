import { describe, expect, it } from "vitest";
import { isAbout } from "./acts/about";
import { columnIds, readColumns } from "./columns-ids";

describe("columns that are stored", () => {
  it("are shown in the order of the table, without those that there are no more", () => {
    expect(readColumns("late,number,gone")).toEqual(["number", "late"]);
    expect(readColumns("gone")).toEqual(readColumns(null));
    expect(readColumns(columnIds.join(","))).toEqual([...columnIds]);
  });
});

describe("a held act", () => {
  it("is about what its request names", () => {
    expect(isAbout({ request: { path: "/v1/receivables/rcv_1/write-off", body: {} } }, ["rcv_1", "FAT-1"])).toBe(true);
    expect(isAbout({ request: { path: "/v1/payments", body: { named: ["FAT-1"] } } }, ["rcv_1", "FAT-1"])).toBe(true);
    expect(isAbout({ request: { path: "/v1/receivables/rcv_12/void" } }, ["rcv_1", "FAT-1"])).toBe(false);
  });
});
