import { describe, expect, it } from "vitest";
import { cell, dialects, line, writeAll } from "./export";

describe("a cell", () => {
  it("is written as the reader's spreadsheet reads it", () => {
    expect(cell({ amount: "102.03" }, dialects.pt)).toBe("102,03");
    expect(cell({ amount: "102.03" }, dialects.en)).toBe("102.03");
    expect(cell("Souza; Filhos", dialects.pt)).toBe('"Souza; Filhos"');
    expect(cell('a "b"', dialects.en)).toBe('"a ""b"""');
    expect(cell(null, dialects.pt)).toBe("");
  });

  it("is never a formula", () => {
    expect(cell("=HYPERLINK(1)", dialects.en)).toBe("'=HYPERLINK(1)");
    expect(cell("-1+2", dialects.en)).toBe("'-1+2");
  });
});

describe("a list", () => {
  const pages = (count: number) => async (cursor: string | null) => {
    const place = Number(cursor ?? 0);
    return { items: [place * 2, place * 2 + 1], next: place + 1 < count ? String(place + 1) : null };
  };

  it("is read to its end", async () => {
    const told: number[] = [];
    const written = await writeAll(pages(3), ["n"], (row) => [row], dialects.en, { most: 100, onRows: (rows) => told.push(rows) });
    expect(written.parts.join("")).toBe("\ufeffn\r\n0\r\n1\r\n2\r\n3\r\n4\r\n5\r\n");
    expect(written).toMatchObject({ rows: 6, whole: true });
    expect(told).toEqual([2, 4, 6]);
  });

  it("says when it was cut short", async () => {
    expect(await writeAll(pages(3), ["n"], (row) => [row], dialects.en, { most: 3 })).toMatchObject({ rows: 3, whole: false });
    expect(await writeAll(pages(3), ["n"], (row) => [row], dialects.en, { most: 4 })).toMatchObject({ rows: 4, whole: false });
  });

  it("can be called off", async () => {
    const stop = new AbortController();
    const reading = writeAll(pages(3), ["n"], (row) => [row], dialects.en, { most: 9, signal: stop.signal, onRows: () => stop.abort() });
    await expect(reading).rejects.toThrow();
  });

  it("has lines that end as the standard says", () => {
    expect(line(["a", 1], dialects.pt)).toBe("a;1\r\n");
  });
});
