import { expect, test } from "vitest";
import { lineStart } from "./lines";

test("a line begins behind the end of the one before", () => {
  const text = "a\n\nbcd\ne";
  expect([1, 2, 3, 4].map((line) => lineStart(text, line))).toEqual([0, 2, 3, 7]);
});

test("a line that is not there is the last", () => {
  expect(lineStart("a\nb", 9)).toBe(2);
  expect(lineStart("", 3)).toBe(0);
});
