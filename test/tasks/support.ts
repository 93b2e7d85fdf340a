/** A running tasks service and what its callers say to it. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import { CompiledQuery } from "kysely";
import type { ProblemDetails } from "#contracts/http/problem";
import type { NewTask, TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { type ManualClock, manualClock } from "#kit/clock";
import { service } from "#services/tasks/service";
import { contextOf, type SystemOptions, startSystem, type TestSystem } from "#test/kit/support/harness";

export interface Answer<T> {
  readonly status: number;
  readonly etag: string | null;
  readonly headers: Headers;
  readonly body: T;
}

export interface CallInit {
  readonly user?: string;
  readonly act?: "chat";
  readonly approval?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OutboxEvent {
  readonly topic: string;
  readonly type: string;
  readonly key: string;
  readonly subject: string;
  readonly user_id: string;
  readonly aggregate_version: number;
  readonly data: Record<string, unknown>;
}

export const NOW = "2026-11-18T10:00:00.000Z";

/** One service a file, started before its tests. */
export function tasksService(options: SystemOptions = {}) {
  const clock: ManualClock = manualClock(NOW);
  let system: TestSystem | undefined;
  let users = 0;
  beforeAll(async () => {
    system = await startSystem([service], { clock, ...options });
    // What was published leaves the table: a trigger keeps what the tests want to see.
    await context().db.executeQuery(CompiledQuery.raw("create table published (like outbox)"));
    await context().db.executeQuery(
      CompiledQuery.raw(`create function keep_event() returns trigger language plpgsql as
        $$ begin insert into published select new.*; return null; end $$`),
    );
    await context().db.executeQuery(
      CompiledQuery.raw("create trigger keep_event after insert on outbox for each row execute function keep_event()"),
    );
  });
  afterAll(() => system?.stop());

  const running = (): TestSystem => {
    if (!system) throw new Error("the service is not running");
    return system;
  };
  const context = () => contextOf(running(), service);

  async function call<T = Task>(method: string, path: string, init: CallInit = {}): Promise<Answer<T>> {
    const { user = "alice", act, approval, body, headers = {} } = init;
    const token = await running().tokenFor(user, {
      audience: "tasks",
      ...(act ? { act } : {}),
      ...(approval ? { approval } : {}),
    });
    const response = await running().request("tasks", path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get("etag"),
      headers: response.headers,
      body: (text === "" ? undefined : JSON.parse(text)) as T,
    };
  }

  return {
    clock,
    system: running,
    context,
    call,
    /** A user that no other test of the file has. */
    newUser: (): string => `user-${++users}`,
    create: async (task: Partial<NewTask>, user = "alice"): Promise<Task> => {
      const created = await call("POST", "/v1/tasks", { user, body: { title: "a task", ...task } });
      expect(created).toMatchObject({ status: 201 });
      return created.body;
    },
    list: (query: string, user = "alice") => call<TaskPage>("GET", `/v1/tasks?${query}`, { user }),
    problem: (method: string, path: string, init?: CallInit) => call<ProblemDetails>(method, path, init),
    /** As another service does over the sidecars. */
    internal: async <T>(path: string, body?: unknown): Promise<Answer<T>> => {
      const response = await running().request("tasks", path, {
        method: "POST",
        headers: {
          "dapr-api-token": running().appToken,
          "dapr-caller-app-id": "recurring",
          "content-type": "application/json",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return {
        status: response.status,
        etag: response.headers.get("etag"),
        headers: response.headers,
        body: (await response.json()) as T,
      };
    },
    /** What was published about a task, in order. */
    eventsOf: async (key: string, topic?: string): Promise<OutboxEvent[]> => {
      const { rows } = await context().db.executeQuery<OutboxEvent & { id: number }>(
        CompiledQuery.raw("select * from published order by id"),
      );
      return rows.filter((row) => (row.key === key || row.subject === key) && (!topic || row.topic === topic));
    },
  };
}
