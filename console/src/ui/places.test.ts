import { describe, expect, it } from "vitest";
import { FIRST, Places } from "./places";

/** A list of pages of these sizes, walked to its end. */
function walked(sizes: number[]): Places {
  const places = new Places();
  let cursor = FIRST;
  sizes.forEach((rows, at) => {
    const next = at + 1 < sizes.length ? `c${at + 1}` : undefined;
    places.learn(cursor, rows, next);
    cursor = next ?? "";
  });
  return places;
}

describe("places of pages", () => {
  it("finds the page of every row, whatever the pages' sizes", () => {
    const sizes = Array.from({ length: 300 }, (_, at) => (at * 7919) % 201);
    const places = walked(sizes);
    let row = 0;
    sizes.forEach((size, page) => {
      for (let at = 0; at < size; at++, row++) expect(places.holding(row)).toBe(page === 0 ? FIRST : `c${page}`);
    });
    expect(places.known).toBe(row);
    expect(places.ended).toBe(true);
  });

  it("knows the page before, and none before the first", () => {
    const places = walked([2, 2, 2]);
    expect(places.before("c2")).toBe("c1");
    expect(places.before("c1")).toBe(FIRST);
    expect(places.before(FIRST)).toBeUndefined();
  });

  it("keeps what lies behind a page that was read again as it was", () => {
    const places = walked([2, 2, 2]);
    places.learn("c1", 2, "c2");
    expect([places.known, places.ended]).toEqual([6, true]);
  });

  it("forgets what lies behind a page that ends elsewhere now", () => {
    const places = walked([2, 2, 2]);
    places.learn("c1", 1, "d");
    expect([places.known, places.ended, places.holding(5)]).toEqual([3, false, "d"]);
    places.learn("d", 4, undefined);
    expect([places.known, places.ended, places.startOf("d")]).toEqual([7, true, 3]);
  });

  it("does not follow a cursor that leads back", () => {
    const places = walked([2, 2, 2]);
    places.learn("c2", 2, "c1");
    expect(places.known).toBe(6);
    expect(places.holding(100)).toBe("c2");
  });
});
