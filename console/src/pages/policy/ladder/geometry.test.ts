import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPolicy } from "../text/read";
import { moveStep } from "../text/steps";
import { dragged, makeAxis, pack, placeOf, repeats, spot } from "./geometry";

const FOLDER = new URL("../../../../../policies/", import.meta.url);
const shipped = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml")).map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")] as const);

describe.each(shipped)("%s", (_, text) => {
  const { ladders } = readPolicy(text);
  const axis = makeAxis(ladders, 1000);
  it("keeps days in their order, and finds them again", () => {
    let before = -Infinity;
    for (let day = -30; day < 200; day++) {
      expect(axis.x(day)).toBeGreaterThan(before);
      before = axis.x(day);
      expect(axis.day(before)).toBeCloseTo(day, 6);
    }
  });
  it("draws every step within its width, and no tick on another", () => {
    for (const ladder of ladders) for (const step of ladder.steps) {
      const x = spot(placeOf(step, ladder.steps), axis);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1000);
    }
    expect(axis.ticks.some((tick) => tick.day === 0)).toBe(true);
    axis.ticks.forEach((tick, at) => expect(tick.x - (axis.ticks[at - 1]?.x ?? -100)).toBeGreaterThanOrEqual(46));
  });
  it("lets a step fall where it was dragged to", () => {
    for (const ladder of ladders) for (const step of ladder.steps) {
      const place = placeOf(step, ladder.steps);
      if (place.on !== "due" || place.day > 30 || place.after) continue;
      const by = dragged(step, ladder.steps, axis, axis.x(place.day + 7) - axis.x(place.day));
      const moved = readPolicy(moveStep(text, step, by)).ladders.find((one) => one.name === ladder.name);
      const now = moved && placeOf(moved.steps[step.index] ?? step, moved.steps);
      expect(Math.abs((now?.day ?? 0) - place.day - 7)).toBeLessThanOrEqual(1);
    }
  });
});

describe("boxes", () => {
  it("do not cover each other", () => {
    const boxes = [0, 5, 10, 300, 310, 990].map((x) => ({ x, width: 100 }));
    const packed = pack(boxes, 1000);
    packed.forEach((one, a) => packed.forEach((other, b) => {
      if (a !== b && one.row === other.row) expect(one.left + 100 <= other.left || other.left + 100 <= one.left).toBe(true);
    }));
    expect(Math.max(...packed.map((one) => one.left)) + 100).toBeLessThanOrEqual(1000);
    expect(Math.max(...packed.map((one) => one.row))).toBe(2);
  });
});

describe("places", () => {
  const brasil = readPolicy(shipped.find(([name]) => name === "brasil-saas.yaml")?.[1] ?? "");
  const find = (ladder: string, id: string) => {
    const steps = brasil.ladders.find((one) => one.name === ladder)?.steps ?? [];
    const step = steps.find((one) => one.id === id);
    return step ? placeOf(step, steps) : null;
  };
  it("are counted from the due date, the issue, or another step", () => {
    expect(find("default", "issued")).toEqual({ on: "issue", day: 0 });
    expect(find("default", "late5")).toEqual({ on: "due", day: 7 });
    expect(find("autopay", "mend")).toEqual({ on: "due", day: 2, after: "charge" });
  });
  it("repeat until their end", () => {
    const weekly = find("default", "weekly");
    expect(weekly && repeats(weekly)).toEqual([37, 44, 51, 58]);
  });
});
