/** tasks and recurring beside each other, as in the cluster: events through the broker, calls through the sidecars. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { NewTask, TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { type ManualClock, manualClock } from "#kit/clock";
import { service as recurring } from "#services/recurring/service";
import { service as tasks } from "#services/tasks/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";

export const NOW = "2026-11-18T10:00:00.000Z";

export function recurringSystem() {
  const clock: ManualClock = manualClock(NOW);
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem([tasks, recurring], { clock });
  });
  afterAll(() => system?.stop());

  async function call<T>(user: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await system.request("tasks", path, {
      method,
      headers: {
        authorization: `Bearer ${await system.tokenFor(user, { audience: "tasks" })}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** How many events recurring has taken, whatever came of them. */
  const taken = async (eventId: string): Promise<number> => {
    const rows = await contextOf(system, recurring)
      .db.selectFrom("inbox")
      .select("event_id")
      .where("event_id", "=", eventId)
      .execute();
    return rows.length;
  };

  return {
    clock,
    system: (): TestSystem => system,
    create: (user: string, task: Partial<NewTask>) =>
      call<Task>(user, "POST", "/v1/tasks", { title: "a task", ...task }),
    complete: (user: string, id: string) => call<Task>(user, "POST", `/v1/tasks/${id}/complete`),
    remove: (user: string, id: string) => call<unknown>(user, "DELETE", `/v1/tasks/${id}`),
    open: async (user: string): Promise<readonly Task[]> =>
      (await call<TaskPage>(user, "GET", "/v1/tasks?status=open")).items,
    taken,
    /** Publishes a completion again, as a broker or a person may; waits until it was taken. */
    completedAgain: async (task: Task, attributes: Readonly<Record<string, string>> = {}): Promise<string> => {
      const id = randomUUID();
      await system.publishAs("tasks", "task-events", completion(task, id, attributes));
      await eventually(async () => expect(await taken(id)).toBe("replayid" in attributes ? 0 : 1));
      return id;
    },
    /** Until the outbox of tasks is empty and what it held has been delivered. */
    settled: () =>
      eventually(async () => {
        const waiting = await contextOf(system, tasks).db.selectFrom("outbox").select("id").execute();
        expect(waiting).toEqual([]);
      }),
  };
}

export const completion = (task: Task, id: string, attributes: Readonly<Record<string, string>> = {}) => ({
  specversion: "1.0",
  id,
  source: "/todo/tasks",
  type: "dev.todo.task.completed.v1",
  time: NOW,
  subject: task.id,
  partitionkey: task.id,
  datacontenttype: "application/json",
  userid: "somebody",
  aggregateversion: task.version,
  data: { taskId: task.id, task, completedAt: NOW },
  ...attributes,
});
