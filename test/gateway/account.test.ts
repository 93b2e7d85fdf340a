import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import * as z from "zod/mini";
import { userEvents } from "#contracts/events/user-events";
import { service as gateway } from "#services/gateway/service";
import { service as tasks } from "#services/tasks/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { databaseOf, newEmail, PASSWORD, signUp, Visitor } from "./support.ts";

interface UserEvent {
  readonly id: string;
  readonly type: keyof typeof userEvents.data;
  readonly subject: string;
  readonly partitionkey: string;
  readonly userid: string;
  readonly aggregateversion: number;
  readonly data: Record<string, unknown>;
}

const received: UserEvent[] = [];

/** Another subscriber, and another service with data of users. */
const audit = new Hono()
  .post("/events/user-events", async (c) => {
    received.push((await c.req.json()) as UserEvent);
    return c.json({ status: "SUCCESS" });
  })
  .post("/events/:topic", (c) => c.json({ status: "SUCCESS" }))
  .get("/v1/export", (c) => c.body('{"event":1}\n{"event":2}\n', 200, { "content-type": "application/x-ndjson" }));

/** Sends half of what it has. */
const realtime = new Hono()
  .post("/events/:topic", (c) => c.json({ status: "SUCCESS" }))
  .get("/v1/export", (c) => c.body('{"frame":1}\n{"fra', 200, { "content-type": "application/x-ndjson" }));

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem([gateway, tasks], { others: { audit, realtime } });
});
afterAll(() => system.stop());

const eventsOf = (userId: string): UserEvent[] => received.filter((event) => event.userid === userId);

const settingsAtTasks = (userId: string) =>
  contextOf(system, tasks).db.selectFrom("user_settings").selectAll().where("user_id", "=", userId).executeTakeFirst();

describe("settings", () => {
  test("change what is named, hold for the next task, and reach every service once", async () => {
    const { visitor, userId, email } = await signUp(system);
    const changed = await visitor.send("PATCH", "/api/me/settings", { timeZone: "Asia/Tokyo", dayStart: "07:30" });
    expect(changed.status).toBe(200);
    const settings = { timeZone: "Asia/Tokyo", locale: "en", dayStart: "07:30" };
    expect(await changed.json()).toMatchObject({ settings });
    const added = await visitor.post("/api/v1/tasks", { title: "Sushi" });
    expect(await added.json()).toMatchObject({ timeZone: "Asia/Tokyo" });

    await eventually(() => expect(eventsOf(userId)).toHaveLength(2));
    expect(eventsOf(userId)).toMatchObject([
      {
        type: "dev.todo.user.created.v1",
        subject: userId,
        partitionkey: userId,
        aggregateversion: 1,
        data: { userId, settings: { timeZone: "UTC", locale: "en", dayStart: "09:00" } },
      },
      { type: "dev.todo.user.settings_changed.v1", aggregateversion: 2, data: { userId, settings } },
    ]);
    for (const { type, data } of eventsOf(userId)) expect(z.safeParse(userEvents.data[type], data).success).toBe(true);
    expect(JSON.stringify(eventsOf(userId))).not.toContain(email);
    await eventually(async () => expect(await settingsAtTasks(userId)).toMatchObject({ day_start: "07:30" }));
    expect(await databaseOf(system).selectFrom("outbox").selectAll().execute()).toEqual([]);
  });

  test("that say what is there already are no event", async () => {
    const { visitor, userId } = await signUp(system, { timeZone: "Europe/Paris" });
    for (const change of [{}, { timeZone: "Europe/Paris" }])
      expect((await visitor.send("PATCH", "/api/me/settings", change)).status).toBe(200);
    await visitor.send("PATCH", "/api/me/settings", { locale: "fr" });
    await eventually(() => expect(eventsOf(userId).map(({ aggregateversion }) => aggregateversion)).toEqual([1, 2]));
  });

  test("that do not exist are refused", async () => {
    const { visitor } = await signUp(system);
    for (const change of [{ timeZone: "Mars/Olympus" }, { dayStart: "25:00" }, { locale: "?" }, { version: 7 }, []])
      expect((await visitor.send("PATCH", "/api/me/settings", change)).status).toBe(400);
  });
});

describe("the export", () => {
  test("joins what every service keeps, and names those that did not answer to the end", async () => {
    const { visitor, userId, email, token } = await signUp(system);
    for (const title of ["One", "Two"]) await visitor.post("/api/v1/tasks", { title });
    const answer = await visitor.get("/api/export");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const text = await answer.text();
    const document = JSON.parse(text) as Record<string, unknown> & { tasks: { title: string }[] };
    expect(document.account).toMatchObject({
      id: userId,
      email,
      sessions: [{ userAgent: "node" }],
      waysToSignIn: [{ provider: "credential" }],
    });
    expect(document.tasks.map(({ title }) => title).sort()).toEqual(["One", "Two"]);
    expect(document.audit).toEqual([{ event: 1 }, { event: 2 }]);
    expect(document.realtime).toEqual([{ frame: 1 }]);
    expect(document.chat).toBeNull();
    expect(document.incomplete).toEqual(
      expect.arrayContaining([
        { service: "chat", reason: "unavailable" },
        { service: "realtime", reason: "it ended early" },
      ]),
    );
    expect(text).not.toContain(token);
    const { password } = await databaseOf(system)
      .selectFrom("accounts")
      .select("password")
      .where("user_id", "=", userId)
      .executeTakeFirstOrThrow();
    expect(text).not.toContain(password);
  });
});

describe("deleting an account", () => {
  test("ends its sessions, erases it everywhere, and frees its address", async () => {
    const { visitor, userId, email, token } = await signUp(system);
    await visitor.post("/api/v1/tasks", { title: "Soon gone" });
    const { cookie } = visitor;
    const answer = await visitor.send("DELETE", "/api/account", { password: PASSWORD });
    expect(answer.status).toBe(204);
    expect(visitor.cookie).toBe("");

    for (const headers of [{ cookie }, { authorization: `Bearer ${token}` }] as Record<string, string>[])
      expect((await new Visitor(system).get("/api/v1/tasks", headers)).status).toBe(401);
    const signIn = await new Visitor(system).post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect(signIn.status).toBe(401);

    const db = databaseOf(system);
    for (const table of ["sessions", "accounts"] as const)
      expect(await db.selectFrom(table).selectAll().where("user_id", "=", userId).execute()).toEqual([]);
    expect(await db.selectFrom("users").selectAll().where("id", "=", userId).execute()).toEqual([]);
    expect(await db.selectFrom("tombstones").selectAll().where("user_id", "=", userId).execute()).toHaveLength(1);

    await eventually(() => expect(eventsOf(userId)).toHaveLength(2));
    expect(eventsOf(userId)[1]).toMatchObject({
      type: "dev.todo.user.deleted.v1",
      aggregateversion: 2,
      data: { userId },
    });
    const parsed = z.safeParse(userEvents.data["dev.todo.user.deleted.v1"], eventsOf(userId)[1]?.data);
    expect(parsed.error).toBeUndefined();
    await eventually(async () => {
      const rows = await contextOf(system, tasks)
        .db.selectFrom("tasks")
        .selectAll()
        .where("user_id", "=", userId)
        .execute();
      expect(rows).toEqual([]);
    });

    const again = await new Visitor(system).post("/api/auth/sign-up/email", { name: "Ada", email, password: PASSWORD });
    expect(again.status).toBe(200);
    expect(((await again.json()) as { user: { id: string } }).user.id).not.toBe(userId);
  });

  test("with a wrong password is refused", async () => {
    const { visitor } = await signUp(system);
    expect((await visitor.send("DELETE", "/api/account", { password: "not the one" })).status).toBe(403);
    expect((await visitor.get("/api/me")).status).toBe(200);
  });

  test("needs no password right after signing in, and needs it later", async () => {
    const [fresh, old] = [await signUp(system), await signUp(system)];
    expect((await fresh.visitor.send("DELETE", "/api/account")).status).toBe(204);

    await databaseOf(system)
      .updateTable("sessions")
      .set({ created_at: new Date(Date.now() - 16 * 60_000) })
      .where("user_id", "=", old.userId)
      .execute();
    // What is believed of the session is renewed by a change of settings.
    await old.visitor.send("PATCH", "/api/me/settings", { locale: "nl" });
    const refused = await old.visitor.send("DELETE", "/api/account");
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("password");
    expect((await old.visitor.send("DELETE", "/api/account", { password: PASSWORD })).status).toBe(204);
  });

  test("takes nothing from anybody else", async () => {
    const [gone, stays] = [await signUp(system), await signUp(system)];
    await stays.visitor.post("/api/v1/tasks", { title: "Mine" });
    await gone.visitor.send("DELETE", "/api/account", { password: PASSWORD });
    await eventually(() => expect(eventsOf(gone.userId)).toHaveLength(2));
    expect(await (await stays.visitor.get("/api/v1/tasks")).json()).toMatchObject({ items: [{ title: "Mine" }] });
  });
});

test("of two sign-ups at once no half of an account is left", async () => {
  const db = databaseOf(system);
  const body = { name: "Ada", email: newEmail(), password: PASSWORD };
  const answers = await Promise.all([1, 2].map(() => new Visitor(system).post("/api/auth/sign-up/email", body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  const users = await db.selectFrom("users").select("id").where("email", "=", body.email).execute();
  const [user] = users;
  const accounts = await db
    .selectFrom("accounts")
    .select("id")
    .where("user_id", "=", user?.id ?? "")
    .execute();
  expect([users.length, accounts.length]).toEqual([1, 1]);
});
