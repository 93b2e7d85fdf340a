/** Completions wait while tasks is away; what stays wrong ends in the dead letters with its reason. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Hono } from "hono";
import type { Task } from "#contracts/task";
import { service as recurring } from "#services/recurring/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { completion } from "./support.ts";

let system: TestSystem;
let answer: 200 | 503 = 503;
const asked: string[] = [];

beforeAll(async () => {
  const tasks = new Hono().post("/internal/tasks/:id/successor", (c) => {
    asked.push(c.req.param("id"));
    return answer === 200 ? c.json({ outcome: "exists", task: null }) : c.body(null, 503);
  });
  system = await startSystem([recurring], { others: { tasks } });
});
afterAll(() => system?.stop());

const task = (id: string): Task => ({
  id,
  number: 1,
  title: "a task",
  notes: "",
  status: "completed",
  priority: "p4",
  tags: [],
  due: "2026-11-18",
  deadline: null,
  timeZone: "UTC",
  recurrence: { rrule: "FREQ=DAILY", anchor: "schedule" },
  reminder: null,
  predecessorId: null,
  version: 2,
  createdAt: "2026-11-18T10:00:00.000Z",
  updatedAt: "2026-11-18T10:00:00.000Z",
  completedAt: "2026-11-18T10:00:00.000Z",
});

it("asks again until tasks answers, and keeps why it could not", async () => {
  const [taskId, eventId] = [randomUUID(), randomUUID()];
  const { db } = contextOf(system, recurring);
  await system.publishAs("tasks", "task-events", completion(task(taskId), eventId));
  await eventually(async () => {
    const kept = await db.selectFrom("poison").select("reason").where("event_id", "=", eventId).executeTakeFirst();
    expect(kept?.reason).toMatch(/the answer was 503|tasks cannot be reached/);
  });
  expect(await db.selectFrom("inbox").select("event_id").where("event_id", "=", eventId).execute()).toEqual([]);
  answer = 200;
  await eventually(async () =>
    expect(await db.selectFrom("inbox").select("event_id").where("event_id", "=", eventId).execute()).toHaveLength(1),
  );
  expect(asked.filter((id) => id === taskId).length).toBeGreaterThan(1);
});
