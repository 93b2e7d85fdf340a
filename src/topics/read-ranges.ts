/** Reads stretches of topics, once, and leaves no trace in any group's offsets. */
import type { Admin, Consumer, EachBatchPayload } from "kafkajs";
import { UserError } from "#model/user-error";
import type { KafkaAccess } from "./connection.ts";
import { needing } from "./failures.ts";
import { assertTopic } from "./observed.ts";

/** kafkajs reads in groups only. One name for everybody: it can be granted literally, and two replays cannot overlap. */
export const READER_GROUP = "topics-replay";

export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When it was written to Kafka, in milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string>>;
}

interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  /** Not included. */
  readonly to: bigint;
}

export interface Window {
  readonly topic: string;
  /** Milliseconds; absent: all that is kept. */
  readonly from?: number | undefined;
  /** Not included; absent: up to now. */
  readonly to?: number | undefined;
}

/** More than this does not fit the memory of a small machine, and nobody can review it. */
const MOST = 500_000;
const STALLED_MS = 60_000;

/** @returns in the order in which they were written, as far as one can tell across partitions; exact within each */
export async function readWindows(access: KafkaAccess, windows: readonly Window[]): Promise<TopicRecord[]> {
  const stretches: Stretch[] = [];
  for (const window of windows) stretches.push(...(await stretchesOf(access, window)));
  const total = stretches.reduce((sum, { from, to }) => sum + (to - from), 0n);
  if (total > BigInt(MOST)) {
    throw new UserError(`there are ${total} events in that time`, `Take less than ${MOST} at once: --from, --to`);
  }
  if (stretches.length === 0) return [];
  const acl = { resource: { type: "group", name: READER_GROUP }, operation: "Read" } as const;
  await needing(access.principal, acl, () => assertNobodyReads(access.admin));
  return inOrder(await needing(access.principal, acl, () => read(access, stretches)));
}

async function stretchesOf({ admin, principal }: KafkaAccess, { topic, from, to }: Window): Promise<Stretch[]> {
  await assertTopic(admin, principal, topic);
  const kept = await admin.fetchTopicOffsets(topic);
  const at = async (time: number | undefined): Promise<ReadonlyMap<number, bigint>> =>
    new Map(
      (time === undefined ? [] : await admin.fetchTopicOffsetsByTimestamp(topic, time)).map((each) => [
        each.partition,
        BigInt(each.offset),
      ]),
    );
  const [starts, ends] = [await at(from), await at(to)];
  return kept
    .map(({ partition, low, high }) => ({
      topic,
      partition,
      from: starts.get(partition) ?? BigInt(low),
      to: ends.get(partition) ?? BigInt(high),
    }))
    .filter((stretch) => stretch.from < stretch.to);
}

async function assertNobodyReads(admin: Admin): Promise<void> {
  const { groups } = await admin.describeGroups([READER_GROUP]);
  const [member] = groups.flatMap(({ members }) => members);
  if (!member) return;
  throw new UserError(
    `the group ${READER_GROUP} is active: another replay runs at ${member.clientHost.replace(/^\//, "")}`,
    "Wait until it has ended; one that was killed leaves within a minute",
  );
}

async function read({ kafka, principal }: KafkaAccess, stretches: readonly Stretch[]): Promise<TopicRecord[]> {
  const consumer = kafka.consumer({
    groupId: READER_GROUP,
    allowAutoTopicCreation: false,
    retry: { retries: 2, restartOnFailure: async () => false },
  });
  const topics = [...new Set(stretches.map(({ topic }) => topic))];
  const reading = new Reading(stretches);
  const acl = { resource: { type: "topic", name: topics.join(", ") }, operation: "Read" } as const;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await needing(principal, acl, () => readAll(consumer, reading, stretches));
    return reading.records;
  } finally {
    await consumer.disconnect();
  }
}

async function readAll(consumer: Consumer, reading: Reading, stretches: readonly Stretch[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stalled = setTimeout(() => reject(new Error("timeout: Kafka delivers nothing more")), STALLED_MS);
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        stalled.refresh();
        if (reading.take(payload)) resolve();
      },
    });
    for (const { topic, partition, from } of stretches) consumer.seek({ topic, partition, offset: String(from) });
    await promise;
  } finally {
    clearTimeout(stalled);
  }
}

/** What is still to come of each stretch. Batches from before a seek, and from other partitions, are passed over. */
class Reading {
  readonly records: TopicRecord[] = [];
  readonly #open: Map<string, { next: bigint; readonly to: bigint }>;

  constructor(stretches: readonly Stretch[]) {
    this.#open = new Map(
      stretches.map(({ topic, partition, from, to }) => [`${topic}/${partition}`, { next: from, to }]),
    );
  }

  /** @returns whether everything has been read */
  take({ batch }: EachBatchPayload): boolean {
    const { topic, partition, messages } = batch;
    const place = `${topic}/${partition}`;
    const stretch = this.#open.get(place);
    if (stretch) {
      for (const { offset: text, timestamp, key, value, headers = {} } of messages) {
        const offset = BigInt(text);
        if (offset < stretch.next || offset >= stretch.to) continue;
        stretch.next = offset + 1n;
        const only = Object.entries(headers).map(([name, each]) => [name, Array.isArray(each) ? each[0] : each]);
        this.records.push({
          topic,
          partition,
          offset,
          timestamp: Number(timestamp),
          key,
          value,
          headers: Object.fromEntries(only),
        });
      }
      // What is no record, such as a transaction's end, takes an offset too.
      const last = BigInt(batch.lastOffset());
      if (messages.length > 0 && last + 1n > stretch.next && BigInt(messages[0]?.offset ?? 0) <= stretch.next) {
        stretch.next = last + 1n;
      }
      if (stretch.next >= stretch.to) this.#open.delete(place);
    }
    return this.#open.size === 0;
  }
}

/** Times within a partition need not rise: the latest so far counts, so that its order stays. */
export function inOrder(records: readonly TopicRecord[]): TopicRecord[] {
  const latest = new Map<string, number>();
  return records
    .map((record) => {
      const place = `${record.topic}/${record.partition}`;
      const time = Math.max(record.timestamp, latest.get(place) ?? 0);
      latest.set(place, time);
      return { record, time };
    })
    .sort((a, b) => a.time - b.time)
    .map(({ record }) => record);
}
