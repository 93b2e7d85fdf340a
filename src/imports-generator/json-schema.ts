import type { CustomResource, OpenApiSchema } from "./custom-resources.ts";

/** What json-schema-to-typescript reads; `tsType` is its escape hatch for types JSON Schema cannot say. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly tsType?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** Fields that every resource has: the author's tool writes the first three, the controller the last. */
const notSpecific: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "status"]);

const unknownObject: JsonSchema = { type: "object", additionalProperties: true };
const unknownValue: JsonSchema = { tsType: "unknown" };

/**
 * One JSON Schema for all kinds of a group. Each object becomes a definition with a name of its own: `<Kind>`,
 * `<Kind>Spec`, then the path below it; objects of one kind with the same fields share the name of the shallowest.
 *
 * Rules of structural schemas (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/):
 * `anyOf`, `oneOf`, `allOf` and `not` only restrict values and carry no types; unknown fields are pruned unless
 * `x-kubernetes-preserve-unknown-fields` says otherwise; defaults are set before `required` is checked.
 */
export function groupSchema(resources: readonly CustomResource[]): JsonSchema {
  const names = new Set(resources.flatMap(({ kind }) => [kind, `${kind}Spec`]));
  const definitions: Record<string, JsonSchema> = {};
  for (const resource of resources) Object.assign(definitions, kindDefinitions(resource, names));
  const kinds = resources.map(({ kind }) => kind);
  return {
    type: "object",
    properties: Object.fromEntries(kinds.map((kind) => [kind, ref(kind)])),
    required: kinds,
    additionalProperties: false,
    definitions,
  };
}

interface Pending {
  readonly name: string;
  readonly schema: OpenApiSchema;
}

function kindDefinitions({ kind, schema }: CustomResource, taken: Set<string>): Record<string, JsonSchema> {
  const definitions: Record<string, JsonSchema> = {};
  const shared = new Map<string, string>();
  const queue: Pending[] = [];

  const enqueue = (name: string, node: OpenApiSchema): JsonSchema => {
    queue.push({ name, schema: node });
    return ref(name);
  };
  // Breadth first, so that the shallowest of equal objects gives the name.
  const share = (wanted: string, node: OpenApiSchema): JsonSchema => {
    const shape = shapeOf(node);
    const known = shared.get(shape);
    if (known !== undefined) return ref(known);
    const name = freeName(wanted, taken);
    shared.set(shape, name);
    return enqueue(name, node);
  };

  const fields = Object.entries(schema.properties ?? {}).filter(([field]) => !notSpecific.has(field));
  const properties = fields.map(([field, node]): [string, JsonSchema] => {
    const name = `${kind}${pascal(field)}`;
    return [field, optional(field, schema, field === "spec" ? enqueue(name, node) : convert(node, name, share))];
  });
  definitions[kind] = objectOf(schema, Object.fromEntries(properties));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    definitions[next.name] = convertObject(next.schema, next.name, share);
  }
  return definitions;
}

type Share = (name: string, schema: OpenApiSchema) => JsonSchema;

function convert(schema: OpenApiSchema, name: string, share: Share): JsonSchema {
  const converted = convertNonNull(schema, name, share);
  return schema.nullable === true && converted.tsType !== "unknown"
    ? { anyOf: [converted, { type: "null" }] }
    : converted;
}

function convertNonNull(schema: OpenApiSchema, name: string, share: Share): JsonSchema {
  if (schema["x-kubernetes-int-or-string"] === true) return { anyOf: [{ type: "number" }, { type: "string" }] };
  if (schema.enum !== undefined) return { enum: schema.enum.filter((value) => value !== null) };
  switch (schema.type) {
    case "array":
      return { type: "array", items: schema.items === undefined ? unknownValue : convert(schema.items, name, share) };
    case "object":
      return hasFields(schema) ? share(name, schema) : convertObject(schema, name, share);
    case "integer":
    case "number":
      return { type: "number" };
    case "string":
    case "boolean":
      return { type: schema.type };
    default:
      return hasFields(schema) ? share(name, schema) : unknownValue;
  }
}

function convertObject(schema: OpenApiSchema, name: string, share: Share): JsonSchema {
  if (hasFields(schema)) {
    const fields = Object.entries(schema.properties ?? {}).map(([field, node]): [string, JsonSchema] => [
      field,
      optional(field, schema, convert(node, `${name}${pascal(field)}`, share)),
    ]);
    return objectOf(schema, Object.fromEntries(fields));
  }
  if (keepsUnknown(schema)) return unknownObject;
  const values = schema.additionalProperties;
  if (values === true) return unknownObject;
  if (values === undefined || values === false) return { tsType: "Record<string, never>" };
  return { type: "object", additionalProperties: convert(values, name, share) };
}

function objectOf(schema: OpenApiSchema, properties: Record<string, JsonSchema>): JsonSchema {
  const required = Object.keys(properties).filter((field) => isRequired(field, schema));
  return { type: "object", properties, required, additionalProperties: keepsUnknown(schema) };
}

/** `exactOptionalPropertyTypes` refuses `field: undefined` unless the type says it; authors write such conditionals. */
function optional(field: string, parent: OpenApiSchema, schema: JsonSchema): JsonSchema {
  if (isRequired(field, parent) || schema.tsType === "unknown") return schema;
  return { anyOf: [...(schema.anyOf ?? [schema]), { tsType: "undefined" }] };
}

function isRequired(field: string, parent: OpenApiSchema): boolean {
  return (parent.required ?? []).includes(field) && parent.properties?.[field]?.default === undefined;
}

function hasFields(schema: OpenApiSchema): boolean {
  return Object.keys(schema.properties ?? {}).length > 0;
}

function keepsUnknown(schema: OpenApiSchema): boolean {
  return (
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema["x-kubernetes-embedded-resource"] === true ||
    schema.additionalProperties === true
  );
}

/** Equal for schemas that give the same type: texts, limits and defaults do not count, a default's presence does. */
function shapeOf(schema: OpenApiSchema): string {
  return JSON.stringify(convertShape(schema));
}

function convertShape(schema: OpenApiSchema): unknown {
  const nested: Share = (_name, node) => ({ anyOf: [convertShape(node) as JsonSchema] });
  return convertObject(schema, "", nested);
}

function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

function pascal(field: string): string {
  return field
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n += 1) name = `${wanted}${n}`;
  taken.add(name);
  return name;
}
