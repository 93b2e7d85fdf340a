/** Topics, partitions and consumer groups, as Kafka behind Dapr: order per key, at least once, dead letters. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { System } from "#model/system";
import { orAborted } from "./abortable.ts";
import type { AppChannel } from "./app-channel.ts";
import type { RetryPolicy } from "./policy.ts";
import type { Store, StoredMessage } from "./store.ts";

export interface Publication {
  readonly topic: string;
  /** Events with the same key keep their order; without one, any partition will do. */
  readonly key: string | undefined;
  /** The whole CloudEvent as JSON. */
  readonly event: string;
  readonly headers: StoredMessage["headers"];
}

export interface Subscription {
  /** Consumer group: the app id. */
  readonly group: string;
  readonly topic: string;
  readonly route: string;
  readonly deadLetterTopic: string | undefined;
  readonly retry: RetryPolicy;
  readonly channel: AppChannel;
}

type Verdict = "done" | "retry" | "dead";

const READ_AHEAD = 64;
/** Kafka commits every second; a killed sidecar delivers the rest again. */
const COMMIT_MS = 200;
const PRUNE_MS = 600_000;

export class Broker {
  readonly #model: System;
  readonly #store: Store;
  readonly #log: (line: string) => void;
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #timer: NodeJS.Timeout;
  #keyless = 0;

  constructor(model: System, store: Store, log: (line: string) => void) {
    this.#model = model;
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => this.#prune(), PRUNE_MS).unref();
    this.#prune();
  }

  /** Resolves once the event is durable. */
  async publish({ topic, key, event, headers }: Publication): Promise<void> {
    const partitions = this.#model.topics[topic]?.partitions ?? 1;
    const partition = key === undefined ? this.#keyless++ % partitions : partitionOf(key, partitions);
    await this.#store.append({ topic, partition, key: key ?? "", event, headers });
    for (const wake of this.#waiters.get(`${topic} ${partition}`) ?? []) wake();
  }

  subscribe(subscription: Subscription): void {
    const partitions = this.#model.topics[subscription.topic]?.partitions ?? 1;
    for (let partition = 0; partition < partitions; partition++) {
      this.#running.push(this.#consume(subscription, partition));
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  async #consume(subscription: Subscription, partition: number): Promise<void> {
    const { group, topic, channel } = subscription;
    const { signal } = this.#stopping;
    let next = this.#store.position(group, topic, partition);
    let committed = next;
    const commit = (): void => {
      if (next !== committed) this.#store.commit(group, topic, partition, next);
      committed = next;
    };
    const timer = setInterval(commit, COMMIT_MS).unref();
    while (!signal.aborted) {
      const messages = this.#store.read(topic, partition, next, READ_AHEAD);
      if (messages.length === 0)
        await this.#untilPublished(`${topic} ${partition}`, () => this.#has(topic, partition, next));
      for (const message of messages) {
        await channel.untilHealthy(signal);
        if (signal.aborted || !(await this.#process(subscription, message))) break;
        next = message.offset + 1;
      }
    }
    clearInterval(timer);
    commit();
  }

  #has(topic: string, partition: number, offset: number): boolean {
    return this.#store.read(topic, partition, offset, 1).length > 0;
  }

  async #untilPublished(name: string, already: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, waiters.add(resolve));
    if (already()) resolve();
    await orAborted(promise, this.#stopping.signal);
    waiters.delete(resolve);
  }

  /** @returns false when it was given up because everything stops */
  async #process(subscription: Subscription, message: StoredMessage): Promise<boolean> {
    const { signal } = this.#stopping;
    const { retry, channel, topic, group, deadLetterTopic } = subscription;
    for (let retries = 0; ; ) {
      const verdict = await this.#deliver(subscription, message);
      if (signal.aborted && verdict !== "done") return false;
      if (verdict === "done") return true;
      if (verdict === "dead" || retries >= retry.maxRetries) break;
      // An app that is away uses up no retries: Dapr stops delivering to it within its retry budget.
      if (channel.healthy) retries++;
      await delay(retry.delay(Math.max(1, retries)), undefined, { signal, ref: false }).catch(() => {});
      await channel.untilHealthy(signal);
      if (signal.aborted) return false;
    }
    if (deadLetterTopic) await this.publish({ topic: deadLetterTopic, ...message });
    this.#log(`${group}: an event of ${topic} was ${deadLetterTopic ? `moved to ${deadLetterTopic}` : "lost"}`);
    return true;
  }

  async #deliver({ route, channel, topic, group }: Subscription, { event, headers }: StoredMessage): Promise<Verdict> {
    try {
      const { status, body } = await channel.call({
        method: "POST",
        path: route,
        headers: { "content-type": "application/cloudevents+json", ...headers },
        body: event,
        signal: this.#stopping.signal,
      });
      if (status === 404) return "dead";
      return status >= 200 && status < 300 ? verdictOf(body) : "retry";
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        this.#log(`${group}: an event of ${topic} waits: ${(error as Error).message}`);
      return "retry";
    }
  }

  #prune(): void {
    for (const [topic, { retention }] of Object.entries(this.#model.topics)) {
      this.#store.prune(topic, Date.now() - retention.milliseconds);
    }
  }
}

/** Dapr's reading: nothing or no status is success, an unknown status is an error. */
function verdictOf(body: string): Verdict {
  let status: unknown;
  try {
    status = (JSON.parse(body) as { status?: unknown } | null)?.status;
  } catch {
    return "done";
  }
  if (status === undefined || status === "" || status === "SUCCESS") return "done";
  return status === "DROP" ? "dead" : "retry";
}

const partitionOf = (key: string, partitions: number): number =>
  createHash("md5").update(key).digest().readUInt32BE(0) % partitions;
