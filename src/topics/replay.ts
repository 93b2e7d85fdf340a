/** From a request to a plan: reads what there is, and what an earlier run of the same replay sent. */
import type { System } from "#model/system";
import { deadLetterTopicOf } from "#model/system";
import type { KafkaAccess } from "./connection.ts";
import { type ConsumerMemory, readMemory } from "./failures-kept.ts";
import { readWindows, type TopicRecord } from "./read-ranges.ts";
import { planReplay, type ReplayFilter, type ReplayPlan, sentBefore } from "./replay-plan.ts";
import { identityOf, readEvent } from "./replayed-event.ts";

export interface ReplayRequest {
  readonly filter: ReplayFilter;
  /** Milliseconds; when an event was written to Kafka. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly replayId: string;
  /** The id was used before, perhaps: what it sent is looked for. */
  readonly isRepeated: boolean;
  readonly source:
    | { readonly kind: "retention"; readonly topic: string }
    | {
        readonly kind: "dead-letters";
        /** Only what this consumer may have given up. */
        readonly consumer: string | undefined;
        readonly database: { readonly url: string; readonly ca: string | undefined } | undefined;
      };
}

export interface PreparedReplay {
  readonly plan: ReplayPlan;
  /** What the consumer's database says of each; absent where it was not asked. */
  readonly memory: ConsumerMemory | undefined;
}

export const prepareReplay = (access: KafkaAccess, model: System, request: ReplayRequest): Promise<PreparedReplay> =>
  request.source.kind === "retention"
    ? fromRetention(access, model, request, request.source.topic)
    : fromDeadLetters(access, model, request, request.source);

async function fromRetention(
  access: KafkaAccess,
  model: System,
  request: ReplayRequest,
  topic: string,
): Promise<PreparedReplay> {
  const { from, to, isRepeated } = request;
  // What was sent lies behind what it was sent for, and nowhere before it.
  const [read, sent] = isRepeated
    ? await readAndSent(access, model, request, topic)
    : [await readWindows(access, [{ topic, from, to }]), new Set<string>()];
  const plan = planReplay({ ...request, model, source: "retention", records: read, sent });
  return { plan, memory: undefined };
}

async function readAndSent(
  access: KafkaAccess,
  model: System,
  { from, to, replayId }: ReplayRequest,
  topic: string,
): Promise<[TopicRecord[], Set<string>]> {
  const all = await readWindows(access, [{ topic, from }]);
  return [
    to === undefined ? all : all.filter(({ timestamp }) => timestamp < to),
    sentBefore(model, replayId, "retention", all),
  ];
}

async function fromDeadLetters(
  access: KafkaAccess,
  model: System,
  request: ReplayRequest,
  { consumer, database }: Extract<ReplayRequest["source"], { kind: "dead-letters" }>,
): Promise<PreparedReplay> {
  const [deadLetters] = deadLetterTopicOf(model);
  const { from, to, replayId } = request;
  const letters = await readWindows(access, [{ topic: deadLetters, from, to }]);
  const subscribed = consumer === undefined ? undefined : (model.services[consumer]?.subscribes ?? []);
  const records = letters.filter((record) => {
    const event = readEvent(model, record);
    return !subscribed || !event || subscribed.includes(event.topic);
  });
  const events = records.map((record) => readEvent(model, record)).filter((event) => event !== undefined);
  const memory = consumer && database ? await readMemory({ ...database, consumer }, events) : undefined;
  const oldest = Math.min(...letters.map(({ timestamp }) => timestamp));
  const topics = request.isRepeated ? [...new Set(events.map(({ topic }) => topic))] : [];
  const after = await readWindows(
    access,
    topics.map((topic) => ({ topic, from: oldest })),
  );
  const plan = planReplay({
    ...request,
    model,
    source: "dead-letters",
    records,
    sent: sentBefore(model, replayId, "dead-letters", after),
    ...(memory ? { isProcessed: (event) => memory.processed.has(identityOf(event)) } : {}),
  });
  return { plan, memory };
}
