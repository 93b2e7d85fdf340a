/** A running audit service, what is published to it and what its callers say. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Task } from "#contracts/task";
import { type Ids, type ManualClock, manualClock, randomIds } from "#kit/clock";
import { sealPending } from "#services/audit/data/seal-rows";
import type { AuditedTopic } from "#services/audit/domain/audited";
import { service } from "#services/audit/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";

export const NOW = "2026-11-18T10:00:00.000Z";

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Told {
  readonly user?: string;
  readonly id?: string;
  readonly time?: string;
  readonly subject?: string;
  readonly version?: number;
  readonly replay?: string;
}

export const taskIds: Ids = randomIds();

/** A task as its events carry it. */
export const taskOf = (task: Partial<Task> = {}): Task => ({
  id: taskIds.next(),
  number: 1,
  title: "Pay the rent",
  notes: "",
  status: "open",
  priority: "p4",
  tags: [],
  due: null,
  deadline: null,
  timeZone: "Europe/Berlin",
  recurrence: null,
  reminder: null,
  predecessorId: null,
  version: 1,
  createdAt: NOW,
  updatedAt: NOW,
  completedAt: null,
  ...task,
});

export type TaskEventName = "created" | "updated" | "completed" | "reopened" | "deleted" | "restored";

export const cloudEvent = (
  type: string,
  data: object,
  { user = "alice", id = taskIds.next(), time = NOW, subject = "x", version = 1, replay }: Told = {},
) => ({
  specversion: "1.0",
  id,
  source: "/todo/test",
  type,
  time,
  subject,
  partitionkey: subject,
  datacontenttype: "application/json",
  userid: user,
  aggregateversion: version,
  ...(replay === undefined ? {} : { replayid: replay }),
  data,
});

/** An event of a task, with what its type needs beside the task. */
export const taskEvent = (name: TaskEventName, task: Task, told: Told = {}) =>
  cloudEvent(
    `dev.todo.task.${name}.v1`,
    {
      taskId: task.id,
      task,
      by: "user",
      ...(name === "updated" ? { changed: ["title"] } : {}),
      ...(name === "completed" ? { completedAt: task.completedAt } : {}),
    },
    { subject: task.id, version: task.version, ...told },
  );

/** One service a file, started before its tests. */
export function auditService() {
  const clock: ManualClock = manualClock(NOW);
  let system: TestSystem | undefined;
  let users = 0;
  beforeAll(async () => {
    system = await startSystem([service], { clock });
  });
  afterAll(() => system?.stop());

  const running = (): TestSystem => {
    if (!system) throw new Error("the service is not running");
    return system;
  };
  const db = () => contextOf(running(), service).db;

  const post = async (topic: AuditedTopic, event: object): Promise<unknown> => {
    const response = await running().request("audit", `/events/${topic}`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json", "dapr-api-token": running().appToken },
      body: JSON.stringify(event),
    });
    return ((await response.json()) as { status: unknown }).status;
  };

  const deliver = async (topic: AuditedTopic, event: object): Promise<void> => {
    expect(await post(topic, event)).toBe("SUCCESS");
  };

  const request = async (path: string, user = "alice", timeZone?: string): Promise<Response> => {
    const token = await running().tokenFor(user, { audience: "audit", ...(timeZone ? { timeZone } : {}) });
    return running().request("audit", path, { headers: { authorization: `Bearer ${token}` } });
  };

  return {
    clock,
    system: running,
    db,
    post,
    deliver,
    request,
    /** A user that no other test of the file has. */
    newUser: (): string => `user-${++users}`,
    /** A task of a user, told as its events tell it. */
    tell: (name: TaskEventName, task: Task, told: Told = {}) => deliver("task-events", taskEvent(name, task, told)),
    get: async <T>(path: string, user?: string, timeZone?: string): Promise<Answer<T>> => {
      const response = await request(path, user, timeZone);
      return { status: response.status, headers: response.headers, body: (await response.json()) as T };
    },
    /** Waits until everything that was recorded is chained. */
    sealed: () =>
      eventually(async () => {
        await sealPending(db(), clock.now());
        const waiting = await db().selectFrom("events").select("id").where("sequence", "is", null).execute();
        expect(waiting).toEqual([]);
      }),
  };
}
