import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { AuditPage, Statistics, Verification } from "#contracts/http/audit";
import type { NotificationPage } from "#contracts/http/notifications";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { eventually } from "#test/kit/support/harness";
import { Client } from "#test/realtime/client";
import { auditVerify, deadLetters, poisoned, settled } from "./checks.ts";
import { type Person, signUp } from "./person.ts";
import { errorsOf, type Product, startProduct } from "./support.ts";

let product: Product;
let ada: Person;
let screen: Client;
beforeAll(async () => {
  product = await startProduct();
  ada = await signUp(product.origin);
}, 120_000);
afterAll(async () => {
  await screen?.cut();
  await product?.stop();
}, 60_000);

/** A minute of the clock on the wall is the finest time there is: the next one, unless it begins at once. */
const nextMinute = (): string => new Date(Date.now() + 62_000).toISOString().slice(0, 16);

const open = async (): Promise<readonly Task[]> => (await ada.get<TaskPage>("/api/v1/tasks")).body.items;
const events = async (): Promise<AuditPage["items"]> => (await ada.get<AuditPage>("/api/v1/audit/events")).body.items;
const typesOf = async (taskId: string): Promise<string[]> =>
  (await events()).filter((event) => event.taskId === taskId).map(({ type }) => type.replace("dev.todo.", ""));

const shows =
  ({ id }: Task) =>
  ({ events }: Client): boolean =>
    events.some(({ type, data }) => type === "dev.todo.screen.task_changed.v1" && data.task.id === id);

describe("somebody new", () => {
  let soon: Task;
  let rent: Task;

  it("is signed in by the cookie alone", async () => {
    const { status, body } = await ada.get<{ id: string; email: string }>("/api/me");
    expect([status, body]).toMatchObject([200, { id: ada.userId, email: ada.email }]);
    expect((await fetch(`${product.origin}/api/me`)).status).toBe(401);
  });

  it("asks for a reminder in a moment, and goes on with other things", async () => {
    const answer = await ada.post<Task>("/api/v1/tasks", {
      title: "call the bank",
      timeZone: "UTC",
      due: nextMinute(),
      reminder: { minutesBefore: 0 },
    });
    expect([answer.status, answer.body]).toMatchObject([201, { number: 1, reminder: { minutesBefore: 0 } }]);
    soon = answer.body;
  });

  it("opens a screen", async () => {
    const { status, body } = await ada.post<{ ticket: string }>("/api/v1/realtime/tickets");
    expect(status).toBe(201);
    const address = `${product.origin.replace("http:", "ws:")}/ws?ticket=${body.ticket}`;
    screen = await new Client(address, { origin: product.origin }).ready();
    expect(screen.frames).toMatchObject([{ type: "ready" }]);
  });

  it("says what is to be done, and sees the task and the screen change", async () => {
    const turn = await ada.say("pay the rent every 1st, remind me the day before");
    expect([turn.status, turn.text]).toEqual([200, expect.stringMatching(/^Added: Pay the rent, every 1st/)]);
    const found = (await open()).find(({ title }) => title === "pay the rent");
    expect(found).toMatchObject({
      number: 2,
      due: expect.stringMatching(/-01$/),
      recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "schedule" },
      reminder: { minutesBefore: 1440 },
      timeZone: "Europe/Berlin",
    });
    rent = found as Task;
    await screen.until(shows(rent));
  });

  it("completes it and gets the next one, exactly one", async () => {
    const answer = await ada.post<Task>(`/api/v1/tasks/${rent.id}/complete`);
    expect([answer.status, answer.body.status]).toEqual([200, "completed"]);
    const next = await eventually(async () => {
      const found = (await open()).filter(({ predecessorId }) => predecessorId === rent.id);
      expect(found).toHaveLength(1);
      return found[0] as Task;
    });
    expect(next).toMatchObject({ title: rent.title, recurrence: rent.recurrence, reminder: rent.reminder });
    expect(next.due && rent.due && next.due > rent.due).toBe(true);
    await screen.until(shows(next));
    // Undone and done again it is still that one.
    await ada.post(`/api/v1/tasks/${rent.id}/reopen`);
    await ada.post(`/api/v1/tasks/${rent.id}/complete`);
    await eventually(async () =>
      expect((await typesOf(rent.id)).filter((type) => type === "task.completed.v1")).toHaveLength(2),
    );
    await eventually(async () =>
      expect((await open()).filter(({ predecessorId }) => predecessorId === rent.id)).toHaveLength(1),
    );
  });

  it("reads what happened, in a chain that verifies", async () => {
    await eventually(async () => {
      expect((await typesOf(rent.id)).toReversed()).toEqual(
        expect.arrayContaining(["task.created.v1", "reminder.scheduled.v1", "task.completed.v1"]),
      );
      expect((await events()).map(({ type }) => type)).toEqual(
        expect.arrayContaining([
          "dev.todo.user.created.v1",
          "dev.todo.chat.tool_used.v1",
          "dev.todo.task.recurring_task_created.v1",
        ]),
      );
    });
    const created = (await events()).find(({ type, taskId }) => type.includes("task.created") && taskId === rent.id);
    expect(created).toMatchObject({ by: "chat", title: "pay the rent" });
    await eventually(async () => {
      const { body } = await ada.get<Verification>("/api/v1/audit/verification");
      expect(body).toMatchObject({ valid: true, pending: 0, breaks: [], events: (await events()).length });
    });
    const { body } = await ada.get<Statistics>("/api/v1/statistics?days=2");
    expect(body).toMatchObject({ timeZone: "Europe/Berlin", totals: { completed: 1 }, streak: { current: 1 } });
    expect(body.days.at(-1)).toMatchObject({ date: body.today, completed: 1 });
  });

  it("approves a deletion, once", async () => {
    await ada.post("/api/v1/tasks", { title: "old idea" });
    const asked = await ada.say('delete "old idea"');
    expect(asked.tools.at(-1)).toMatchObject({ toolName: "delete_task", state: "approval-requested" });
    expect((await open()).map(({ title }) => title)).toContain("old idea");
    const stranger = await signUp(product.origin);
    expect((await stranger.decide(asked, "approve")).status).toBe(404);
    const done = await ada.decide(asked, "approve");
    expect([done.status, done.tools.at(-1)]).toMatchObject([200, { state: "output-available" }]);
    expect((await open()).map(({ title }) => title)).not.toContain("old idea");
    expect((await ada.decide(asked, "approve")).status).toBe(409);
    expect((await ada.get<{ items: unknown[] }>("/api/v1/approvals")).body.items).toEqual([]);
  });

  it("is reminded, once and not early", async () => {
    const due = new Date(`${soon.due}:00Z`);
    const { items, unread } = await eventually(async () => {
      const { body } = await ada.get<NotificationPage>("/api/v1/notifications");
      expect(body.items).toHaveLength(1);
      return body;
    }, 75_000);
    expect([items[0], unread]).toMatchObject([{ taskId: soon.id, title: "call the bank", readAt: null }, 1]);
    expect(new Date(items[0]?.sentAt ?? 0).getTime()).toBeGreaterThanOrEqual(due.getTime());
    await screen.until(({ events }) => events.some(({ type }) => type === "dev.todo.screen.notification_added.v1"));
    await eventually(async () => expect(await typesOf(soon.id)).toContain("reminder.sent.v1"));
    expect(screen.seqs).toEqual(screen.seqs.map((_, index) => (screen.seqs[0] ?? 0) + index));
  }, 90_000);

  it("takes everything along", async () => {
    const { status, text, body } = await ada.get<Record<string, unknown[]>>("/api/export");
    expect([status, body.incomplete, body.account]).toMatchObject([200, [], { email: ada.email }]);
    expect(Object.keys(body).sort()).toEqual(
      ["account", "audit", "chat", "exportedAt", "incomplete", "notifications", "realtime", "tasks"].sort(),
    );
    expect(body.tasks).toHaveLength(3);
    expect(body.audit?.length).toBeGreaterThanOrEqual((await events()).length);
    for (const said of ["pay the rent", "call the bank", "remind me the day before"]) expect(text).toContain(said);
  });

  it("erases the account: nothing can be read any more, and the chains still verify", async () => {
    const before = ada.cookie;
    expect((await ada.send({ method: "DELETE", path: "/api/account" })).status).toBe(204);
    expect(await screen.closed).toBe(4010);
    for (const path of ["/api/me", "/api/v1/tasks", "/api/v1/audit/events", "/api/export", "/api/v1/conversations"]) {
      const { status } = await fetch(product.origin + path, { headers: { cookie: before } });
      expect([path, status]).toEqual([path, 401]);
    }
    const account = { email: ada.email, password: "correct-horse-battery" };
    expect((await ada.post("/api/auth/sign-in/email", account)).status).toBe(401);
    // Nor by somebody who comes back under the same address.
    const again = await signUp(product.origin, account);
    await eventually(async () => {
      for (const service of ["tasks", "chat", "notifications", "realtime", "audit"]) {
        const [{ erased } = { erased: 0 }] = await product.rows<{ erased: number }>(
          service,
          "select count(*)::int as erased from tombstones where user_id = $1",
          [ada.userId],
        );
        expect([service, erased]).toEqual([service, 1]);
      }
    });
    expect(again.userId).not.toBe(ada.userId);
    const kept = await again.get<Record<string, unknown[]>>("/api/export");
    expect([kept.status, kept.body.tasks]).toEqual([200, []]);
    expect(kept.text).not.toContain("pay the rent");
    expect(kept.text).not.toContain(ada.userId);
    expect((await again.get<TaskPage>("/api/v1/tasks?status=all&text=rent")).body.items).toEqual([]);
    await settled(product);
    expect(await auditVerify(product)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^whole: \d+ events of 3 users; last seal /),
    });
    const payloads = await product.rows("audit", "select 1 from payloads where user_id = $1", [ada.userId]);
    expect(payloads).toEqual([]);
  }, 60_000);

  it("left no error in any log, and no event that could not be processed", async () => {
    expect(errorsOf(product)).toEqual([]);
    expect(await poisoned(product)).toEqual([]);
    expect(deadLetters(product)).toEqual([]);
  });
});
