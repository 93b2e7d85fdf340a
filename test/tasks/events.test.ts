import { describe, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { randomIds } from "#kit/clock";
import { service } from "#services/tasks/service";
import { contextOf, eventually } from "#test/kit/support/harness";
import { NOW, tasksService } from "./support.ts";

const { call, create, internal, newUser, eventsOf, clock, system, list } = tasksService();
const ids = randomIds();

const types = (events: readonly { type: string }[]): string[] =>
  events.map(({ type }) => type.replace(/^dev\.todo\.|\.v1$/g, ""));

const deliver = async (topic: string, type: string, about: object, data: object): Promise<void> => {
  const event = {
    specversion: "1.0",
    id: ids.next(),
    source: "/todo/test",
    type,
    time: clock.now().toISOString(),
    subject: "x",
    partitionkey: "x",
    datacontenttype: "application/json",
    userid: "alice",
    aggregateversion: 1,
    ...about,
    data,
  };
  const response = await system().request("tasks", `/events/${topic}`, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", "dapr-api-token": system().appToken },
    body: JSON.stringify(event),
  });
  expect(await response.json()).toEqual({ status: "SUCCESS" });
};

const settings = (userId: string, version: number, dayStart: string) =>
  deliver(
    "user-events",
    "dev.todo.user.settings_changed.v1",
    { subject: userId, partitionkey: userId, userid: userId, aggregateversion: version },
    { userId, settings: { timeZone: "Europe/Berlin", locale: "en", dayStart } },
  );

describe("every change", () => {
  it("tells a fact, and what screens have to show, with the version and in order", async () => {
    const { id } = await create({ title: "told" });
    await call("PATCH", `/v1/tasks/${id}`, { body: { title: "retold" }, headers: { "if-match": '"1"' } });
    for (const verb of ["complete", "reopen"]) await call("POST", `/v1/tasks/${id}/${verb}`);
    await call("DELETE", `/v1/tasks/${id}`);
    await call("POST", `/v1/tasks/${id}/restore`);
    const facts = await eventsOf(id, "task-events");
    expect(types(facts)).toEqual(
      ["created", "updated", "completed", "reopened", "deleted", "restored"].map((type) => `task.${type}`),
    );
    expect(facts.map((fact) => fact.aggregate_version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(facts.map((fact) => (fact.data.task as Task).version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(facts[1]?.data.changed).toEqual(["title"]);
    const shown = await eventsOf(id, "task-updates");
    expect(types(shown)).toEqual(
      ["changed", "changed", "changed", "changed", "removed", "changed"].map((t) => `screen.task_${t}`),
    );
    expect(new Set(shown.map(({ key, subject }) => `${key} ${subject}`))).toEqual(new Set([`alice ${id}`]));
  });

  it("names who asked for it: the user, or the assistant for the user", async () => {
    const { id } = await create({});
    await call("POST", `/v1/tasks/${id}/complete`, { act: "chat" });
    await call("POST", `/v1/tasks/${id}/reopen`);
    const facts = await eventsOf(id, "task-events");
    expect(facts.map(({ data }) => data.by)).toEqual(["user", "chat", "user"]);
  });

  it("that changes nothing tells nothing", async () => {
    const { id } = await create({});
    await call("POST", `/v1/tasks/${id}/reopen`);
    expect(await eventsOf(id, "task-events")).toHaveLength(1);
  });

  it("leaves the outbox for the topic", async () => {
    await eventually(async () => {
      const { db } = contextOf(system(), service);
      expect(await db.selectFrom("outbox").select("id").execute()).toEqual([]);
    });
  });
});

describe("reminders", () => {
  const reminder = { due: "2026-12-01", reminder: { minutesBefore: 1440 } };

  it("are scheduled, moved and cancelled with the task", async () => {
    const { id } = await create({ title: "rent", ...reminder });
    const scheduled = (await eventsOf(id, "reminders")).at(-1);
    expect(scheduled).toMatchObject({
      type: "dev.todo.reminder.scheduled.v1",
      key: id,
      aggregate_version: 1,
      data: { taskId: id, taskVersion: 1, fireAt: "2026-11-30T08:00:00.000Z", title: "rent" },
    });
    await call("PATCH", `/v1/tasks/${id}`, { body: { title: "the rent" }, headers: { "if-match": '"1"' } });
    expect(await eventsOf(id, "reminders")).toHaveLength(1);
    await call("PATCH", `/v1/tasks/${id}`, { body: { due: "2026-12-02" }, headers: { "if-match": '"2"' } });
    await call("POST", `/v1/tasks/${id}/complete`);
    await call("POST", `/v1/tasks/${id}/reopen`);
    await call("DELETE", `/v1/tasks/${id}`);
    expect(types(await eventsOf(id, "reminders"))).toEqual(
      ["scheduled", "cancelled", "scheduled", "cancelled", "scheduled", "cancelled"].map((type) => `reminder.${type}`),
    );
  });

  it("follow the start of the user's day", async () => {
    const user = newUser();
    await settings(user, 1, "08:00");
    const { id } = await create(reminder, user);
    const timed = await create({ due: "2026-12-01T12:00", reminder: { minutesBefore: 60 } }, user);
    await settings(user, 2, "07:00");
    const events = await eventsOf(id, "reminders");
    expect(types(events)).toEqual(["scheduled", "cancelled", "scheduled"].map((type) => `reminder.${type}`));
    expect(events.map(({ data }) => data.fireAt)).toEqual([
      "2026-11-30T07:00:00.000Z",
      undefined,
      "2026-11-30T06:00:00.000Z",
    ]);
    expect(await eventsOf(timed.id, "reminders")).toHaveLength(1);
  });

  const claim = (id: unknown, taskVersion: unknown) =>
    internal<{ task: Task; userId: string; code?: string }>(`/internal/reminders/${id}/claim`, { taskVersion });

  it("are claimed at their time and not before, as often as who claims them needs", async () => {
    const { id } = await create({ due: "2026-11-18T12:00", reminder: { minutesBefore: 30 } });
    const { reminderId, taskVersion } = (await eventsOf(id, "reminders")).at(-1)?.data ?? {};
    expect(await claim(reminderId, taskVersion)).toMatchObject({ status: 409 });
    clock.set("2026-11-18T10:30:00Z");
    expect(await claim(reminderId, taskVersion)).toMatchObject({
      status: 200,
      body: { userId: "alice", task: { id } },
    });
    expect(await claim(reminderId, taskVersion)).toMatchObject({ status: 200 });
    expect(await claim(reminderId, 7)).toMatchObject({ status: 410, body: { code: "gone" } });
    await deliver("reminders", "dev.todo.reminder.sent.v1", { subject: id }, sent(id, reminderId, taskVersion));
    expect(await claim(reminderId, taskVersion)).toMatchObject({ status: 410 });
    clock.set(NOW);
  });

  const sent = (taskId: string, reminderId: unknown, taskVersion: unknown) => ({
    taskId,
    reminderId,
    taskVersion,
    sentAt: clock.now().toISOString(),
    channels: ["in-app"],
  });

  it("whose time has come are not called off by a change that leaves them as they are", async () => {
    const daily = { rrule: "FREQ=DAILY", time: "11:30" };
    for (const reminder of [{ minutesBefore: 30 }, { at: "11:30" }, daily]) {
      const { id } = await create({ due: "2026-11-18T12:00", reminder });
      const { reminderId, taskVersion } = (await eventsOf(id, "reminders")).at(-1)?.data ?? {};
      clock.set("2026-11-18T10:31:00Z");
      await call("PATCH", `/v1/tasks/${id}`, { body: { title: "another title" }, headers: { "if-match": '"1"' } });
      expect(await eventsOf(id, "reminders")).toHaveLength(1);
      expect(await claim(reminderId, taskVersion)).toMatchObject({
        status: 200,
        body: { task: { title: "another title" } },
      });
      await call("PATCH", `/v1/tasks/${id}`, { body: { reminder: null }, headers: { "if-match": '"2"' } });
      expect(await claim(reminderId, taskVersion)).toMatchObject({ status: 410 });
      clock.set(NOW);
    }
  });

  it("that were moved or cancelled are gone for who comes to claim them", async () => {
    const { id } = await create({ due: "2026-11-18T12:00", reminder: { minutesBefore: 30 } });
    const first = (await eventsOf(id, "reminders")).at(-1)?.data ?? {};
    await call("PATCH", `/v1/tasks/${id}`, { body: { due: "2026-11-18T12:01" }, headers: { "if-match": '"1"' } });
    const second = (await eventsOf(id, "reminders")).at(-1)?.data ?? {};
    clock.set("2026-11-18T10:45:00Z");
    expect(await claim(first.reminderId, first.taskVersion)).toMatchObject({ status: 410 });
    await call("POST", `/v1/tasks/${id}/complete`);
    expect(await claim(second.reminderId, second.taskVersion)).toMatchObject({ status: 410 });
    expect(await claim(ids.next(), 1)).toMatchObject({ status: 410 });
    clock.set(NOW);
  });

  it("with a rhythm of their own are scheduled again when they were sent", async () => {
    const { id } = await create({ reminder: { rrule: "FREQ=DAILY", time: "18:00" } });
    const first = (await eventsOf(id, "reminders")).at(-1)?.data ?? {};
    expect(first.fireAt).toBe("2026-11-18T17:00:00.000Z");
    clock.set("2026-11-18T17:00:01Z");
    const data = sent(id, first.reminderId, first.taskVersion);
    await deliver("reminders", "dev.todo.reminder.sent.v1", { subject: id }, data);
    await deliver("reminders", "dev.todo.reminder.sent.v1", { subject: id }, data);
    const all = await eventsOf(id, "reminders");
    expect(all.map((event) => event.data.fireAt)).toEqual(["2026-11-18T17:00:00.000Z", "2026-11-19T17:00:00.000Z"]);
    clock.set(NOW);
  });
});

describe("a deleted account", () => {
  it("leaves nothing that could be read, and nothing that could be written", async () => {
    const user = newUser();
    const other = newUser();
    const recurring = { due: "2026-11-18", recurrence: { rrule: "FREQ=DAILY", anchor: "schedule" as const } };
    const { id } = await create({ title: "private", ...recurring, reminder: { at: "2027-01-01T10:00" } }, user);
    const kept = await create({ title: "mine" }, other);
    await call("POST", `/v1/tasks/${id}/complete`, { user });
    await deliver(
      "user-events",
      "dev.todo.user.deleted.v1",
      { subject: user, userid: user, aggregateversion: 9 },
      { userId: user, deletedAt: clock.now().toISOString() },
    );
    expect((await list("status=all", user)).body.items).toEqual([]);
    expect((await call("GET", `/v1/tasks/${id}`, { user })).status).toBe(404);
    expect((await call("POST", "/v1/tasks", { user, body: { title: "again" } })).status).toBe(401);
    expect((await call("POST", `/v1/tasks/${id}/reopen`, { user })).status).toBe(401);
    expect((await internal(`/internal/tasks/${id}/successor`)).body).toEqual({ outcome: "gone", task: null });
    await settings(user, 10, "10:00");
    const { db } = contextOf(system(), service);
    for (const table of ["tasks", "reminders", "counters", "user_settings", "idempotency", "outbox"] as const) {
      expect(await db.selectFrom(table).selectAll().where("user_id", "=", user).execute()).toEqual([]);
    }
    expect((await call("GET", `/v1/tasks/${kept.id}`, { user: other })).status).toBe(200);
  });
});
