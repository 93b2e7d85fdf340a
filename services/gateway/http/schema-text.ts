/** A JSON Schema (2020-12) as people write types, e.g. `{ title: string (1 to 500 characters), due?: date | null }`. */

interface SchemaDocument {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

const REF = "#/components/schemas/";
/** Deeper than any of ours; what refers to itself ends here. */
const MAX_DEPTH = 8;

export const describeSchema = (document: SchemaDocument, schema: unknown): string =>
  describe(document, (schema ?? {}) as Schema, 0);

function describe(document: SchemaDocument, schema: Schema, depth: number): string {
  const text = depth > MAX_DEPTH ? "..." : withoutDefault(document, schema, depth);
  return schema.default === undefined ? text : `${text}, default ${JSON.stringify(schema.default)}`;
}

function withoutDefault(document: SchemaDocument, schema: Schema, depth: number): string {
  if (schema.$ref?.startsWith(REF)) {
    return describe(document, (document.components.schemas[schema.$ref.slice(REF.length)] ?? {}) as Schema, depth);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((choice) => describe(document, choice, depth)))].join(" | ");
  if (schema.allOf) return schema.allOf.map((part) => describe(document, part, depth)).join(" & ");
  if (Array.isArray(schema.type)) {
    return schema.type
      .map((type: string) => describe(document, { ...schema, type, default: undefined }, depth))
      .join(" | ");
  }
  return ofType(document, schema, depth);
}

function ofType(document: SchemaDocument, schema: Schema, depth: number): string {
  switch (schema.type) {
    case "object":
      return objectText(document, schema, depth);
    case "array":
      return `list of ${describe(document, schema.items ?? {}, depth)}${limits(undefined, schema.maxItems, "entries")}`;
    case "string":
      return `${schema.format ?? "string"}${limits(schema.minLength, schema.maxLength, "characters")}`;
    case "integer":
    case "number":
      return `${schema.type}${limits(safe(schema.minimum), safe(schema.maximum), "")}`;
    case undefined:
      return "anything";
    default:
      return String(schema.type);
  }
}

function objectText(document: SchemaDocument, schema: Schema, depth: number): string {
  const fields = Object.entries(schema.properties ?? {});
  const others = schema.additionalProperties;
  if (fields.length === 0) {
    return typeof others === "object" ? `{ [name]: ${describe(document, others, depth + 1)} }` : "{}";
  }
  const indent = "  ".repeat(depth + 1);
  const lines = fields.map(([name, field]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    return `${indent}${name}${mark}: ${describe(document, field, depth + 1)}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

/** zod writes the limits of exact integers, which say nothing to a reader. */
const safe = (limit: number | undefined): number | undefined =>
  limit !== undefined && Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;

function limits(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  const range =
    least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return ` (${range}${unit ? ` ${unit}` : ""})`;
}
