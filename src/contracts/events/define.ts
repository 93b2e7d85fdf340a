/** How an event contract is written: one zod schema of the data per versioned CloudEvents type. */
import * as z from "zod/mini";
import { aggregateVersion, instant, userId, uuid } from "../primitives.ts";

/** Reverse-DNS prefix of every event type, as CloudEvents 1.0 recommends. */
export const TYPE_PREFIX = "dev.todo.";

/** `dev.todo.<aggregate>.<what happened>.v<version>`; a breaking change is a new version beside the old one. */
export type EventType = `${typeof TYPE_PREFIX}${string}.v${number}`;

type DataSchemas = Readonly<Record<EventType, z.ZodMiniType<object>>>;

/**
 * CloudEvents 1.0 attributes of every event. `id` is unique and is what consumers deduplicate on; `userid` and
 * `aggregateversion` are extension attributes (lower case, as the specification asks). `partitionkey` is the CloudEvents
 * partitioning extension and equals the topic's key field.
 * Unknown attributes are allowed: Dapr adds `topic`, `pubsubname`, `traceid` and others on the way.
 */
const attributes = {
  specversion: z.literal("1.0"),
  id: uuid,
  source: z.string().check(z.regex(/^\/todo\/[a-z]+$/)),
  time: instant,
  subject: z.string().check(z.minLength(1)),
  partitionkey: z.string().check(z.minLength(1)),
  datacontenttype: z.literal("application/json"),
  userid: userId,
  aggregateversion: aggregateVersion,
};

type Attributes = { [K in keyof typeof attributes]: z.output<(typeof attributes)[K]> };

/** A validated event of a contract, discriminated by `type`. */
export type EventOf<C extends EventContract> = {
  [T in keyof C["data"] & string]: Attributes & { readonly type: T; readonly data: z.output<C["data"][T]> };
}[keyof C["data"] & string];

/** The data of any event of a contract. */
export type DataOf<C extends EventContract> = EventOf<C>["data"];

export interface EventContract<D extends DataSchemas = DataSchemas> {
  readonly data: D;
  readonly types: readonly EventType[];
  /** Schema of the whole CloudEvent of one type. */
  envelope(type: EventType): z.ZodMiniType;
}

/**
 * Declares the events of one topic.
 * @throws TypeError when a type is not `dev.todo.<aggregate>.<event>.v<version>`
 */
export function eventContract<const D extends DataSchemas>(data: D): EventContract<D> {
  const types = Object.keys(data) as EventType[];
  for (const type of types) {
    if (!/^dev\.todo\.[a-z]+\.[a-z_]+\.v[1-9]\d*$/.test(type)) {
      throw new TypeError(
        `event type "${type}" is not of the form dev.todo.<aggregate>.<event>.v<version>: rename it in src/contracts/events`,
      );
    }
  }
  const envelopes = new Map<string, z.ZodMiniType>();
  return Object.freeze({
    data: Object.freeze(data),
    types: Object.freeze(types),
    envelope(type: EventType) {
      const known = envelopes.get(type);
      if (known) return known;
      const schema = data[type];
      if (!schema)
        throw new TypeError(`event type "${type}" is not part of this contract (known: ${types.join(", ")})`);
      const made = z.object({ ...attributes, type: z.literal(type), data: schema });
      envelopes.set(type, made);
      return made;
    },
  });
}

/**
 * Reads a CloudEvent that came over the wire.
 * @returns the validated event, or every problem found; never throws on foreign input
 */
export function parseEvent<C extends EventContract>(
  contract: C,
  input: unknown,
): { ok: true; event: EventOf<C> } | { ok: false; reason: "unknown-type" | "invalid"; problems: string[] } {
  const type = typeof input === "object" && input !== null && "type" in input ? input.type : undefined;
  if (typeof type !== "string" || !contract.types.includes(type as EventType)) {
    return {
      ok: false,
      reason: "unknown-type",
      problems: [`unknown event type ${JSON.stringify(type) ?? "undefined"}`],
    };
  }
  const result = contract.envelope(type as EventType).safeParse(input);
  if (result.success) return { ok: true, event: result.data as EventOf<C> };
  return {
    ok: false,
    reason: "invalid",
    problems: result.error.issues.map((issue) => `${issue.path.join(".") || "event"}: ${issue.message}`),
  };
}

/** JSON Schema (draft 2020-12) of one event type's whole CloudEvent, as registered in the schema registry. */
export function eventJsonSchema(contract: EventContract, type: EventType): Record<string, unknown> {
  return { $id: `urn:todo:event:${type}`, ...z.toJSONSchema(contract.envelope(type), { io: "input" }) };
}
