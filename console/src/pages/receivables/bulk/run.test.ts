import { describe, expect, it } from "vitest";
import { count, runAll, type Verdict } from "./run";

const failed = (error: unknown): Verdict => ({ outcome: "failed", told: String(error) });
const after = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe("an act on many", () => {
  it("goes on past what fails, and tells each", async () => {
    const results = await runAll(
      ["a", "b", "c", "d"],
      async (id) => {
        if (id === "b") throw new Error("is paid");
        if (id === "c") throw { held: "act_1" };
      },
      (error) => (error instanceof Error ? failed(error.message) : { outcome: "held", heldAct: "act_1", told: "waits" }),
    );
    expect(Object.fromEntries(results.map((result) => [result.id, result.outcome]))).toEqual({ a: "done", b: "failed", c: "held", d: "done" });
    expect(results.find((result) => result.id === "b")?.told).toBe("is paid");
    expect(count(results, "done")).toBe(2);
  });

  it("never has more under way than it may", async () => {
    let under = 0;
    let most = 0;
    await runAll(
      Array.from({ length: 20 }, (_, place) => String(place)),
      async () => {
        most = Math.max(most, ++under);
        await after(1);
        under -= 1;
      },
      failed,
      { width: 3 },
    );
    expect(most).toBe(3);
  });

  it("begins no more once stopped", async () => {
    const stop = new AbortController();
    const results = await runAll(
      ["a", "b", "c"],
      async (id) => {
        if (id === "a") stop.abort();
      },
      failed,
      { width: 1, stop: stop.signal },
    );
    expect(results.map((result) => result.outcome)).toEqual(["done", "left", "left"]);
  });

  it("ends when nothing further can succeed", async () => {
    const results = await runAll(["a", "b"], () => Promise.reject(new Error("gone")), () => ({ outcome: "failed", told: "gone", fatal: true }), {
      width: 1,
    });
    expect(results.map((result) => result.outcome)).toEqual(["failed", "left"]);
  });
});
