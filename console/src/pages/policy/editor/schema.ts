import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from "yaml";
import { parse } from "../text/read";

/** As much of JSON Schema as the schema of the régua file uses. */
export type Schema = {
  description?: string;
  type?: string;
  const?: string | number;
  enum?: string[];
  examples?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  required?: string[];
  items?: Schema;
  allOf?: { if?: Schema; then?: Schema }[];
  anyOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
};
export type Hint = { label: string; detail?: string; kind: "key" | "value"; apply: string };
export type Hints = { from: number; options: Hint[] };

function resolve(root: Schema, schema: Schema | undefined): Schema | undefined {
  let now = schema;
  for (let depth = 0; now?.$ref && depth < 8; depth++) {
    const { $ref, ...own } = now;
    now = { ...root.$defs?.[$ref.replace("#/$defs/", "")], ...own };
  }
  return now;
}

/** A step's keys depend on its verb; without one all of them. */
function byVerb(root: Schema, schema: Schema, map: YAMLMap | null): Schema {
  if (!schema.allOf?.some((one) => one.if)) return schema;
  const verb = map?.get("do");
  const cases = schema.allOf.filter((one) => one.if?.properties?.do?.const !== undefined);
  const own = cases.filter((one) => one.if?.properties?.do?.const === verb);
  const chosen = (own.length ? own : cases).map((one) => resolve(root, one.then)).filter((one) => one !== undefined);
  const properties = { ...schema.properties };
  for (const one of chosen) for (const [name, inner] of Object.entries(one.properties ?? {})) if (name !== "do") properties[name] ??= inner;
  return { ...schema, properties: { ...properties, do: { description: "What it does.", ...schema.properties?.do } } };
}

type At = { map: YAMLMap | null; schema: Schema | undefined; key: string | null };

/** The map that holds a place, its schema, and the key whose name or value stands there. `column` finds maps in block style. */
function at(text: string, offset: number, root: Schema, column: number | null): At {
  const doc = parse(text);
  let found: At = { map: isMap(doc.contents) ? doc.contents : null, schema: root, key: null };
  const walk = (node: unknown, given: Schema | undefined): void => {
    if (isSeq(node)) {
      const items = resolve(root, given)?.items;
      for (const item of node.items) walk(item, items);
      return;
    }
    if (!isMap(node) || !node.range) return;
    const [start, , end] = node.range;
    const schema = byVerb(root, resolve(root, given) ?? {}, node);
    const first = (node.items[0] as Pair<Scalar> | undefined)?.key.range?.[0];
    const inside = node.flow ? start < offset && offset < end : column !== null && first !== undefined && first <= offset && column === first - (text.lastIndexOf("\n", first - 1) + 1);
    if (inside) found = { map: node, schema, key: null };
    for (const pair of node.items as Pair<Scalar, { range?: [number, number, number] | null } | null>[]) {
      const key = String(pair.key.value);
      const inner = schema.properties?.[key] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
      const keyRange = pair.key.range;
      const onKey = keyRange && keyRange[0] <= offset && offset <= keyRange[1];
      const onValue = isScalar(pair.value) && pair.value.range && pair.value.range[0] <= offset && offset <= pair.value.range[1];
      const inList = isSeq(pair.value) && pair.value.flow && pair.value.range && pair.value.range[0] <= offset && offset <= pair.value.range[1] && !pair.value.items.some(isMap);
      if (onKey || onValue || inList) found = { map: node, schema, key };
      walk(pair.value, inner);
    }
  };
  walk(doc.contents, root);
  return found;
}

const words = (root: Schema, schema: Schema | undefined): string[] => {
  const one = resolve(root, schema);
  if (!one) return [];
  if (one.type === "boolean") return ["true", "false"];
  const own = one.enum ?? (one.const !== undefined ? [String(one.const)] : []);
  return [...own, ...(one.anyOf ?? []).flatMap((inner) => words(root, inner)), ...(own.length ? [] : (one.examples ?? []))];
};

/** What can be written at a place: keys of the map that is open there, or values of the key before it. */
export function hintsAt(text: string, offset: number, root: Schema): Hints | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = text.slice(start, offset);
  if (/(^|\s)#/.test(line)) return null;
  const list = /([A-Za-z_]+):\s*\[(?:[^\]]*,\s*)?([\w-]*)$/.exec(line);
  const value = list ?? /([A-Za-z_]+):\s+([\w+-]*)$/.exec(line);
  if (value) {
    const typed = value[2] ?? "";
    const place = at(text, offset - typed.length - (list ? 0 : 1), root, columnOf(line, value.index));
    const given = place.schema?.properties?.[value[1] ?? ""];
    const schema = list ? resolve(root, given)?.items : given;
    const options = [...new Set(words(root, schema))].map((label): Hint => ({ label, detail: resolve(root, given)?.description, kind: "value", apply: label }));
    return options.length ? { from: offset - typed.length, options } : null;
  }
  const key = /(?:^\s*(?:- )?|[{,]\s*)([A-Za-z_]*)$/.exec(line);
  if (!key) return null;
  const typed = key[1] ?? "";
  const place = at(text, offset - typed.length, root, line.length - typed.length);
  const taken = new Set((place.map?.items ?? []).map((pair) => String((pair.key as Scalar).value)).filter((name) => name !== typed));
  const options = Object.entries(place.schema?.properties ?? {}).filter(([name]) => !taken.has(name)).map(([name, inner]): Hint => ({ label: name, detail: resolve(root, inner)?.description, kind: "key", apply: `${name}: ` }));
  return options.length ? { from: offset - typed.length, options } : null;
}

const columnOf = (line: string, index: number) => (/^\s*(- )?$/.test(line.slice(0, index)) ? index : null);

export type Told = { key: string; text: string; values: string[] };

/** What the schema says of the key at a place. */
export function tellAt(text: string, offset: number, root: Schema): Told | null {
  const { schema, key } = at(text, offset, root, null);
  if (!key) return null;
  const own = resolve(root, schema?.properties?.[key]);
  if (!own?.description) return null;
  return { key, text: own.description, values: words(root, own.items ?? own).slice(0, 16) };
}
