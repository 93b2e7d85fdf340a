/** How far each subscriber is behind. */
import type { Admin } from "kafkajs";
import { consumerGroup } from "#model/names";
import type { System } from "#model/system";
import type { KafkaAccess } from "./connection.ts";
import { needing } from "./failures.ts";
import { assertTopic } from "./observed.ts";
import { oldestAge } from "./oldest.ts";

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** `null`: nothing was committed yet, so the group begins with the oldest event. */
  readonly committed: string | null;
  readonly end: string;
  readonly lag: number;
  /** Since the oldest event that is not processed was written to Kafka; `null`: there is none. */
  readonly oldestSeconds: number | null;
}

export interface ConsumerLag {
  readonly consumer: string;
  readonly group: string;
  /** Connected now; 0: nobody takes these events. */
  readonly members: number;
  readonly partitions: readonly PartitionLag[];
}

export async function readLag(access: KafkaAccess, model: System, now: number): Promise<ConsumerLag[]> {
  const { admin, principal } = access;
  const subscribers = Object.entries(model.services).filter(([, { subscribes }]) => subscribes.length > 0);
  const topics = [...new Set(subscribers.flatMap(([, { subscribes }]) => subscribes))];
  for (const topic of topics) await assertTopic(admin, principal, topic);
  const ends = new Map<string, Awaited<ReturnType<Admin["fetchTopicOffsets"]>>>();
  for (const topic of topics) ends.set(topic, await admin.fetchTopicOffsets(topic));
  const ages = oldestAge(admin, now);
  const result: ConsumerLag[] = [];
  for (const [consumer, { subscribes }] of subscribers) {
    const group = consumerGroup(consumer);
    const acl = { resource: { type: "group", name: group }, operation: "Describe" } as const;
    const described = await needing(principal, acl, () => admin.describeGroups([group]));
    const offsets = await needing(principal, acl, () =>
      admin.fetchOffsets({ groupId: group, topics: [...subscribes] }),
    );
    const partitions: PartitionLag[] = [];
    for (const { topic, partitions: committed } of offsets) {
      for (const { partition, offset } of [...committed].sort((a, b) => a.partition - b.partition)) {
        const edge = ends.get(topic)?.find((each) => each.partition === partition);
        partitions.push(await lagOf(topic, partition, offset, edge ?? { low: "0", high: "0" }, ages));
      }
    }
    result.push({ consumer, group, members: described.groups[0]?.members.length ?? 0, partitions });
  }
  return result;
}

async function lagOf(
  topic: string,
  partition: number,
  offset: string,
  { low, high }: { readonly low: string; readonly high: string },
  ages: ReturnType<typeof oldestAge>,
): Promise<PartitionLag> {
  const committed = BigInt(offset) < 0n ? null : offset;
  // What retention took before it was read cannot be read any more.
  const next = committed === null || BigInt(committed) < BigInt(low) ? BigInt(low) : BigInt(committed);
  const lag = Math.max(0, Number(BigInt(high) - next));
  const oldestSeconds = lag === 0 ? null : await ages(topic, partition, next);
  return { topic, partition, committed, end: high, lag, oldestSeconds };
}
