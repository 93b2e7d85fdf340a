/** Random JSON Schemas of the part that contracts use, and the changes that may and may not be made to them. */
import fc from "fast-check";
import type { Json } from "#contracts-check/alternatives";

const field = fc.stringMatching(/^[a-d]$/);

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ type: fc.constant("string"), minLength: fc.nat(3), maxLength: fc.integer({ min: 5, max: 9 }) }),
  fc.constant({ type: "string", format: "uuid" }),
  fc.constant({ type: "string", pattern: "^a+$" }),
  fc.record({ type: fc.constant("integer"), minimum: fc.nat(3), maximum: fc.integer({ min: 5, max: 9 }) }),
  fc.constant({ type: "number" }),
  fc.constant({ type: "boolean" }),
  fc.uniqueArray(fc.constantFrom("p", "q", "r", "s"), { minLength: 2, maxLength: 3 }).map((values) => ({
    type: "string",
    enum: values,
  })),
);

const { schema } = fc.letrec<{ schema: Json; object: Json }>((tie) => ({
  object: fc
    .dictionary(field, tie("schema"), { minKeys: 1, maxKeys: 4 })
    .chain((properties) =>
      fc
        .subarray(Object.keys(properties))
        .map((required) => ({ type: "object", properties: { ...properties }, required })),
    ),
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("object"),
    tie("schema").map((items) => ({ type: "array", items, minItems: 1, maxItems: 5 })),
    tie("schema").map((inner) => ("anyOf" in inner ? inner : { anyOf: [inner, { type: "null" }] })),
  ),
}));

/** The data of an event: at least one field, at least one of them required. */
export const data: fc.Arbitrary<Json> = fc
  .dictionary(field, schema, { minKeys: 1, maxKeys: 4 })
  .chain((properties) =>
    fc
      .subarray(Object.keys(properties), { minLength: 1 })
      .map((required) => ({ type: "object", properties: { ...properties }, required })),
  );

export type Change = (node: Json) => Json | undefined;

/** Every way to make one change somewhere in a schema; `change` answers undefined where it does not apply. */
export function everywhere(node: Json, change: Change): Json[] {
  const own = change(node);
  const results = own ? [own] : [];
  if (node.type === "object") {
    for (const [name, inner] of Object.entries(node.properties as Record<string, Json>)) {
      const rebuilt = (made: Json): Json => ({ ...node, properties: { ...(node.properties as Json), [name]: made } });
      results.push(...everywhere(inner, change).map(rebuilt));
    }
  }
  if (node.type === "array") {
    results.push(...everywhere(node.items as Json, change).map((items) => ({ ...node, items })));
  }
  if (Array.isArray(node.anyOf)) {
    const [inner, ...others] = node.anyOf as [Json, ...Json[]];
    results.push(...everywhere(inner, change).map((made) => ({ anyOf: [made, ...others] })));
  }
  return results;
}

const propertiesOf = (node: Json): Record<string, Json> => (node.properties ?? {}) as Record<string, Json>;
const requiredOf = (node: Json): string[] => (node.required ?? []) as string[];

function without(node: Json, name: string): Json {
  const { [name]: _, ...properties } = propertiesOf(node);
  return { ...node, properties, required: requiredOf(node).filter((each) => each !== name) };
}

const onBound =
  (keyword: string, by: number): Change =>
  (node) =>
    typeof node[keyword] === "number" ? { ...node, [keyword]: node[keyword] + by } : undefined;

const first = (node: Json): string | undefined => Object.keys(propertiesOf(node))[0];

/** Changes that leave every running consumer and stored event unharmed. */
export const compatible: Readonly<Record<string, Change>> = {
  "an optional field is added": (node) =>
    node.type === "object" ? { ...node, properties: { ...propertiesOf(node), extra: { type: "string" } } } : undefined,
  "an optional object is added": (node) =>
    node.type === "object"
      ? { ...node, properties: { ...propertiesOf(node), extra: { type: "object", required: ["a"] } } }
      : undefined,
  "a description is written": (node) => ({ ...node, description: "words" }),
  "the order of an enum changes": (node) =>
    Array.isArray(node.enum) ? { ...node, enum: [...node.enum].reverse() } : undefined,
  "the order of alternatives changes": (node) =>
    Array.isArray(node.anyOf) ? { anyOf: [...node.anyOf].reverse() } : undefined,
  "fields change their order": (node) =>
    node.type === "object"
      ? { ...node, properties: Object.fromEntries(Object.entries(propertiesOf(node)).reverse()) }
      : undefined,
};

/** Changes that break one or the other. */
export const incompatible: Readonly<Record<string, Change>> = {
  "a required field is removed": (node) => {
    const [name] = requiredOf(node);
    return name ? without(node, name) : undefined;
  },
  "an optional field is removed": (node) => {
    const name = Object.keys(propertiesOf(node)).find((each) => !requiredOf(node).includes(each));
    return name ? without(node, name) : undefined;
  },
  "a field is renamed": (node) => {
    const name = first(node);
    if (!name) return undefined;
    const isRequired = requiredOf(node).includes(name);
    const rest = without(node, name);
    return {
      ...rest,
      properties: { ...propertiesOf(rest), renamed: propertiesOf(node)[name] },
      required: [...requiredOf(rest), ...(isRequired ? ["renamed"] : [])],
    };
  },
  "a required field is added": (node) =>
    node.type === "object"
      ? {
          ...node,
          properties: { ...propertiesOf(node), extra: { type: "string" } },
          required: [...requiredOf(node), "extra"],
        }
      : undefined,
  "an optional field becomes required": (node) => {
    const name = Object.keys(propertiesOf(node)).find((each) => !requiredOf(node).includes(each));
    return name ? { ...node, required: [...requiredOf(node), name] } : undefined;
  },
  "a required field becomes optional": (node) =>
    requiredOf(node).length > 0 ? { ...node, required: requiredOf(node).slice(1) } : undefined,
  "an object refuses what it does not know": (node) =>
    node.type === "object" ? { ...node, additionalProperties: false } : undefined,
  "a type changes": (node) => {
    if (node.type === "object" || node.type === "array") return { type: "string" };
    return node.type ? { type: "array", items: {} } : undefined;
  },
  "an integer becomes a number": (node) => (node.type === "integer" ? { ...node, type: "number" } : undefined),
  "a number becomes an integer": (node) => (node.type === "number" ? { ...node, type: "integer" } : undefined),
  "null is allowed": (node) => {
    const [name, inner] = Object.entries(propertiesOf(node)).find(([, each]) => each.type) ?? [];
    if (!name) return undefined;
    return { ...node, properties: { ...propertiesOf(node), [name]: { anyOf: [inner, { type: "null" }] } } };
  },
  "null is no longer allowed": (node) => (node.anyOf as Json[] | undefined)?.[0],
  "a value is added to an enum": (node) =>
    Array.isArray(node.enum) ? { ...node, enum: [...node.enum, "new"] } : undefined,
  "a value is removed from an enum": (node) =>
    Array.isArray(node.enum) ? { ...node, enum: node.enum.slice(1) } : undefined,
  "an enum becomes any text": (node) => (Array.isArray(node.enum) ? { type: "string" } : undefined),
  "any number becomes a few": (node) => (node.type === "number" ? { enum: [1, 2] } : undefined),
  "a format is asked for": (node) =>
    node.type === "string" && !node.format && !node.enum ? { ...node, format: "date" } : undefined,
  "a format is given up": (node) => (node.format ? { type: "string" } : undefined),
  "a pattern changes": (node) => (node.pattern ? { ...node, pattern: "^b+$" } : undefined),
  "a pattern is given up": (node) => (node.pattern ? { type: "string" } : undefined),
  ...Object.fromEntries(
    ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"].flatMap((keyword) => [
      [`${keyword} grows`, onBound(keyword, 1)],
      [`${keyword} shrinks`, onBound(keyword, -1)],
    ]),
  ),
  "items become unique": (node) => (node.type === "array" ? { ...node, uniqueItems: true } : undefined),
  "a bound is added": (node) => (node.type === "number" ? { ...node, exclusiveMinimum: 0 } : undefined),
  "something is asked that cannot be compared": (node) =>
    node.type === "object" ? { ...node, patternProperties: { "^x": { type: "string" } } } : undefined,
};
