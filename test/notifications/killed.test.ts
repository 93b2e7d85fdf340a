/** The service as a process of its own, killed at the worst moments. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Hono } from "hono";
import { sql } from "kysely";
import type { Delivery, NotificationPage } from "#contracts/http/notifications";
import type { Config } from "#kit/config";
import { type Connection, connect } from "#kit/database/database";
import type { Tables } from "#services/notifications/data/tables";
import { service as notifications } from "#services/notifications/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { callsTo, type Receiver, reminderEvent, webhookReceiver } from "./support.ts";

let system: TestSystem;
let receiver: Receiver;
let config: Config;
let database: Connection<Tables>;
let child: ChildProcess | undefined;

/** While it is set, tasks takes a claim and says nothing. */
let silent = false;
const claims: string[] = [];

const task = {
  id: "0197a000-0000-7000-8000-000000000001",
  number: 1,
  title: "pay rent",
  notes: "",
  status: "open",
  priority: "p4",
  tags: [],
  due: "2026-11-19",
  deadline: null,
  timeZone: "UTC",
  recurrence: null,
  reminder: { minutesBefore: 0 },
  predecessorId: null,
  version: 1,
  createdAt: "2026-11-18T10:00:00.000Z",
  updatedAt: "2026-11-18T10:00:00.000Z",
  completedAt: null,
};

beforeAll(async () => {
  receiver = await webhookReceiver();
  const tasks = new Hono().post("/internal/reminders/:id/claim", async (c) => {
    claims.push(c.req.param("id"));
    await eventually(() => expect(silent).toBe(false), 20_000);
    return c.json({ userId: "alice", fireAt: task.createdAt, task });
  });
  system = await startSystem([notifications], { others: { tasks } });
  config = contextOf(system, notifications).config;
  // From here on the process that the sidecar delivers to is one that can be killed.
  await system.stopService("notifications");
  database = connect<Tables>(config.DATABASE_URL ?? "", { applicationName: "test", onError: () => {} });
  await start();
});
afterAll(async () => {
  silent = false;
  await kill();
  await database?.close();
  await system?.stop();
  await receiver?.[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  child = spawn(process.execPath, [join(import.meta.dirname, "../../services/notifications/main.ts")], {
    env: {
      PATH: process.env.PATH ?? "",
      PORT: String(config.PORT),
      HOST: "127.0.0.1",
      LOG_LEVEL: "silent",
      DAPR_HTTP_PORT: String(config.DAPR_HTTP_PORT),
      DAPR_API_TOKEN: config.DAPR_API_TOKEN ?? "",
      APP_API_TOKEN: config.APP_API_TOKEN ?? "",
      DATABASE_URL: config.DATABASE_URL ?? "",
      WEBHOOK_TRUSTED_HOSTS: receiver.host,
    },
    stdio: "ignore",
  });
  const ready = async () => expect((await system.request("notifications", "/readyz")).status).toBe(200);
  await eventually(ready, 25_000);
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

const call = callsTo(() => system, "notifications");
const schedule = (userId: string, reminderId: string) =>
  system.publishAs("tasks", "reminders", reminderEvent("scheduled", { userId, fireAt: task.createdAt, reminderId }));
const titlesOf = async (user: string) =>
  (await call<NotificationPage>(user, "GET", "/v1/notifications")).body.items.map(({ title }) => title);

it("killed while tasks was asked, fires the reminder once when it is back", async () => {
  const reminderId = "0197a000-0000-7000-8000-00000000000a";
  silent = true;
  await schedule("alice", reminderId);
  await eventually(() => expect(claims).toContain(reminderId));
  await kill();
  silent = false;
  await start();
  await eventually(async () => expect(await titlesOf("alice")).toEqual(["pay rent"]));
  const { rows } = await sql<{ state: string }>`select state from reminders where id = ${reminderId}`.execute(
    database.db,
  );
  expect(rows).toEqual([{ state: "fired" }]);
});

it("killed between the notification and its webhook's answer, sends that again with the same id", async () => {
  const webhook = { enabled: true, url: receiver.url };
  expect((await call("bob", "PUT", "/v1/notification-channels", { webhook })).status).toBe(200);
  receiver.hang(true);
  await schedule("bob", "0197a000-0000-7000-8000-00000000000b");
  await eventually(() => expect(receiver.held()).toBe(1));
  await kill();
  receiver.hang(false);
  // The minute for which the delivery was taken passes.
  await database.db
    .updateTable("deliveries")
    .set({ next_attempt_at: sql`next_attempt_at - interval '1 minute'` })
    .where("user_id", "=", "bob")
    .execute();
  await start();
  const delivered = await eventually(async () => {
    const { items } = (await call<{ items: Delivery[] }>("bob", "GET", "/v1/deliveries")).body;
    expect(items.map(({ status, attempts }) => [status, attempts])).toEqual([["delivered", 2]]);
    return items;
  });
  expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([delivered[0]?.id, delivered[0]?.id]);
  expect(await titlesOf("bob")).toEqual(["pay rent"]);
});
