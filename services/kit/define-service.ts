/** The shape of a service: what it needs, and one function that puts it together. */
import type { Server } from "node:http";
import type { Hono } from "hono";
import type { Kysely, Transaction } from "kysely";
import type { Logger } from "pino";
import type { EventOf } from "#contracts/events/define";
import type { HttpApi } from "#contracts/http/define";
import type { HttpApis } from "#contracts/http/index";
import type { Todo } from "#system";
import type { TokenVerifier } from "./auth/token.ts";
import type { Clock, Ids } from "./clock.ts";
import type { Config, EnvironmentShape } from "./config.ts";
import type { DatabaseDefinition } from "./database/database.ts";
import type { ContractOf, CronName, Handle, JobName, ServiceName, SubscribedTopic } from "./handle.ts";
import type { KitEnv } from "./http/app.ts";
import type { HandlersFor, ServeOptions } from "./http/serve-api.ts";
import type { EventDelivery, SubscribeOptions } from "./inbox/subscriber.ts";
import type { KitTables } from "./kit-tables.ts";
import type { Sidecar } from "./sidecar/port.ts";
import type { Metrics } from "./telemetry/metrics.ts";

export type TodoService = ServiceName<Todo>;

/** Typed by contract: a handler for each event type that the service cares about; the others are acknowledged unread. */
export type EventHandlers<T extends keyof Todo["topics"], DB> = {
  readonly [K in EventOf<ContractOf<Todo, T>>["type"]]?: (
    event: Extract<EventOf<ContractOf<Todo, T>>, { readonly type: K }>,
    delivery: EventDelivery<DB>,
  ) => Promise<void>;
};

/** Everything a service is made from. Tests pass their own clock and ids; nothing is global. */
export interface ServiceContext<N extends TodoService, Tables, E extends EnvironmentShape> {
  readonly name: N;
  readonly config: Config<E>;
  readonly app: Hono<KitEnv>;
  /** For WebSocket upgrades. */
  readonly server: Server;
  /** What `src/system.ts` lets the service do. */
  readonly handle: Handle<Todo, HttpApis, N>;
  readonly db: Kysely<Tables & KitTables>;
  /** Connection string past any pooler, for LISTEN in services that need it. */
  readonly directUrl: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tokens: TokenVerifier;
  /** The port behind `handle`, for what the kit does not wrap; the sidecar itself still enforces the entry. */
  readonly sidecar: Sidecar;

  /** Runs `work` in a transaction and wakes the outbox relay after its commit. */
  transaction<T>(work: (transaction: Transaction<Tables & KitTables>) => Promise<T>): Promise<T>;
  /** Serves an API: one handler an operation, requests validated before it, answers after it. */
  serve<A extends HttpApi>(api: A, handlers: HandlersFor<A>, options?: ServeOptions): void;
  /** Receives a topic's events, each once in effect. */
  subscribe<T extends SubscribedTopic<Todo, N>>(
    topic: T,
    handlers: EventHandlers<T, Tables & KitTables>,
    options?: SubscribeOptions,
  ): void;
  /** Receives a Dapr job; `name` is what it was scheduled with. A throw asks for another try. */
  onJob(job: JobName<Todo, N>, handler: (name: string) => Promise<void>): void;
  /** Receives a cron binding, on every replica: claim work in SQL. */
  onCron(binding: CronName<Todo, N>, handler: () => Promise<void>): void;
  /** Runs until the signal aborts; awaited at shutdown. Must not throw while the service lives. */
  background(name: string, run: (signal: AbortSignal) => Promise<void>): void;
  /** Runs at shutdown when intake ends: lets go of connections that would last until the drain's time is over. */
  onDrain(drain: () => void): void;
  /** Runs at shutdown, after intake has stopped, last registered first. */
  onClose(close: () => Promise<void>): void;
  /** Wakes the outbox relay after rows that a trigger wrote. */
  wakeOutbox(): void;
}

export interface ServiceDefinition<N extends TodoService, Tables, E extends EnvironmentShape> {
  readonly name: N;
  readonly env: E;
  readonly database: DatabaseDefinition<Tables>;
  readonly setup: (context: ServiceContext<N, Tables, E>) => Promise<void> | void;
}

/**
 * Declares a service of src/system.ts.
 * @example defineService("recurring", { database: database<Tables>({ migrations }), setup: ({ subscribe }) => { ... } })
 */
export const defineService = <
  const N extends TodoService,
  Tables,
  const E extends EnvironmentShape = Record<never, never>,
>(
  name: N,
  rest: Omit<ServiceDefinition<N, Tables, E>, "name" | "env"> & { readonly env?: E },
): ServiceDefinition<N, Tables, E> => Object.freeze({ name, env: {} as E, ...rest });
