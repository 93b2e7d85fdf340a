/** JSON Schema (2020-12, the part that zod writes) as a flat list of the shapes that a value may have. */
export type Json = Readonly<Record<string, unknown>>;
export type Schema = Json | boolean;

/** One shape: anything, one value, values of one type, or what this comparison does not understand. */
export type Alternative =
  | { readonly kind: "any" }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "string" | "number" | "integer" | "array" | "object"; readonly schema: Json }
  | { readonly kind: "opaque"; readonly schema: Json; readonly why: string };

const annotations = new Set([
  "$schema",
  "$id",
  "$comment",
  "$defs",
  "id",
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

const understood: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  array: ["items", "minItems", "maxItems", "uniqueItems"],
  object: ["properties", "required", "additionalProperties", "propertyNames"],
};

const scalars = new Set(Object.values(understood).flat());

/** @param root document that `$ref` points into, as in `#/components/schemas/Task` */
export function alternatives(schema: Schema, root: Json): Alternative[] {
  if (schema === true) return [{ kind: "any" }];
  if (schema === false) return [];
  const asserted = Object.keys(schema).filter((keyword) => !annotations.has(keyword));
  if (asserted.length === 0) return [{ kind: "any" }];
  const only = (keyword: string): boolean => asserted.length === 1 && asserted[0] === keyword;
  if (only("$ref")) return alternatives(referred(String(schema.$ref), root), root);
  for (const union of ["anyOf", "oneOf"]) {
    if (only(union)) return (schema[union] as Schema[]).flatMap((each) => alternatives(each, root));
  }
  const isOnlyTyped = asserted.every((keyword) => ["type", "const", "enum"].includes(keyword));
  if (isOnlyTyped && "const" in schema) return [{ kind: "value", value: schema.const }];
  if (isOnlyTyped && "enum" in schema) return (schema.enum as unknown[]).map((value) => ({ kind: "value", value }));
  const foreign = asserted.filter((keyword) => keyword !== "type" && !scalars.has(keyword));
  if (foreign.length > 0) return [{ kind: "opaque", schema: inlined(schema, root) as Json, why: foreign.join(", ") }];
  if (!("type" in schema)) return [{ kind: "opaque", schema: inlined(schema, root) as Json, why: "no type" }];
  return [schema.type].flat().flatMap((type) => ofType(String(type), schema, root));
}

function ofType(type: string, schema: Json, root: Json): Alternative[] {
  if (type === "null") return [{ kind: "value", value: null }];
  if (type === "boolean") return [true, false].map((value) => ({ kind: "value", value }));
  const keywords = understood[type];
  if (!keywords) return [{ kind: "opaque", schema: inlined(schema, root) as Json, why: `type ${type}` }];
  const own = Object.entries(schema).filter(([keyword]) => keywords.includes(keyword));
  return [{ kind: type as "string", schema: Object.fromEntries(own) }];
}

/** @throws RangeError when it points at nothing */
function referred(reference: string, root: Json): Schema {
  let found: unknown = reference.startsWith("#") ? root : undefined;
  for (const part of reference.split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = (found as Json | undefined)?.[key];
  }
  if (found === undefined) throw new RangeError(`the schema refers to ${reference}, which is not in the document`);
  return found as Schema;
}

/** The same schema without references and annotations, so that texts can be compared; a cycle ends at its reference. */
export function inlined(value: unknown, root: Json, open: readonly string[] = [], areFields = false): unknown {
  if (Array.isArray(value)) return value.map((each) => inlined(each, root, open));
  if (typeof value !== "object" || value === null) return value;
  const reference = areFields ? undefined : (value as Json).$ref;
  if (typeof reference === "string" && !open.includes(reference)) {
    return inlined(referred(reference, root), root, [...open, reference]);
  }
  // A field may be called title or default: only beside a schema's keywords are these annotations.
  const kept = Object.entries(value).filter(([keyword]) => areFields || !annotations.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, inner]) => [keyword, inlined(inner, root, open, !areFields && keyword === "properties")]),
  );
}

/** As JSON: the order of keys says nothing, nor does where the objects were made. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [mine, theirs] = [Object.entries(a), Object.keys(b)];
  return (
    mine.length === theirs.length &&
    mine.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Json)[key]))
  );
}
