/** A record as the event that it holds, and as what is sent of it. */
import * as z from "zod/mini";
import { parseEvent } from "#contracts/events/define";
import { eventTopics, type System } from "#model/system";
import type { TopicRecord } from "./read-ranges.ts";

/** Kafka header of whatever a replay sent: how a repeated one knows what is there already. */
export const REPLAY_HEADER = "replay-id";

const attributes = z.object({
  id: z.string().check(z.minLength(1)),
  type: z.string().check(z.minLength(1)),
  time: z.optional(z.string()),
  subject: z.optional(z.string()),
  partitionkey: z.optional(z.string()),
  userid: z.optional(z.string()),
  aggregateversion: z.optional(z.number()),
  /** Set by sidecars when they publish. */
  topic: z.optional(z.string()),
  replayid: z.optional(z.string()),
});

export interface ReplayedEvent {
  readonly record: TopicRecord;
  /** Where it belongs, which for a dead letter is not where it lies. */
  readonly topic: string;
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly version: number;
  readonly userId: string | undefined;
  readonly replayId: string | undefined;
  /** The CloudEvent itself. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What its contract has against it; empty: nothing. */
  readonly problems: readonly string[];
}

/** @returns `undefined` for what is no event that could be sent to a topic of the model */
export function readEvent(model: System, record: TopicRecord): ReplayedEvent | undefined {
  const body = jsonOf(record.value);
  const parsed = z.safeParse(attributes, body);
  if (!parsed.success) return undefined;
  const { id, type, time, subject, partitionkey, userid, aggregateversion, replayid } = parsed.data;
  const topic = topicOf(model, record, parsed.data);
  if (topic === undefined) return undefined;
  const contract = new Map(eventTopics(model)).get(topic)?.events;
  const checked = contract && parseEvent(contract, body);
  return {
    record,
    topic,
    key: record.key?.toString() ?? partitionkey ?? id,
    id,
    type,
    time: time ?? new Date(record.timestamp).toISOString(),
    subject: subject ?? "",
    version: aggregateversion ?? 0,
    userId: userid,
    replayId: replayid,
    body: body as Record<string, unknown>,
    problems: checked && !checked.ok ? checked.problems : [],
  };
}

function jsonOf(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? "");
  } catch {
    return undefined;
  }
}

/** Where it lies; a dead letter says in the header that Dapr adds, or in its envelope, where it came from. */
function topicOf(
  model: System,
  { topic, headers }: TopicRecord,
  event: z.output<typeof attributes>,
): string | undefined {
  const known = new Map(eventTopics(model));
  const candidates = [topic, headers.__topic?.toString(), event.topic];
  return (
    candidates.find((each) => each !== undefined && known.has(each)) ??
    [...known].find(([, { events }]) => events.types.some((each) => each === event.type))?.[0]
  );
}

/** Two deliveries are the same to a consumer when these are. */
export const identityOf = ({ topic, id, replayId }: ReplayedEvent): string => `${topic} ${id} ${replayId ?? ""}`;
