import { describe, expect, it } from "@jest/globals";
import type { AuditPage, Verification } from "#contracts/http/audit";
import { auditService, cloudEvent, NOW, taskEvent, taskIds, taskOf } from "./support.ts";

const { db, deliver, get, newUser, post, sealed, system, tell } = auditService();

const list = (query: string, user: string) => get<AuditPage>(`/v1/audit/events?${query}`, user);

const minute = (n: number): string => new Date(Date.parse(NOW) + n * 60_000).toISOString();

describe("every event", () => {
  it("is kept once, however often it is delivered, replayed and in whatever order", async () => {
    const user = newUser();
    const task = taskOf();
    const later = taskEvent("updated", { ...task, version: 2 }, { user, time: minute(2) });
    const first = taskEvent("created", task, { user, time: minute(1) });
    for (const event of [later, first, later, { ...later, replayid: "again" }]) await deliver("task-events", event);
    await sealed();
    const { body } = await list("", user);
    expect(body.items.map(({ id }) => id)).toEqual([later.id, first.id]);
    expect(body.items.map(({ chain }) => chain?.sequence)).toEqual([1, 2]);
  });

  it("that was lost comes back by a replay", async () => {
    const user = newUser();
    const event = taskEvent("created", taskOf(), { user });
    await deliver("task-events", event);
    await db().deleteFrom("events").where("id", "=", event.id).execute();
    await deliver("task-events", event);
    expect((await list("", user)).body.items).toEqual([]);
    await db().deleteFrom("payloads").where("user_id", "=", user).execute();
    await deliver("task-events", { ...event, replayid: "1" });
    expect((await list("", user)).body.items).toHaveLength(1);
  });

  it("of all topics is told so that a person understands it", async () => {
    const user = newUser();
    const task = taskOf({ title: "Water the plants" });
    const about = { user, subject: task.id };
    const conversationId = taskIds.next();
    const asked = { conversationId, tool: "delete_task", callId: "c1", approvalId: taskIds.next() };
    const occurrence = { taskId: task.id, reminderId: taskIds.next(), taskVersion: 1 };
    const settings = { timeZone: "Europe/Berlin", locale: "en", dayStart: "09:00" };
    await deliver(
      "user-events",
      cloudEvent("dev.todo.user.created.v1", { userId: user, settings }, { user, time: minute(0) }),
    );
    await deliver("task-events", {
      ...taskEvent("created", task, { ...about, time: minute(1) }),
      data: { taskId: task.id, task, by: "chat" },
    });
    await deliver(
      "reminders",
      cloudEvent(
        "dev.todo.reminder.scheduled.v1",
        { ...occurrence, fireAt: NOW, title: task.title },
        { ...about, time: minute(2) },
      ),
    );
    await deliver(
      "chat-events",
      cloudEvent("dev.todo.chat.approval_asked.v1", { ...asked, expiresAt: NOW }, { user, time: minute(3) }),
    );
    await deliver("chat-events", cloudEvent("dev.todo.chat.approval_given.v1", asked, { user, time: minute(4) }));
    await tell("updated", { ...task, version: 2 }, { ...about, time: minute(5) });
    const { body } = await list("", user);
    expect(body.items.map(({ by, summary, title, taskId, tool }) => ({ by, summary, title, taskId, tool }))).toEqual([
      { by: "user", summary: "Task changed: title", title: "Water the plants", taskId: task.id, tool: null },
      { by: "user", summary: "Approved: delete_task", title: null, taskId: null, tool: "delete_task" },
      { by: "chat", summary: "The assistant asked to use delete_task", title: null, taskId: null, tool: "delete_task" },
      { by: "system", summary: `Reminder set for ${NOW}`, title: "Water the plants", taskId: task.id, tool: null },
      { by: "chat", summary: "Task added", title: "Water the plants", taskId: task.id, tool: null },
      { by: "user", summary: "Account created", title: null, taskId: null, tool: null },
    ]);
  });

  it("that no contract knows goes to the dead letters", async () => {
    expect(await post("task-events", cloudEvent("dev.todo.task.exploded.v1", {}))).toBe("DROP");
  });

  it("is shown to its user alone", async () => {
    const [user, other] = [newUser(), newUser()];
    const task = taskOf();
    await tell("created", task, { user });
    expect((await list("", other)).body.items).toEqual([]);
    expect((await list(`taskId=${task.id}`, other)).body.items).toEqual([]);
    expect((await system().request("audit", "/v1/audit/events")).status).toBe(401);
  });
});

describe("pages", () => {
  const user = newUser();
  const tasks = Array.from({ length: 3 }, () => taskOf());

  it("hold every event once, newest first, also events of one instant", async () => {
    for (let i = 0; i < 30; i++) {
      const task = tasks[i % 3] ?? taskOf();
      const name = i < 3 ? "created" : i % 2 === 0 ? "updated" : "reopened";
      await tell(name, { ...task, version: 1 + Math.floor(i / 3) }, { user, time: minute(Math.floor(i / 4)) });
    }
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body }: { body: AuditPage } = await list(`limit=7${cursor && `&cursor=${cursor}`}`, user);
      seen.push(...body.items.map(({ time, id }) => `${time} ${id}`));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(30);
    const times = seen.map((line) => line.slice(0, 24));
    expect(times).toEqual([...times].sort().reverse());
  });

  it("are narrowed by type, task and time", async () => {
    const typed = await list("type=dev.todo.task.created.v1&type=dev.todo.task.reopened.v1&limit=100", user);
    expect(new Set(typed.body.items.map(({ type }) => type))).toEqual(
      new Set(["dev.todo.task.created.v1", "dev.todo.task.reopened.v1"]),
    );
    expect(typed.body.items).toHaveLength(3 + 14);
    const [first] = tasks;
    const ofTask = await list(`taskId=${first?.id}&type=dev.todo.task.created.v1`, user);
    expect(ofTask.body.items.map(({ taskId }) => taskId)).toEqual([first?.id]);
    const between = await list(`from=${minute(2)}&to=${minute(4)}&limit=100`, user);
    expect(new Set(between.body.items.map(({ time }) => time))).toEqual(new Set([minute(2), minute(3)]));
    expect(between.body.items).toHaveLength(8);
  });

  it("go on only with the filter that they began with", async () => {
    const { body } = await list("limit=2", user);
    for (const query of [
      `type=dev.todo.task.created.v1&cursor=${body.nextCursor}`,
      "cursor=nonsense",
      "type=nonsense",
    ]) {
      expect((await list(query, user)).status).toBe(400);
    }
  });
});

describe("verification", () => {
  it("counts what is chained and what is not yet", async () => {
    const user = newUser();
    expect((await get<Verification>("/v1/audit/verification", user)).body).toMatchObject({
      valid: true,
      events: 0,
      pending: 0,
      head: null,
    });
    for (let i = 0; i < 5; i++) await tell("created", taskOf(), { user });
    await sealed();
    const { body } = await get<Verification>("/v1/audit/verification", user);
    const [newest] = (await list("limit=100", user)).body.items;
    expect(body).toMatchObject({ valid: true, events: 5, pending: 0, breaks: [], head: newest?.chain });
  });
});

describe("an export", () => {
  it("has every event as it came, and the statistics", async () => {
    const user = newUser();
    const task = taskOf({ completedAt: NOW, status: "completed", version: 2 });
    const created = taskEvent("created", { ...task, completedAt: null, status: "open", version: 1 }, { user });
    await deliver("task-events", created);
    await tell("completed", task, { user });
    await sealed();
    const token = await system().tokenFor(user, { audience: "audit" });
    const response = await system().request("audit", "/v1/export", { headers: { authorization: `Bearer ${token}` } });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual(["audit-event", "audit-event", "statistics"]);
    expect(lines[0]).toMatchObject({ chain: { sequence: 1 }, event: created });
    expect(lines[2]).toMatchObject({ totals: { created: 1, completed: 1 } });
  });
});
