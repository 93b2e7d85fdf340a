/** What `npm run topics` is given, and what a replay is asked for by it. */
import { randomUUID } from "node:crypto";
import type { parseArgs } from "node:util";
import * as z from "zod/mini";
import { instant } from "#contracts/primitives";
import { deadLetterTopicOf, eventTopics, subscribersOf } from "#model/system";
import { todo } from "#system";
import type { ReplayRequest } from "#topics/replay";
import { UsageError } from "./command.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
export const options = {
  env: text,
  brokers: text,
  ca: text,
  cert: text,
  key: text,
  json: flag,
  "topics-only": flag,
  topic: text,
  "dead-letters": flag,
  from: text,
  to: text,
  type: { ...text, multiple: true },
  user: text,
  "event-key": text,
  consumer: text,
  "database-url": text,
  "replay-id": text,
  yes: flag,
} as const;

export type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** @throws UsageError for what cannot be meant */
export function replayRequest(values: Values): ReplayRequest {
  const from = instantOf("--from", values.from);
  const to = instantOf("--to", values.to);
  if (from !== undefined && to !== undefined && from >= to) {
    throw new UsageError("--from is not before --to", "Exchange them");
  }
  const replayId = values["replay-id"] ?? randomUUID();
  if (!/^[\w.-]{1,100}$/.test(replayId)) {
    throw new UsageError("--replay-id is not well formed", "Up to 100 letters, digits, dots, dashes and underscores");
  }
  const source = sourceOf(values);
  return {
    source,
    from,
    to,
    replayId,
    isRepeated: values["replay-id"] !== undefined,
    filter: {
      types: typesOf(source, values.type ?? []),
      user: values.user,
      key: values["event-key"],
    },
  };
}

function sourceOf({ topic, consumer, ...values }: Values): ReplayRequest["source"] {
  const topics = eventTopics(todo).map(([name]) => name);
  if (values["dead-letters"] ? topic !== undefined : topic === undefined) {
    throw new UsageError("a replay has one source", "Give --topic T or --dead-letters");
  }
  const url = values["database-url"] ?? (consumer === undefined ? undefined : process.env.DATABASE_URL || undefined);
  if (topic !== undefined) {
    if (topic === deadLetterTopicOf(todo)[0]) {
      throw new UsageError(`${topic} holds what was given up`, "Use --dead-letters");
    }
    if (!topics.includes(topic)) throw new UsageError(`there is no topic ${topic}`, `Use one of ${topics.join(", ")}`);
    if (consumer !== undefined || url !== undefined) {
      throw new UsageError("--consumer and --database-url go with --dead-letters", "Leave them out");
    }
    return { kind: "retention", topic };
  }
  const consumers = [...new Set(topics.flatMap((name) => subscribersOf(todo, name)))];
  if (consumer !== undefined && !consumers.includes(consumer)) {
    throw new UsageError(`${consumer} consumes nothing`, `Use one of ${consumers.join(", ")}`);
  }
  if (consumer === undefined && url !== undefined) {
    throw new UsageError("--database-url is whose database", "Name the service with --consumer");
  }
  const database = url === undefined ? undefined : { url, ca: process.env.DATABASE_CA };
  return { kind: "dead-letters", consumer, database };
}

function typesOf(source: ReplayRequest["source"], given: readonly string[]): readonly string[] {
  const possible = eventTopics(todo)
    .filter(([name]) => source.kind === "dead-letters" || name === source.topic)
    .flatMap(([, { events }]) => [...events.types] as string[]);
  const unknown = given.find((type) => !possible.includes(type));
  if (unknown === undefined) return given;
  throw new UsageError(`no event here has the type ${unknown}`, `Use one of ${possible.join(", ")}`);
}

function instantOf(name: string, text_: string | undefined): number | undefined {
  if (text_ === undefined) return undefined;
  if (z.safeParse(instant, text_).success) return Date.parse(text_);
  throw new UsageError(`${name} ${text_} is no instant`, "Write it like 2026-11-18T10:00:00Z");
}
