import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import * as z from "zod/mini";
import { strict } from "#contracts/http/strict";

type Converted<S extends z.ZodMiniType> = StandardSchemaWithJSON<z.input<S>, z.output<S>>;

/** The schema as the SDK wants it: `zod/mini` leaves the conversion to JSON Schema out, so that browsers need not load it. */
function withJson<S extends z.ZodMiniType>(schema: S): Converted<S> {
  const documents = new Map<string, JsonSchema>();
  const convert = (io: "input" | "output") => (): JsonSchema => {
    const known =
      documents.get(io) ?? (portable(z.toJSONSchema(schema, { target: "draft-2020-12", io })) as JsonSchema);
    documents.set(io, known);
    return known;
  };
  const standard = schema["~standard"];
  return {
    "~standard": { ...standard, jsonSchema: { input: convert("input"), output: convert("output") } },
  } as unknown as Converted<S>;
}

type JsonSchema = Record<string, unknown>;

const ANNOTATIONS = new Set(["description", "default", "title", "$schema", "$defs"]);

/** A list of types as alternatives of one type each, which clients that map schemas onto other dialects can read too. */
function portable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(portable);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, portable(value)] as const);
  const { type } = node as JsonSchema;
  // Under `properties` a field may be called `type`: then it is a schema, not a list.
  if (!Array.isArray(type)) return Object.fromEntries(entries);
  const about = entries.filter(([key]) => ANNOTATIONS.has(key));
  const rest = Object.fromEntries(entries.filter(([key]) => key !== "type" && !ANNOTATIONS.has(key)));
  const anyOf = type.map((one) => (one === "null" ? { type: one } : { ...rest, type: one }));
  return { ...Object.fromEntries(about), anyOf };
}

/** What a tool takes: a field that it does not know is refused, as in the HTTP API. */
export const toolInput = <S extends z.ZodMiniType>(schema: S): Converted<S> => withJson(strict(schema));

export const toolOutput = <S extends z.ZodMiniType>(schema: S): Converted<S> => withJson(schema);
