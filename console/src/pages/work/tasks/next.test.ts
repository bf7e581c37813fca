import { describe, expect, it } from "vitest";
import { nextOf, step } from "./next";

describe("what comes after a task", () => {
  const ids = ["a", "b", "c"];
  it("is the one behind it, and before it at the end", () => {
    expect(nextOf(ids, "a")).toBe("b");
    expect(nextOf(ids, "c")).toBe("b");
  });
  it("is the first when the list has changed meanwhile, and nothing when it is empty", () => {
    expect(nextOf(ids, "x")).toBe("a");
    expect(nextOf(["a"], "a")).toBeNull();
    expect(nextOf([], "a")).toBeNull();
  });
  it("moves by j and k within the list", () => {
    expect(step(ids, null, 1)).toBe("a");
    expect(step(ids, null, -1)).toBe("c");
    expect(step(ids, "b", 1)).toBe("c");
    expect(step(ids, "c", 1)).toBe("c");
    expect(step(ids, "a", -1)).toBe("a");
    expect(step([], "a", 1)).toBeNull();
  });
});
