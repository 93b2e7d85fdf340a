/** Sends events again. */
import type { ICustomPartitioner, Message } from "kafkajs";
import { UserError } from "#model/user-error";
import type { KafkaAccess } from "./connection.ts";
import { explained, needing } from "./failures.ts";
import { partitionOf } from "./partition.ts";
import { REPLAY_HEADER, type ReplayedEvent } from "./replayed-event.ts";

const BATCH = 200;

/** Events of one key go where the sidecars put that key, behind what is there and before what comes. */
const asSidecars: ICustomPartitioner =
  () =>
  ({ message, partitionMetadata }) =>
    partitionOf(message.key ?? "", partitionMetadata.length);

/**
 * One batch after the other, each acknowledged by all replicas in sync before the next: order by key holds, and what the
 * client itself repeats counts once.
 * @param mark sets `replayid`, so that consumers which accept replays take the event again
 */
export async function sendAgain(
  { kafka, principal }: KafkaAccess,
  events: readonly ReplayedEvent[],
  { replayId, mark }: { readonly replayId: string; readonly mark: boolean },
): Promise<void> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: asSidecars,
    retry: { retries: 5 },
  });
  let sent = 0;
  try {
    const [first] = events;
    if (!first) return;
    // Whoever may write to no topic at all gets no producer id either.
    await needing(principal, writing(first.topic), () => producer.connect(), "cluster");
    for (const [topic, messages] of batches(events)) {
      await needing(principal, writing(topic), () =>
        producer.send({ topic, acks: -1, messages: messages.map((event) => messageOf(event, replayId, mark)) }),
      );
      sent += messages.length;
    }
  } catch (cause) {
    const known = explained(cause, "Kafka");
    if (!(known instanceof UserError) || sent === 0) throw known;
    throw new UserError(
      `${sent} of ${events.length} events were sent, then: ${known.message}`,
      `${known.remedy}; then repeat it with --replay-id ${replayId}, which sends only the rest`,
      { cause },
    );
  } finally {
    await producer.disconnect();
  }
}

const writing = (topic: string) => ({ resource: { type: "topic", name: topic }, operation: "Write" }) as const;

/** Runs of one topic, so that order across topics is kept as far as it can be. */
function* batches(events: readonly ReplayedEvent[]): Generator<[topic: string, events: ReplayedEvent[]]> {
  let batch: ReplayedEvent[] = [];
  for (const event of events) {
    const [first] = batch;
    if (first && (first.topic !== event.topic || batch.length >= BATCH)) {
      yield [first.topic, batch];
      batch = [];
    }
    batch.push(event);
  }
  const [first] = batch;
  if (first) yield [first.topic, batch];
}

/** What a sidecar wrote down about a delivery; it would write it again. */
const isOfDelivery = (header: string): boolean => header.startsWith("__") || header.toLowerCase() === "pubsubname";

function messageOf({ record, key, body }: ReplayedEvent, replayId: string, mark: boolean): Message {
  const headers = Object.entries(record.headers).filter(([name]) => !isOfDelivery(name));
  return {
    key,
    value: mark ? JSON.stringify({ ...body, replayid: replayId }) : record.value,
    headers: { ...Object.fromEntries(headers), [REPLAY_HEADER]: replayId },
  };
}
