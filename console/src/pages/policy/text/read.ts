import { type Document, isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";

/** A value of the file. Everything is text, as the server reads it: `1.00` is not a float. */
export type Value = string | Value[] | { [key: string]: Value };
export type StepText = { ladder: string; index: number; id: string; verb: string; values: Record<string, Value>; from: number; to: number };
export type SegmentText = { name: string; when: string | null; ladder: string; notBefore: string | null };
export type LadderText = { name: string; steps: StepText[]; segments: SegmentText[]; from: number };
export type PolicyText = {
  name: string;
  currency: string;
  time: string;
  channels: string[];
  consolidate: boolean;
  ladders: LadderText[];
  /** Why the text is no YAML; then there is nothing to draw. */
  broken: { message: string; at: number } | null;
};

/** The last trees: an edit reads the same text several times. Nobody changes them. */
const trees = new Map<string, Document.Parsed>();

/** With the places of everything in the text. */
export function parse(text: string): Document.Parsed {
  let tree = trees.get(text);
  if (!tree) {
    tree = parseDocument(text, { schema: "failsafe", prettyErrors: false, logLevel: "silent" });
    if (trees.size >= 4) trees.delete(trees.keys().next().value ?? "");
    trees.set(text, tree);
  }
  return tree;
}

export function mapAt(node: unknown, key: string): YAMLMap | null {
  const found = isMap(node) ? node.get(key, true) : null;
  return isMap(found) ? found : null;
}

export function seqAt(node: unknown, key: string): YAMLSeq | null {
  const found = isMap(node) ? node.get(key, true) : null;
  return isSeq(found) ? found : null;
}

function textAt(node: unknown, key: string): string | null {
  const found = isMap(node) ? node.get(key, true) : null;
  return isScalar(found) && typeof found.value === "string" ? found.value : null;
}

export function plain(node: unknown): Value {
  if (isScalar(node)) return String(node.value ?? "");
  if (isSeq(node)) return node.items.map(plain);
  if (isMap(node)) return Object.fromEntries(node.items.map((pair) => [String((pair.key as Scalar).value), plain(pair.value)]));
  return "";
}

/** Where a map or a value begins, and ends without what follows it on its line. */
export function span(node: { range?: readonly [number, number, number] | null } | null | undefined): [number, number] {
  return node?.range ? [node.range[0], node.range[1]] : [0, 0];
}

export function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

export function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

export function readPolicy(text: string): PolicyText {
  const doc = parse(text);
  const root = doc.contents;
  const wrong = doc.errors[0];
  const broken = wrong ? { message: wrong.message, at: wrong.pos[0] } : isMap(root) ? null : { message: "", at: 0 };
  const ladderNames = (mapAt(root, "ladders")?.items ?? []).map((pair) => String((pair.key as Scalar).value));
  const segments = (seqAt(root, "segments")?.items ?? []).map((item): SegmentText => {
    const name = textAt(item, "name") ?? "";
    return { name, when: textAt(item, "when"), ladder: textAt(item, "ladder") ?? (ladderNames.includes(name) ? name : "default"), notBefore: textAt(item, "not_before") };
  });
  const contact = mapAt(root, "contact");
  return {
    name: textAt(root, "name") ?? "",
    currency: textAt(root, "currency") ?? "BRL",
    time: textAt(root, "time") ?? "09:00",
    channels: contact ? texts(plain(contact.get("channels", true))) : ["email"],
    consolidate: textAt(contact, "consolidate") !== "false",
    broken,
    ladders: (mapAt(root, "ladders")?.items ?? []).map((pair): LadderText => {
      const name = String((pair.key as Scalar).value);
      const steps = isSeq(pair.value) ? pair.value.items : [];
      return {
        name,
        from: span(pair.key as Scalar)[0],
        segments: segments.filter((segment) => segment.ladder === name),
        steps: steps.map((item, index): StepText => {
          const values = plain(item);
          const [from, to] = span(item as YAMLMap);
          return { ladder: name, index, id: textAt(item, "id") ?? "", verb: textAt(item, "do") ?? "", values: typeof values === "object" && !Array.isArray(values) ? values : {}, from, to };
        }),
      };
    }),
  };
}
