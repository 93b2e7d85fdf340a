/** A running realtime service, what its sidecar delivers to it, and clients. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Ticket } from "#contracts/http/realtime";
import { randomIds } from "#kit/clock";
import { type RunningService, startService } from "#kit/start-service";
import { service } from "#services/realtime/service";
import { contextOf, type SystemOptions, startSystem, type TestSystem } from "#test/kit/support/harness";
import { Client } from "./client.ts";

const ids = randomIds();

export const ORIGIN = "http://localhost:8000";

export interface ConnectOptions {
  /** Base address of the replica. @default the first one's */
  readonly at?: string;
  readonly last?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function realtimeService(env: Readonly<Record<string, string>> = {}, options: SystemOptions = {}) {
  let system: TestSystem | undefined;
  let users = 0;
  const clients: Client[] = [];
  const replicas: RunningService<"realtime", never, never>[] = [];
  beforeAll(async () => {
    system = await startSystem([service], { ...options, env: { realtime: { PUBLIC_ORIGIN: ORIGIN, ...env } } });
  });
  afterAll(async () => {
    for (const client of clients) client.socket.terminate();
    for (const replica of replicas) await replica.stop();
    await system?.stop();
  });

  const running = (): TestSystem => {
    if (!system) throw new Error("the service is not running");
    return system;
  };
  const context = () => contextOf(running(), service);
  const base = (): string => running().url("realtime");

  const authorized = async (user: string, path: string, init: RequestInit = {}, at = base()): Promise<Response> =>
    fetch(`${at}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${await running().tokenFor(user, { audience: "realtime" })}` },
    });

  const post = (path: string, user: string, at = base()): Promise<Response> =>
    authorized(user, path, { method: "POST" }, at);

  const ticket = async (user: string, at = base()): Promise<Ticket> => {
    const response = await post("/v1/realtime/tickets", user, at);
    expect(response.status).toBe(201);
    return (await response.json()) as Ticket;
  };

  const open = (query: string, { at = base(), headers = {} }: ConnectOptions = {}): Client => {
    const client = new Client(`${at.replace("http", "ws")}/ws${query}`, headers);
    clients.push(client);
    return client;
  };

  /** Hands an event to a replica as its sidecar would. @returns what the sidecar is told */
  const deliver = async (
    topic: string,
    type: string,
    user: string,
    data: object,
    { at = base(), id = ids.next() } = {},
  ): Promise<string> => {
    const event = {
      specversion: "1.0",
      id,
      source: "/todo/test",
      type,
      time: new Date().toISOString(),
      subject: ids.next(),
      partitionkey: user,
      datacontenttype: "application/json",
      userid: user,
      aggregateversion: 1,
      data,
    };
    const response = await fetch(`${at}/events/${topic}`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json", "dapr-api-token": running().appToken },
      body: JSON.stringify(event),
    });
    return ((await response.json()) as { status: string }).status;
  };

  return {
    system: running,
    context,
    base,
    authorized,
    post,
    ticket,
    open,
    deliver,
    /** A user that no other test of the file has. */
    newUser: (): string => `user-${++users}`,
    connect: async (user: string, options: ConnectOptions = {}): Promise<Client> => {
      const last = options.last === undefined ? "" : `&last=${options.last}`;
      return open(`?ticket=${(await ticket(user)).ticket}${last}`, options);
    },
    /** One change on the user's screens. */
    remove: async (user: string, at = base()): Promise<void> => {
      const status = await deliver(
        "task-updates",
        "dev.todo.screen.task_removed.v1",
        user,
        { userId: user, taskId: ids.next() },
        { at },
      );
      expect(status).toBe("SUCCESS");
    },
    /** Another replica on the same database. @returns its base address */
    replica: async (overrides: Partial<ReturnType<typeof context>["config"]["env"]> = {}) => {
      const { config } = context();
      const second = await startService(service, { ...config, PORT: 0, env: { ...config.env, ...overrides } });
      replicas.push(second as never);
      return { at: `http://127.0.0.1:${second.port}`, running: second };
    },
    /** What the database holds of a user's feed. */
    kept: async (user: string): Promise<{ seq: number; data: unknown }[]> =>
      context().db.selectFrom("feed").select(["seq", "data"]).where("user_id", "=", user).orderBy("seq").execute(),
    /** A sample of the first replica's metrics; 0 when there is none. */
    metric: async (sample: string): Promise<number> => {
      const text = await (await fetch(`${base()}/metrics`)).text();
      const line = text.split("\n").find((one) => one.startsWith(`${sample} `));
      return Number(line?.slice(sample.length + 1) ?? 0);
    },
  };
}
