import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hintsAt, type Schema, tellAt } from "./schema";

const read = (name: string) => readFileSync(new URL(`../../../../../policies/${name}`, import.meta.url), "utf8");
const schema = JSON.parse(read("regua.schema.json")) as Schema;
const brasil = read("brasil-saas.yaml");

/** Hints where `|` stands in the text. */
const at = (text: string) => {
  const offset = text.indexOf("|");
  return hintsAt(text.replace("|", ""), offset, schema)?.options.map((one) => one.label) ?? [];
};
const inBrasil = (from: string, to: string) => at(brasil.replace(from, to));

describe("hints", () => {
  it("know the keys of the file", () => {
    expect(inBrasil("regua: 1\n", "regua: 1\nsec|\n")).toContain("second_payment");
    expect(inBrasil("regua: 1\n", "regua: 1\nsec|\n")).not.toContain("currency");
  });
  it("know the keys of a step by its verb", () => {
    const keys = inBrasil("state: limited }", "state: limited, n| }");
    expect(keys).toContain("notice");
    expect(keys).not.toContain("template");
    expect(inBrasil("template: due_today, tone: friendly }", "template: due_today, tone: friendly, | }")).toContain("channels");
  });
  it("know the words of a key, alone and in a list", () => {
    expect(inBrasil("template: due_today, tone: friendly", "template: due_today, tone: |")).toEqual(["friendly", "neutral", "firm"]);
    expect(inBrasil("channels: [preferred, email]", "channels: [preferred, |]")).toContain("whatsapp");
    expect(inBrasil("calendar: br-banking", "calendar: |")).toContain("uk-banking");
    expect(inBrasil("rulebook: br  ", "rulebook: |  ")).toEqual(["br", "us", "eu", "uk", "none"]);
  });
  it("say nothing in a comment", () => expect(inBrasil("# dias úteis;", "# dias |úteis;")).toEqual([]));
});

describe("what is told of a key", () => {
  const tell = (what: string, ahead = 1) => tellAt(brasil, brasil.indexOf(what) + ahead, schema)?.text;
  it("is the schema's sentence", () => {
    expect(tell("max_delay:")).toBe("A contact later than this is stale and not sent. Default: 3d.");
    expect(tell("announces: [limit]")).toMatch(/Adverse steps/);
    expect(tell("state: limited")).toBe("The access that remains.");
  });
});
