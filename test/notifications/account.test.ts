/** What a user may see, change and have erased. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Channels, NotificationPage } from "#contracts/http/notifications";
import type { Task } from "#contracts/task";
import { type ManualClock, manualClock } from "#kit/clock";
import { service as notifications } from "#services/notifications/service";
import { service as tasks } from "#services/tasks/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { callsTo, NOW } from "./support.ts";

let system: TestSystem;
const clock: ManualClock = manualClock(NOW);
beforeAll(async () => {
  system = await startSystem([tasks, notifications], { clock });
});
afterAll(() => system?.stop());

const call = callsTo(() => system, "notifications");
const task = callsTo(() => system, "tasks");
const db = () => contextOf(system, notifications).db;
const listOf = async (user: string, query = "") =>
  (await call<NotificationPage>(user, "GET", `/v1/notifications${query}`)).body;

/** A task whose reminder is due now. */
async function reminded(user: string, title: string): Promise<Task> {
  const at = "2026-11-18T11:00";
  const { body } = await task<Task>(user, "POST", "/v1/tasks", { title, reminder: { at }, timeZone: "Europe/Berlin" });
  return body;
}

async function sweep(): Promise<void> {
  await system.request("notifications", "/cron/reminder-sweep", {
    method: "POST",
    headers: { "dapr-api-token": system.appToken },
  });
}

describe("reminders of real tasks", () => {
  it("become notifications, pages of them, read one by one or all at once", async () => {
    clock.set("2026-11-18T09:59:00.000Z");
    for (const title of ["one", "two", "three"]) await reminded("alice", title);
    const scheduled = () => db().selectFrom("reminders").select("id").where("user_id", "=", "alice").execute();
    await eventually(async () => expect(await scheduled()).toHaveLength(3));
    clock.set(NOW);
    await eventually(async () => {
      await sweep();
      expect((await listOf("alice")).items).toHaveLength(3);
    });
    const first = await listOf("alice", "?limit=2");
    const second = await listOf("alice", `?limit=2&cursor=${first.nextCursor}`);
    expect([first.items.length, second.items.length, second.nextCursor, first.unread]).toEqual([2, 1, null, 3]);
    expect(new Set([...first.items, ...second.items].map(({ title }) => title))).toEqual(
      new Set(["one", "two", "three"]),
    );
    const [one] = first.items;
    expect((await call("alice", "POST", "/v1/notifications/read", { ids: [one?.id] })).body).toEqual({ unread: 2 });
    expect((await listOf("alice", "?unread=true")).items).toHaveLength(2);
    expect((await call("alice", "POST", "/v1/notifications/read", { all: true })).body).toEqual({ unread: 0 });
  });

  it("stop asking for attention when the task is completed, and are told to tasks as sent", async () => {
    clock.set("2026-11-18T09:59:00.000Z");
    const { id } = await reminded("carol", "pay rent");
    await eventually(async () =>
      expect(await db().selectFrom("reminders").select("id").where("task_id", "=", id).execute()).toHaveLength(1),
    );
    clock.set(NOW);
    await eventually(async () => {
      await sweep();
      expect((await listOf("carol")).unread).toBe(1);
    });
    await eventually(async () => {
      const kept = await contextOf(system, tasks)
        .db.selectFrom("reminders")
        .select("state")
        .where("task_id", "=", id)
        .execute();
      expect(kept).toEqual([{ state: "sent" }]);
    });
    await task("carol", "POST", `/v1/tasks/${id}/complete`);
    await eventually(async () => expect((await listOf("carol")).unread).toBe(0));
  });

  it("do not fire when the reminder was taken away a second before", async () => {
    clock.set("2026-11-18T09:59:00.000Z");
    const { id, version } = await reminded("dave", "pay rent");
    await eventually(async () =>
      expect(await db().selectFrom("reminders").select("id").where("task_id", "=", id).execute()).toHaveLength(1),
    );
    const token = await system.tokenFor("dave", { audience: "tasks" });
    await system.request("tasks", `/v1/tasks/${id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": `"${version}"` },
      body: JSON.stringify({ reminder: null }),
    });
    // Its cancellation may still be on its way: tasks is asked first.
    clock.set(NOW);
    await sweep();
    await sweep();
    expect((await listOf("dave")).items).toEqual([]);
  });
});

describe("an account", () => {
  it("sees nothing of another's and marks nothing of it as read", async () => {
    const before = await listOf("alice");
    expect((await listOf("bob")).items).toEqual([]);
    const ids = before.items.map(({ id }) => id);
    await db().updateTable("notifications").set({ read_at: null }).where("user_id", "=", "alice").execute();
    expect((await call("bob", "POST", "/v1/notifications/read", { ids })).body).toEqual({ unread: 0 });
    expect((await listOf("alice")).unread).toBe(3);
  });

  it("gets all that is kept of it, a document a line", async () => {
    const exported = (await call<string>("alice", "GET", "/v1/export")).body;
    const kinds = String(exported)
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(["channels", "notification", "notification", "notification"]);
  });

  it("is gone after its deletion: nothing is kept, read, written or brought back", async () => {
    const url = "https://hooks.example.com/erase-me";
    await call<Channels>("alice", "PUT", "/v1/notification-channels", { webhook: { enabled: true, url } });
    await system.publishAs("gateway", "user-events", {
      specversion: "1.0",
      id: randomUUID(),
      source: "/todo/gateway",
      type: "dev.todo.user.deleted.v1",
      time: NOW,
      subject: "alice",
      partitionkey: "alice",
      datacontenttype: "application/json",
      userid: "alice",
      aggregateversion: 2,
      data: { userId: "alice", deletedAt: NOW },
    });
    const kept = async () => {
      const tables = ["reminders", "notifications", "channels", "codes", "deliveries"] as const;
      const rows = await Promise.all(
        tables.map((table) => db().selectFrom(table).select("user_id").where("user_id", "=", "alice").execute()),
      );
      return rows.flat();
    };
    await eventually(async () => expect(await kept()).toEqual([]));
    for (const path of ["/v1/notifications", "/v1/notification-channels", "/v1/deliveries", "/v1/export"])
      expect([path, (await call("alice", "GET", path)).status]).toEqual([path, 401]);
    const change = { webhook: { enabled: true, url } };
    expect((await call("alice", "PUT", "/v1/notification-channels", change)).status).toBe(401);
    expect(await kept()).toEqual([]);
  });
});

it.each([
  ["GET", "/v1/notifications?cursor=nonsense", undefined, 400],
  ["GET", "/v1/notifications?limit=0", undefined, 400],
  ["POST", "/v1/notifications/read", {}, 400],
  ["POST", "/v1/notifications/read", { ids: ["no uuid"] }, 400],
  ["POST", "/v1/notifications/read", { all: true, more: 1 }, 400],
  ["PUT", "/v1/notification-channels", { email: { enabled: true, address: "no address" } }, 400],
  ["PUT", "/v1/notification-channels", { email: { enabled: true, address: "a@example.com" } }, 422],
  ["PUT", "/v1/notification-channels", { webhook: { enabled: true, url: null } }, 422],
  ["PUT", "/v1/notification-channels", { webhook: { enabled: true, url: "ftp://example.com" } }, 400],
  ["PUT", "/v1/notification-channels", { webhook: { enabled: false, url: "https://example.com/\0\ud800" } }, 200],
  ["POST", "/v1/notification-channels/email/confirm", { code: "12345" }, 400],
  ["POST", "/v1/notification-channels/email/confirm", { code: "123456" }, 422],
  ["POST", "/v1/notification-channels/test", { channel: "webhook" }, 422],
])("%s %s %j is answered with %i", async (method, path, body, status) => {
  expect((await call("erin", method, path, body)).status).toBe(status);
});
