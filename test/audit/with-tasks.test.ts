import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { AuditPage, Statistics, Verification } from "#contracts/http/audit";
import type { Task } from "#contracts/task";
import { service as audit } from "#services/audit/service";
import { service as tasks } from "#services/tasks/service";
import { eventually, startSystem, type TestSystem } from "#test/kit/support/harness";

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem([tasks, audit]);
});
afterAll(() => system?.stop());

const toTasks = async (method: string, path: string, options: { act?: "chat"; body?: object } = {}): Promise<Task> => {
  const { act, body } = options;
  const token = await system.tokenFor("alice", { audience: "tasks", ...(act ? { act } : {}) });
  const response = await system.request("tasks", path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as Task;
};

const fromAudit = async <T>(path: string): Promise<T> => {
  const token = await system.tokenFor("alice", { audience: "audit" });
  const response = await system.request("audit", path, { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()) as T;
};

it("what happens to a task arrives through outbox and topic, in order, counted and chained", async () => {
  const reminder = { due: "2099-01-01", reminder: { minutesBefore: 60 } };
  const { id } = await toTasks("POST", "/v1/tasks", { body: { title: "Pay the rent", ...reminder } });
  await toTasks("POST", `/v1/tasks/${id}/complete`, { act: "chat" });

  await eventually(async () => {
    const { items } = await fromAudit<AuditPage>(`/v1/audit/events?taskId=${id}`);
    const facts = items.filter(({ type }) => type.startsWith("dev.todo.task."));
    expect(facts.map(({ summary, by, title }) => `${summary} by ${by}: ${title}`)).toEqual([
      "Task completed by chat: Pay the rent",
      "Task added by user: Pay the rent",
    ]);
    const reminders = items.filter(({ type }) => type.startsWith("dev.todo.reminder."));
    expect(reminders.map(({ summary }) => summary.slice(0, 18))).toEqual(["Reminder cancelled", "Reminder set for 2"]);
    expect(await fromAudit<Verification>("/v1/audit/verification")).toMatchObject({
      valid: true,
      events: 4,
      pending: 0,
    });
  });
  const statistics = await fromAudit<Statistics>("/v1/statistics?days=1");
  expect(statistics).toMatchObject({ days: [{ created: 1, completed: 1 }], overdue: 0, streak: { current: 1 } });
});
