/** Every event contract as one document that is committed, so that a later change can be compared with it. */
import * as z from "zod/mini";
import { type EventContract, type EventType, eventJsonSchema } from "#contracts/events/index";
import { task } from "#contracts/task";
import { eventTopics, type System } from "#model/system";
import type { Json } from "./alternatives.ts";

export const EVENTS_FILE = "docs/api/events.json";

export interface TopicContract {
  /** Field of the data whose value is the partition key. */
  readonly key: string;
  /** JSON Schema of the data, by CloudEvents type. */
  readonly types: Readonly<Record<string, Json>>;
}

export interface EventContracts {
  /** JSON Schema of the CloudEvents attributes that every event has, without `type` and `data`. */
  readonly attributes: Json;
  readonly topics: Readonly<Record<string, TopicContract>>;
  /** What the data of several types refers to, as `#/schemas/<name>`. */
  readonly schemas: Readonly<Record<string, Json>>;
}

const named = { Task: task };

/** Deterministic: the same contracts give the same bytes. @param references where named schemas are referred to */
export function eventContracts(model: System, references = "#/schemas/"): EventContracts {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const schemas: Record<string, Json> = {};
  const schemaOf = (schema: z.ZodMiniType): Json => {
    const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io: "input", metadata: registry }) as Json;
    for (const [id, definition] of Object.entries($defs as Json)) {
      schemas[id] ??= referringTo(references, definition) as Json;
    }
    return referringTo(references, own) as Json;
  };
  const topics = [...eventTopics(model)].sort(byName).map(([name, { key, events }]): [string, TopicContract] => {
    const types = sorted(events.types).map((type): [string, Json] => [type, schemaOf(dataOf(events, type))]);
    return [name, { key, types: Object.fromEntries(types) }];
  });
  return { attributes: attributesOf(model), topics: Object.fromEntries(topics), schemas };
}

function dataOf({ data }: EventContract, type: EventType): z.ZodMiniType {
  const schema = data[type];
  if (!schema) throw new RangeError(`${type} is not part of its own contract`);
  return schema;
}

function attributesOf(model: System): Json {
  const [first] = eventTopics(model);
  const [type] = first?.[1].events.types ?? [];
  if (!first || !type) return { type: "object" };
  const { $schema: _, $id: __, properties, required, ...rest } = eventJsonSchema(first[1].events, type);
  const { type: ___, data: ____, ...attributes } = properties as Json;
  const own = (required as string[]).filter((attribute) => attribute in attributes);
  return { ...rest, properties: attributes, required: own };
}

/** zod points into the schema itself, and repeats the id as a keyword that JSON Schema does not know. */
function referringTo(references: string, value: unknown, isField = false): unknown {
  if (Array.isArray(value)) return value.map((each) => referringTo(references, each));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => isField || key !== "id" || typeof inner !== "string");
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === "$ref" && !isField
        ? String(inner).replace("#/$defs/", references)
        : referringTo(references, inner, key === "properties" && !isField),
    ]),
  );
}

const sorted = <T extends string>(names: readonly T[]): T[] => [...names].sort();

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
