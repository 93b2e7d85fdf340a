/** What a service's `setup` asked to be called for. */
import type { Logger } from "pino";
import { UndeclaredError } from "./errors.ts";
import type { DeliveryStatus } from "./inbox/subscriber.ts";
import { sleep } from "./sleep.ts";

export class Registrations {
  readonly events = new Map<string, (body: unknown) => Promise<DeliveryStatus>>();
  readonly jobs = new Map<string, (name: string) => Promise<void>>();
  readonly cron = new Map<string, () => Promise<void>>();
  readonly #service: string;
  readonly #log: Logger;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #drains: (() => void)[] = [];
  readonly #background: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  constructor(service: string, log: Logger) {
    this.#service = service;
    this.#log = log;
  }

  /** @throws UndeclaredError for what the entry does not list, TypeError for a second handler */
  add<H>(to: Map<string, H>, what: string, name: string, declared: readonly string[], handler: H): void {
    if (!declared.includes(name)) throw new UndeclaredError(this.#service, `${what} "${name}"`, declared);
    if (to.has(name)) throw new TypeError(`${this.#service} handles ${what} "${name}" twice`);
    to.set(name, handler);
  }

  /** @throws UndeclaredError when the entry lists what nobody handles: its deliveries would fail one by one */
  assertComplete(declared: {
    readonly events: readonly string[];
    readonly jobs: readonly string[];
    readonly cron: readonly string[];
  }): void {
    for (const kind of ["events", "jobs", "cron"] as const) {
      const missing = declared[kind].filter((name) => !this[kind].has(name));
      if (missing.length > 0)
        throw new TypeError(`${this.#service} declares ${kind} that nothing handles: ${missing.join(", ")}`);
    }
  }

  /** A run that throws is logged and begun again after a while. */
  background(name: string, run: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.#stopping;
    const loop = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await run(signal);
          return;
        } catch (err) {
          this.#log.error({ err, task: name }, "background work failed, and begins again");
          await sleep(1_000, signal);
        }
      }
    };
    this.#background.push(loop());
  }

  onClose(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  onDrain(drain: () => void): void {
    this.#drains.push(drain);
  }

  drain(): void {
    for (const drain of this.#drains) drain();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#background);
    for (const close of this.#closers) {
      await close().catch((err: unknown) => this.#log.error({ err }, "closing failed"));
    }
  }
}
