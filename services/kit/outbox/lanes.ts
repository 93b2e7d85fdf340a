/** Publishes rows serially within a key and concurrently across keys. A failure stops its key alone, for a while. */
import type { OutboxRow } from "./envelope.ts";

export interface LanesOptions {
  readonly publish: (row: OutboxRow) => Promise<void>;
  readonly onPublished: (row: OutboxRow) => void;
  readonly onFailed: (row: OutboxRow, error: unknown, attempt: number, retryInMs: number) => void;
  /** Publications under way at once. */
  readonly concurrency: number;
}

interface Blocked {
  readonly attempts: number;
  readonly until: number;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;

export const laneOf = ({ topic, key }: Pick<OutboxRow, "topic" | "key">): string => `${topic} ${key}`;

export class Lanes {
  readonly #options: LanesOptions;
  readonly #queues = new Map<string, OutboxRow[]>();
  readonly #waiting: string[] = [];
  readonly #blocked = new Map<string, Blocked>();
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Rows that are taken and not yet published. */
  get size(): number {
    let size = 0;
    for (const queue of this.#queues.values()) size += queue.length;
    return size;
  }

  /** Keys that wait after a failure; their rows stay in the table. */
  blocked(now: number): string[] {
    return [...this.#blocked].filter(([, { until }]) => until > now).map(([lane]) => lane);
  }

  /** When the next blocked key may be tried again; Infinity when none is blocked. */
  nextRetryAt(now: number): number {
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...[...this.#blocked.values()].map(({ until }) => until).filter((t) => t > now),
    );
  }

  /** Rows of one key must come in the order of their ids. */
  add(row: OutboxRow): void {
    const lane = laneOf(row);
    const queue = this.#queues.get(lane);
    if (queue) {
      queue.push(row);
      return;
    }
    this.#queues.set(lane, [row]);
    this.#waiting.push(lane);
    this.#startMore();
  }

  /** Takes no more, finishes what is being published at this moment. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#queues.clear();
  }

  #startMore(): void {
    while (!this.#closed && this.#running < this.#options.concurrency) {
      const lane = this.#waiting.shift();
      if (lane === undefined) return;
      this.#running++;
      void this.#run(lane).finally(() => {
        this.#running--;
        this.#startMore();
        if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
    }
  }

  async #run(lane: string): Promise<void> {
    const queue = this.#queues.get(lane) ?? [];
    for (let row = queue[0]; row && !this.#closed; row = queue[0]) {
      try {
        await this.#options.publish(row);
      } catch (error) {
        this.#block(lane, row, error);
        break;
      }
      this.#blocked.delete(lane);
      queue.shift();
      this.#options.onPublished(row);
    }
    this.#queues.delete(lane);
  }

  #block(lane: string, row: OutboxRow, error: unknown): void {
    const attempts = (this.#blocked.get(lane)?.attempts ?? 0) + 1;
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1)) * (0.8 + Math.random() * 0.4);
    this.#blocked.set(lane, { attempts, until: Date.now() + delay });
    this.#options.onFailed(row, error, attempts, delay);
  }
}
