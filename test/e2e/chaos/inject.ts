/** Events that nobody meant to publish, by another client than the services' own on the same topics. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Producer } from "kafkajs";
import { todo } from "#system";
import { partitionOf } from "#topics/partition";
import type { RealProduct } from "../dapr/product.ts";
import type { PoisonForm } from "./schedule.ts";
import type { Published, PublishedEvent } from "./wire.ts";

/** Longer than any fault of a broker. */
const PATIENCE_MS = 60_000;

export interface Injected {
  readonly kind: "duplicate" | "stale" | "poison";
  readonly topic: string;
  /** Of the event that was published; a duplicate's is that of its original. */
  readonly id: string;
  readonly form?: PoisonForm;
}

export interface Intruder {
  readonly injected: readonly Injected[];
  saw(published: Published): void;
  /** @returns whether there was anything yet to publish again */
  duplicate(topic: string, pick: number): Promise<boolean>;
  stale(topic: string, pick: number): Promise<boolean>;
  poison(topic: string, form: PoisonForm): Promise<void>;
  stop(): Promise<void>;
}

/** @param kafka with whose certificates it comes */
export function intruder(kafka: () => RealProduct["sidecars"]["platform"]["kafka"]): Intruder {
  const injected: Injected[] = [];
  const seen = new Map<string, PublishedEvent[]>();
  const producers = new Map<string, Promise<Producer>>();
  const of = (topic: string): PublishedEvent[] => seen.get(topic) ?? [];

  const connected = (user: string): Promise<Producer> => {
    const found = producers.get(user) ?? connect(user);
    producers.set(user, found);
    return found;
  };
  const connect = async (user: string): Promise<Producer> => {
    const producer = kafka()
      .clientOf(user, { retry: { retries: 20, maxRetryTime: 3_000 } })
      .producer();
    await producer.connect();
    return producer;
  };
  /** Until it is there: the broker may be one of those that are down. What comes twice by that is a duplicate as any other. */
  const send = async (topic: string, key: string, value: string): Promise<void> => {
    const user = publisherOf(topic);
    const partition = partitionOf(key, todo.topics[topic as keyof typeof todo.topics].partitions);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const producer = await connected(user);
        await producer.send({ topic, acks: -1, messages: [{ key, value, partition }] });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        // kafkajs gives a connection up for good after some failures.
        const given = producers.get(user);
        producers.delete(user);
        void given?.then((producer) => producer.disconnect()).catch(() => {});
        await delay(500);
      }
    }
  };

  return {
    injected,
    saw: ({ topic, event }) => void seen.set(topic, [...of(topic), event]),
    duplicate: async (topic, pick) => {
      const events = of(topic);
      const event = events[Math.floor(pick * events.length)];
      if (!event) return false;
      injected.push({ kind: "duplicate", topic, id: event.id });
      await send(topic, event.partitionkey, JSON.stringify(event));
      return true;
    },
    stale: async (topic, pick) => {
      const events = outdated(of(topic));
      const event = events[Math.floor(pick * events.length)];
      if (!event) return false;
      const id = randomUUID();
      injected.push({ kind: "stale", topic, id });
      await send(topic, event.partitionkey, JSON.stringify({ ...event, id }));
      return true;
    },
    poison: async (topic, form) => {
      const id = randomUUID();
      injected.push({ kind: "poison", topic, id, form });
      await send(topic, id, poisonOf(topic, form, id));
    },
    stop: async () => {
      for (const producer of producers.values()) await (await producer.catch(() => undefined))?.disconnect();
    },
  };
}

/** Events of subjects that are known in a higher version: every consumer has that one behind it, or before it in the partition. */
function outdated(events: readonly PublishedEvent[]): PublishedEvent[] {
  const newest = new Map<string, number>();
  for (const { subject, aggregateversion } of events)
    newest.set(subject, Math.max(aggregateversion, newest.get(subject) ?? 0));
  return events.filter(({ subject, aggregateversion }) => aggregateversion < (newest.get(subject) ?? 0));
}

function publisherOf(topic: string): string {
  const found = Object.entries(todo.services).find(([, { publishes }]) =>
    (publishes as readonly string[]).includes(topic),
  );
  if (!found) throw new TypeError(`nobody publishes to ${topic}`);
  return found[0];
}

export const subscribersOf = (topic: string): string[] =>
  Object.entries(todo.services)
    .filter(([, { subscribes }]) => (subscribes as readonly string[]).includes(topic))
    .map(([name]) => name);

function poisonOf(topic: string, form: PoisonForm, id: string): string {
  if (form === "no JSON") return `{ ${id}`;
  const declared = todo.topics[topic as keyof typeof todo.topics];
  const known = declared.kind === "topic" ? declared.events.types[0] : undefined;
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: `/todo/${publisherOf(topic)}`,
    type: form === "unknown type" ? "dev.todo.chaos.made_up.v1" : known,
    time: new Date().toISOString(),
    subject: id,
    partitionkey: id,
    datacontenttype: "application/json",
    userid: id,
    aggregateversion: 1,
    data: { broken: true },
  });
}
