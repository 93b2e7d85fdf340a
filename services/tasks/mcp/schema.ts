import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import * as z from "zod/mini";
import { strict } from "#contracts/http/strict";

type Converted<S extends z.ZodMiniType> = StandardSchemaWithJSON<z.input<S>, z.output<S>>;

/** The schema as the SDK wants it: `zod/mini` leaves the conversion to JSON Schema out, so that browsers need not load it. */
function withJson<S extends z.ZodMiniType>(schema: S): Converted<S> {
  const documents = new Map<string, Record<string, unknown>>();
  const convert = (io: "input" | "output") => (): Record<string, unknown> => {
    const known =
      documents.get(io) ?? (z.toJSONSchema(schema, { target: "draft-2020-12", io }) as Record<string, unknown>);
    documents.set(io, known);
    return known;
  };
  const standard = schema["~standard"];
  return {
    "~standard": { ...standard, jsonSchema: { input: convert("input"), output: convert("output") } },
  } as unknown as Converted<S>;
}

/** What a tool takes: a field that it does not know is refused, as in the HTTP API. */
export const toolInput = <S extends z.ZodMiniType>(schema: S): Converted<S> => withJson(strict(schema));

export const toolOutput = <S extends z.ZodMiniType>(schema: S): Converted<S> => withJson(schema);
