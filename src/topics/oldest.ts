import type { Admin } from "kafkajs";

/** Answers are exact to this many milliseconds, or to this share of the age where that is more. */
const PRECISION = { milliseconds: 50, share: 0.005 } as const;

/**
 * Finds how long ago the event at an offset was written, from the index of times alone: that needs Describe, where reading
 * the event would need a group and the right to read.
 * @returns seconds; asks about the same moments for all partitions, so that answers are shared
 */
export function oldestAge(admin: Admin, now: number) {
  const asked = new Map<string, Promise<ReadonlyMap<number, bigint>>>();
  const firstSince = async (topic: string, time: number): Promise<ReadonlyMap<number, bigint>> => {
    const answers = await admin.fetchTopicOffsetsByTimestamp(topic, time);
    return new Map(answers.map(({ partition, offset }) => [partition, BigInt(offset)]));
  };
  const isWritten = async (topic: string, partition: number, offset: bigint, age: number): Promise<boolean> => {
    const key = `${topic} ${age}`;
    const answer = asked.get(key) ?? firstSince(topic, now - age);
    asked.set(key, answer);
    return ((await answer).get(partition) ?? 0n) <= offset;
  };

  return async (topic: string, partition: number, offset: bigint): Promise<number> => {
    let older = 1_000;
    while (older < now && !(await isWritten(topic, partition, offset, older))) older *= 2;
    let newer = older === 1_000 ? 0 : older / 2;
    while (older - newer > Math.max(PRECISION.milliseconds, older * PRECISION.share)) {
      const middle = Math.round((older + newer) / 2);
      if (await isWritten(topic, partition, offset, middle)) older = middle;
      else newer = middle;
    }
    return Math.round(older / 100) / 10;
  };
}
