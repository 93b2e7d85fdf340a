import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Hono } from "hono";
import type { Channels, Delivery, NotificationPage } from "#contracts/http/notifications";
import { problemOf } from "#contracts/http/problem";
import { type ManualClock, manualClock } from "#kit/clock";
import { service as notifications } from "#services/notifications/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { callsTo, type MailServer, mailServer, NOW, type Receiver, reminderEvent, webhookReceiver } from "./support.ts";

let system: TestSystem;
let mail: MailServer;
let receiver: Receiver;
const clock: ManualClock = manualClock(NOW);

/** What tasks says of a reminder; absent: it still holds. */
const answers = new Map<string, "gone" | "conflict" | "away">();
const claims: { readonly id: string; readonly taskVersion: number }[] = [];

const task = (id: string) => ({
  id,
  number: 1,
  title: "pay rent",
  notes: "",
  status: "open",
  priority: "p4",
  tags: [],
  due: "2026-11-19",
  deadline: null,
  timeZone: "Europe/Berlin",
  recurrence: null,
  reminder: { minutesBefore: 1440 },
  predecessorId: null,
  version: 1,
  createdAt: NOW,
  updatedAt: NOW,
  completedAt: null,
});

beforeAll(async () => {
  [mail, receiver] = [await mailServer(), await webhookReceiver()];
  const tasks = new Hono().post("/internal/reminders/:id/claim", async (c) => {
    const id = c.req.param("id");
    claims.push({ id, ...((await c.req.json()) as { taskVersion: number }) });
    const answer = answers.get(id);
    if (answer === "away") return c.body(null, 503);
    if (answer) {
      const problem = problemOf(answer);
      return c.json(problem, problem.status as 410, { "content-type": "application/problem+json" });
    }
    return c.json({ userId: "whoever", fireAt: NOW, task: task(randomUUID()) });
  });
  system = await startSystem([notifications], {
    clock,
    others: { tasks },
    secrets: { "smtp-url": mail.url },
    env: { notifications: { WEBHOOK_TRUSTED_HOSTS: receiver.host } },
  });
});
afterAll(async () => {
  await system?.stop();
  await mail?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

const call = callsTo(() => system, "notifications");
const db = () => contextOf(system, notifications).db;

let users = 0;
const newUser = () => `user-${++users}`;

const publish = (event: object) => system.publishAs("tasks", "reminders", event);
const listOf = async (user: string) => (await call<NotificationPage>(user, "GET", "/v1/notifications")).body;
const stateOf = async (id: string) =>
  (await db().selectFrom("reminders").select("state").where("id", "=", id).executeTakeFirst())?.state;

async function schedule(userId: string, fireAt: string): Promise<{ reminderId: string; taskId: string }> {
  const ids = { reminderId: randomUUID(), taskId: randomUUID() };
  await publish(reminderEvent("scheduled", { userId, fireAt, ...ids }));
  await eventually(async () => expect(await stateOf(ids.reminderId)).toBeDefined());
  return ids;
}

/** As the cron binding does, on every replica. */
const sweep = async () => {
  const response = await system.request("notifications", "/cron/reminder-sweep", {
    method: "POST",
    headers: { "dapr-api-token": system.appToken },
  });
  expect(response.status).toBe(200);
};

/** As the scheduler does. */
const timer = (id: string) =>
  system.request("notifications", `/job/reminder-${id}`, {
    method: "POST",
    headers: { "dapr-api-token": system.appToken, "content-type": "application/json" },
    body: "{}",
  });

describe("a reminder", () => {
  it("fires at its minute by its timer, once, however often it is asked to", async () => {
    const user = newUser();
    const { reminderId, taskId } = await schedule(user, NOW);
    await eventually(async () => expect((await listOf(user)).items).toHaveLength(1));
    await Promise.all([timer(reminderId), timer(reminderId), sweep(), sweep()]);
    const { items, unread } = await listOf(user);
    expect([items.length, unread]).toEqual([1, 1]);
    expect(items[0]).toMatchObject({ taskId, title: "pay rent", sentAt: NOW, readAt: null });
    expect(claims.filter(({ id }) => id === reminderId)).toEqual([{ id: reminderId, taskVersion: 1 }]);
    expect(await stateOf(reminderId)).toBe("fired");
  });

  it("never fires early, though its timer and a sweep are", async () => {
    const user = newUser();
    const fireAt = new Date(clock.now().getTime() + 60_000).toISOString();
    const { reminderId } = await schedule(user, fireAt);
    await sweep();
    clock.advance(59_999);
    await sweep();
    expect((await listOf(user)).items).toEqual([]);
    expect(claims.filter(({ id }) => id === reminderId)).toEqual([]);
    clock.advance(1);
    await sweep();
    await eventually(async () => expect((await listOf(user)).items).toHaveLength(1));
    clock.set(NOW);
  });

  it("does not fire when it was cancelled or changed a moment before, as tasks says", async () => {
    const user = newUser();
    const fireAt = new Date(clock.now().getTime() + 1_000).toISOString();
    const { reminderId } = await schedule(user, fireAt);
    answers.set(reminderId, "gone");
    clock.advance(1_000);
    await sweep();
    await eventually(async () => expect(await stateOf(reminderId)).toBe("cancelled"));
    clock.set(NOW);
    expect((await listOf(user)).items).toEqual([]);
  });

  it("waits while tasks is away or behind, and fires then", async () => {
    const user = newUser();
    const fireAt = new Date(clock.now().getTime() + 1_000).toISOString();
    const { reminderId } = await schedule(user, fireAt);
    clock.advance(1_000);
    for (const answer of ["away", "conflict"] as const) {
      answers.set(reminderId, answer);
      await sweep();
      expect([(await listOf(user)).items, await stateOf(reminderId)]).toEqual([[], "scheduled"]);
    }
    answers.delete(reminderId);
    await sweep();
    // Its timer may be at it just then, and the sweep leaves it to that.
    await eventually(async () => expect((await listOf(user)).items).toHaveLength(1));
    clock.set(NOW);
  });

  it("is forgotten when it is cancelled, and can be scheduled again", async () => {
    const user = newUser();
    const fireAt = new Date(clock.now().getTime() + 60_000).toISOString();
    const ids = await schedule(user, fireAt);
    await publish(reminderEvent("cancelled", { userId: user, fireAt, ...ids }));
    await eventually(async () => expect(await stateOf(ids.reminderId)).toBe("cancelled"));
    await publish(reminderEvent("scheduled", { userId: user, fireAt, ...ids }));
    await eventually(async () => expect(await stateOf(ids.reminderId)).toBe("scheduled"));
  });

  it("comes by the events of a replay no second time", async () => {
    const user = newUser();
    await publish(reminderEvent("scheduled", { userId: user, fireAt: NOW }, { replayid: "retention 1" }));
    await schedule(user, NOW);
    await eventually(async () => expect((await listOf(user)).items).toHaveLength(1));
    expect(await db().selectFrom("reminders").select("id").where("user_id", "=", user).execute()).toHaveLength(1);
  });
});

describe("mail and webhook", () => {
  async function reachable(): Promise<string> {
    const user = newUser();
    const address = `${user}@example.com`;
    const change = { email: { enabled: true, address }, webhook: { enabled: true, url: receiver.url } };
    expect((await call<Channels>(user, "PUT", "/v1/notification-channels", change)).body.email).toEqual({
      available: true,
      enabled: true,
      address,
      confirmed: false,
    });
    const code = await eventually(() => {
      const found = mail.mails.find(({ to }) => to === address)?.text.match(/Your code is (\d{6})/)?.[1];
      expect(found).toBeDefined();
      return found as string;
    });
    const wrong = code === "000000" ? "000001" : "000000";
    expect((await call(user, "POST", "/v1/notification-channels/email/confirm", { code: wrong })).status).toBe(422);
    const confirmed = await call<Channels>(user, "POST", "/v1/notification-channels/email/confirm", { code });
    expect(confirmed.body.email.confirmed).toBe(true);
    return user;
  }

  const deliveriesOf = async (user: string) =>
    (await call<{ items: Delivery[] }>(user, "GET", "/v1/deliveries?limit=100")).body.items.filter(
      (one) => one.notificationId,
    );

  it("bring a reminder once each, with ids that stay", async () => {
    const user = await reachable();
    await schedule(user, NOW);
    const deliveries = await eventually(async () => {
      const found = await deliveriesOf(user);
      expect(found.map(({ status }) => status)).toEqual(["delivered", "delivered"]);
      return found;
    });
    const mails = mail.mails.filter(({ to, text }) => to === `${user}@example.com` && text.includes("pay rent"));
    const id = deliveries.find(({ channel }) => channel === "email")?.id;
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain(`Message-ID: <${id}@localhost>`);
    expect(mails[0]?.text).toContain("Subject: Reminder: pay rent");
    const hook = deliveries.find(({ channel }) => channel === "webhook")?.id;
    expect(receiver.received.filter(({ headers }) => headers["webhook-id"] === hook)).toHaveLength(1);
  });

  it("are tried again with the same id after a failure, and given up where it is of no use", async () => {
    const user = await reachable();
    receiver.answer(500);
    mail.refuse(550);
    await schedule(user, NOW);
    const deliveries = await eventually(async () => {
      const found = await deliveriesOf(user);
      expect(found.map(({ lastError }) => lastError).sort()).toEqual([
        "the mail server refused it with 550",
        "the receiver answered 500",
      ]);
      return found;
    });
    expect(Object.fromEntries(deliveries.map(({ channel, status }) => [channel, status]))).toEqual({
      email: "failed",
      webhook: "pending",
    });
    mail.refuse(undefined);
    receiver.answer(204);
    clock.advance(5_000);
    await call(user, "PUT", "/v1/notification-channels", {});
    await eventually(async () =>
      expect((await deliveriesOf(user)).find(({ channel }) => channel === "webhook")?.status).toBe("delivered"),
    );
    const id = deliveries.find(({ channel }) => channel === "webhook")?.id;
    const tries = receiver.received.filter(({ headers }) => headers["webhook-id"] === id);
    expect(tries.map(({ body }) => body)).toEqual([tries[0]?.body, tries[0]?.body]);
    clock.set(NOW);
  });

  it("goes on where a process died in the middle of an attempt", async () => {
    const user = await reachable();
    receiver.answer(503);
    await schedule(user, NOW);
    await eventually(async () =>
      expect((await deliveriesOf(user)).find(({ channel }) => channel === "webhook")?.lastError).toBeTruthy(),
    );
    // As a process leaves it that took the delivery and died: claimed, with a lease that ends.
    await db()
      .updateTable("deliveries")
      .set({ next_attempt_at: new Date(clock.now().getTime() + 60_000) })
      .where("user_id", "=", user)
      .where("status", "=", "pending")
      .execute();
    receiver.answer(204);
    clock.advance(60_000);
    await call(user, "PUT", "/v1/notification-channels", {});
    await eventually(async () =>
      expect((await deliveriesOf(user)).map(({ status }) => status)).toEqual(["delivered", "delivered"]),
    );
    clock.set(NOW);
  });

  it("leave a channel alone that was turned off or changed meanwhile", async () => {
    const user = await reachable();
    receiver.answer(500);
    mail.refuse(450);
    await schedule(user, NOW);
    await eventually(async () =>
      expect((await deliveriesOf(user)).map(({ status, lastError }) => [status, lastError])).toEqual([
        ["pending", expect.any(String)],
        ["pending", expect.any(String)],
      ]),
    );
    const attempts = receiver.received.length;
    await call(user, "PUT", "/v1/notification-channels", {
      email: { enabled: false, address: `${user}@example.com` },
      webhook: { enabled: true, url: `${receiver.url}/other` },
    });
    expect((await deliveriesOf(user)).map(({ status, lastError }) => [status, lastError])).toEqual([
      ["failed", "the channel was turned off or changed"],
      ["failed", "the channel was turned off or changed"],
    ]);
    mail.refuse(undefined);
    receiver.answer(204);
    clock.advance(5_000);
    await call(user, "PUT", "/v1/notification-channels", {});
    const sent = await call<Delivery>(user, "POST", "/v1/notification-channels/test", { channel: "webhook" });
    await eventually(() =>
      expect(receiver.received.find(({ headers }) => headers["webhook-id"] === sent.body.id)).toBeDefined(),
    );
    expect(receiver.received).toHaveLength(attempts + 1);
    clock.set(NOW);
  });

  it("reach others while one user's receiver does not answer", async () => {
    const [slow, quick] = [await reachable(), await reachable()];
    receiver.hang(true);
    for (let i = 0; i < 15; i++) await schedule(slow, NOW);
    await eventually(async () => expect(receiver.held()).toBeGreaterThanOrEqual(2));
    receiver.hang(false);
    await schedule(quick, NOW);
    await eventually(async () =>
      expect((await deliveriesOf(quick)).map(({ status }) => status)).toEqual(["delivered", "delivered"]),
    );
    expect(receiver.held()).toBeLessThanOrEqual(10);
    receiver.letGo();
    await eventually(async () =>
      expect((await deliveriesOf(slow)).filter(({ status }) => status === "delivered")).toHaveLength(30),
    );
  });

  it("are not used for an address that nobody confirmed", async () => {
    const user = newUser();
    const address = `${user}@example.com`;
    await call(user, "PUT", "/v1/notification-channels", { email: { enabled: true, address } });
    expect((await call(user, "POST", "/v1/notification-channels/test", { channel: "email" })).status).toBe(422);
    await schedule(user, NOW);
    await eventually(async () => expect((await listOf(user)).items).toHaveLength(1));
    expect(await deliveriesOf(user)).toEqual([]);
  });

  it("can be tried by the user, but not all the time", async () => {
    const user = await reachable();
    receiver.answer(204);
    const sent = await call<Delivery>(user, "POST", "/v1/notification-channels/test", { channel: "webhook" });
    expect([sent.status, sent.body.channel]).toEqual([202, "webhook"]);
    expect((await call(user, "POST", "/v1/notification-channels/test", { channel: "webhook" })).status).toBe(429);
    await eventually(() =>
      expect(receiver.received.find(({ headers }) => headers["webhook-id"] === sent.body.id)).toBeDefined(),
    );
  });

  it("refuse addresses of our own network, and a sixth guess of a code", async () => {
    const user = newUser();
    for (const url of ["http://example.com/", "https://127.0.0.1/", "https://tasks/", "https://169.254.169.254/"]) {
      const refused = await call(user, "PUT", "/v1/notification-channels", { webhook: { enabled: true, url } });
      expect([url, refused.status]).toEqual([url, 422]);
    }
    const address = `${user}@example.com`;
    await call(user, "PUT", "/v1/notification-channels", { email: { enabled: true, address } });
    const code = await eventually(() => {
      const found = mail.mails.find(({ to }) => to === address)?.text.match(/Your code is (\d{6})/)?.[1];
      expect(found).toBeDefined();
      return found as string;
    });
    const wrong = code === "000000" ? "000001" : "000000";
    for (let i = 0; i < 5; i++) await call(user, "POST", "/v1/notification-channels/email/confirm", { code: wrong });
    expect((await call(user, "POST", "/v1/notification-channels/email/confirm", { code })).status).toBe(422);
    const other = { email: { enabled: true, address: `other-${address}` } };
    expect((await call(user, "PUT", "/v1/notification-channels", other)).status).toBe(429);
  });
});
