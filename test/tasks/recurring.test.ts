import { describe, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { NOW, tasksService } from "./support.ts";

const { call, create, internal, eventsOf, clock, list, newUser } = tasksService();

const weekly = { due: "2026-11-18", recurrence: { rrule: "FREQ=WEEKLY", anchor: "schedule" as const } };

const succeed = (id: string) => internal<{ outcome: string; task: Task | null }>(`/internal/tasks/${id}/successor`);
const verb = (id: string, name: string, user = "alice") => call("POST", `/v1/tasks/${id}/${name}`, { user });

describe("a completed task that repeats", () => {
  it("gets exactly one successor, asked for three times in a row or at once", async () => {
    const user = newUser();
    const { id } = await create({ title: "rent", ...weekly }, user);
    expect((await succeed(id)).body).toEqual({ outcome: "not-completed", task: null });
    await verb(id, "complete", user);
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => succeed(id)));
    expect(answers.map(({ body }) => body.outcome).sort()).toEqual(["created", ...Array(5).fill("exists")]);
    const [first] = answers;
    for (const { body } of answers) expect(body.task).toEqual(first?.body.task);
    expect(first?.body.task).toMatchObject({
      title: "rent",
      due: "2026-11-25",
      predecessorId: id,
      number: 2,
      version: 1,
    });
    expect((await list("status=open", user)).body.items).toEqual([first?.body.task]);
    const events = await eventsOf(first?.body.task?.id ?? "", "task-events");
    expect(events.map(({ type, data }) => [type, data.predecessorId])).toEqual([
      ["dev.todo.task.recurring_task_created.v1", id],
    ]);
  });

  it("loses an untouched successor when it is reopened, and gets the same one back", async () => {
    const user = newUser();
    const { id } = await create(weekly, user);
    await verb(id, "complete", user);
    const first = (await succeed(id)).body.task;
    await verb(id, "reopen", user);
    expect((await call("GET", `/v1/tasks/${first?.id}`, { user })).status).toBe(404);
    expect((await verb(first?.id ?? "", "restore", user)).status).toBe(404);
    clock.set("2026-11-26T10:00:00Z");
    await verb(id, "complete", user);
    const second = await succeed(id);
    expect(second.body).toMatchObject({
      outcome: "created",
      task: { id: first?.id, number: first?.number, version: 3, due: "2026-12-02" },
    });
    expect((await succeed(id)).body.outcome).toBe("exists");
    clock.set(NOW);
  });

  it("keeps a successor that somebody has worked on", async () => {
    const user = newUser();
    const { id } = await create(weekly, user);
    await verb(id, "complete", user);
    const made = (await succeed(id)).body.task;
    await call("PATCH", `/v1/tasks/${made?.id}`, { user, body: { notes: "mine" }, headers: { "if-match": '"1"' } });
    await verb(id, "reopen", user);
    expect((await call("GET", `/v1/tasks/${made?.id}`, { user })).body).toMatchObject({ notes: "mine" });
    await verb(id, "complete", user);
    expect((await succeed(id)).body).toMatchObject({ outcome: "exists", task: { notes: "mine" } });
  });

  it("ends with its rule", async () => {
    const { id } = await create({ due: "2026-11-18", recurrence: { rrule: "FREQ=DAILY;COUNT=2", anchor: "schedule" } });
    await verb(id, "complete");
    const second = (await succeed(id)).body.task;
    expect(second?.recurrence).toEqual({ rrule: "FREQ=DAILY;COUNT=1", anchor: "schedule" });
    await verb(second?.id ?? "", "complete");
    expect((await succeed(second?.id ?? "")).body).toEqual({ outcome: "ended", task: null });
  });

  it("is nothing to those whose task does not repeat or is gone", async () => {
    const { id } = await create({});
    await verb(id, "complete");
    expect((await succeed(id)).body).toEqual({ outcome: "not-recurring", task: null });
    await call("DELETE", `/v1/tasks/${id}`);
    expect((await succeed(id)).body).toEqual({ outcome: "gone", task: null });
    expect((await succeed("01900000-0000-7000-8000-00000000dead")).body).toEqual({ outcome: "gone", task: null });
  });

  it("hands its reminder on", async () => {
    const { id } = await create({ ...weekly, reminder: { minutesBefore: 1440 } });
    await verb(id, "complete");
    const made = (await succeed(id)).body.task;
    const [scheduled] = await eventsOf(made?.id ?? "", "reminders");
    expect(scheduled?.data).toMatchObject({ fireAt: "2026-11-24T08:00:00.000Z", taskVersion: 1 });
  });
});
