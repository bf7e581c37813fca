import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { addStep, NotHere, removeStep, setKey, swapKey, written } from "./edit";
import { readPolicy, textOf } from "./read";
import { dropStep, freeId, insertStep, movable, moveStep, renameStep } from "./steps";

const FOLDER = new URL("../../../../../policies/", import.meta.url);
const shipped = [...readdirSync(FOLDER), ...readdirSync(new URL("baselines/", FOLDER)).map((name) => `baselines/${name}`)]
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")] as const);
const brasil = shipped.find(([name]) => name === "brasil-saas.yaml")?.[1] ?? "";

// Thousands of edits on a machine that builds other things meanwhile.
vi.setConfig({ testTimeout: 30_000 });

/** The lines that differ. */
function changed(before: string, after: string): [string | undefined, string | undefined][] {
  const a = before.split("\n");
  const b = after.split("\n");
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [a[at], b[at]] as [string | undefined, string | undefined]).filter(([x, y]) => x !== y);
}

describe.each(shipped)("%s", (_, text) => {
  const policy = readPolicy(text);
  const all = policy.ladders.flatMap((ladder) => ladder.steps);
  it("is read", () => {
    expect(policy.broken).toBeNull();
    expect(all.length).toBeGreaterThan(0);
    for (const step of all) expect(step.id && step.verb).toBeTruthy();
  });
  it("moves every step there and back to the same bytes, one line at a time", () => {
    for (const step of all) {
      if (!movable(step)) continue;
      for (const by of [1, -1, 95]) {
        if (step.values.after && by < 0) continue;
        const there = moveStep(text, step, by);
        expect(changed(text, there)).toHaveLength(1);
        expect(moveStep(there, step, -by)).toBe(text);
      }
    }
  });
  it("adds and takes out keys to the same bytes", () => {
    for (const step of all) {
      for (const [key, value] of [["approval", "true"], ["mode", "shadow"], ["if", "receivable.amount_due > money('10.00') && customer.state in ['SP', 'RJ']"], ["notice", "5bd"]] as const) {
        if (key in step.values) continue;
        const there = setKey(text, step, key, value);
        expect(readPolicy(there).ladders.flatMap((ladder) => ladder.steps).find((one) => one.ladder === step.ladder && one.index === step.index)?.values[key]).toBe(value);
        expect(setKey(there, step, key, null)).toBe(text);
      }
    }
  });
  it("adds a step anywhere and takes it out to the same bytes", () => {
    for (const ladder of policy.ladders) {
      for (let index = 0; index <= ladder.steps.length; index++) {
        const there = addStep(text, ladder.name, index, [["id", "brand_new"], ["at", "D+6"], ["do", "notify"], ["template", "overdue"]]);
        const read = readPolicy(there);
        expect(read.broken).toBeNull();
        expect(read.ladders.find((one) => one.name === ladder.name)?.steps[index]?.id).toBe("brand_new");
        expect(removeStep(there, { ladder: ladder.name, index })).toBe(text);
      }
    }
  });
  it("gives steps other names and back", () => {
    for (const step of all) {
      const there = renameStep(text, step, "quite_another");
      const read = readPolicy(there).ladders.find((one) => one.name === step.ladder);
      expect(JSON.stringify(read?.steps.map((one) => [one.values.announces, one.values.after]))).not.toMatch(new RegExp(`"${step.id}["+]`));
      expect(renameStep(there, step, step.id)).toBe(text);
    }
  });
  it("sets every text to another and back", () => {
    for (const step of all) {
      for (const [key, value] of Object.entries(step.values)) {
        if (typeof value !== "string") continue;
        const there = setKey(text, step, key, `${value}x`);
        expect(setKey(there, step, key, value)).toBe(text);
      }
    }
  });
});

describe("columns", () => {
  const line = (text: string, id: string) => text.split("\n").find((one) => one.includes(`id: ${id},`));
  it("stay where the neighbours have theirs", () => {
    const step = { ladder: "default", index: 3 };
    expect(line(moveStep(brasil, step, 1), "late2")).toBe("    - { id: late2,    at: D+3,   do: notify, template: overdue, tone: friendly, channels: [preferred, email] }");
    expect(line(moveStep(brasil, step, 20), "late2")).toBe("    - { id: late2,    at: D+22,  do: notify, template: overdue, tone: friendly, channels: [preferred, email] }");
  });
  it("are kept by a new step", () => {
    const { text, index } = insertStep(brasil, "default", 7, [["id", "late7"], ["at", "D+7"], ["do", "notify"], ["template", "overdue"]]);
    expect(index).toBe(5);
    expect(line(text, "late7")).toBe("    - { id: late7,    at: D+7,   do: notify, template: overdue }");
  });
});

describe("a step that goes", () => {
  it("is no longer announced", () => {
    const there = dropStep(brasil, { ladder: "default", index: 6 });
    const steps = readPolicy(there).ladders[0]?.steps ?? [];
    expect(steps.some((step) => step.id === "limit")).toBe(false);
    expect(steps.find((step) => step.id === "late5")?.values.announces).toBeUndefined();
    expect(there).toContain("# Parcelar costuma recuperar");
  });
  it("is not the last of its ladder", () => {
    const one = shipped.find(([name]) => name.endsWith("stripe.yaml"))?.[1] ?? "";
    expect(() => dropStep(one, { ladder: "default", index: 0 })).toThrow(NotHere);
  });
});

describe("block style", () => {
  const text = "regua: 1\nname: X\ncurrency: BRL\nladders:\n  default:\n    # first\n    - id: a   # why\n      at: D+1\n      do: notify\n      channels:\n        - email\n        - sms\n    - id: b\n      at: D+2 # two\n      do: access\n";
  const b = { ladder: "default", index: 1 };
  it("moves, adds and takes out there too", () => {
    expect(moveStep(text, b, 1)).toBe(text.replace("D+2 #", "D+3 #"));
    const there = setKey(text, b, "approval", "true");
    expect(there).toBe(text.replace("do: access\n", "do: access\n      approval: true\n"));
    expect(setKey(there, b, "approval", null)).toBe(text);
    expect(removeStep(addStep(text, "default", 1, [["id", "c"], ["at", "D"], ["do", "charge"]]), b)).toBe(text);
    expect(textOf(readPolicy(setKey(text, { ladder: "default", index: 0 }, "every", "7d")).ladders[0]?.steps[0]?.values.every)).toBe("7d");
  });
});

describe("values", () => {
  it("are quoted only where they must be", () => {
    expect(written("overdue", null)).toBe("overdue");
    expect(written("a, b", null)).toBe('"a, b"');
    expect(written('say "x" \\', "QUOTE_DOUBLE")).toBe('"say \\"x\\" \\\\"');
    expect(written("it's", "QUOTE_SINGLE")).toBe("'it''s'");
    expect(written("09:00", null)).toBe('"09:00"');
  });
  it("change from at to after and back", () => {
    const step = { ladder: "default", index: 3 };
    const there = swapKey(brasil, step, "at", "after", "due+2d");
    expect(swapKey(there, step, "after", "at", "D+2")).toBe(brasil);
  });
  it("have free names", () => expect(freeId(brasil, "default", "late2")).toBe("late22"));
});
