import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { closeCodes } from "#contracts/realtime-frames";
import { append, forgetBefore } from "#services/realtime/data/feed";
import { MAX_CATCH_UP } from "#services/realtime/domain/resume";
import { eventually } from "#test/kit/support/harness";
import { realtimeService } from "./support.ts";

const { connect, context, deliver, kept, metric, newUser, open, remove, replica, ticket } = realtimeService();

const aTask = "0199aaaa-0000-7000-8000-000000000001";

describe("a connection", () => {
  it("begins with where the feed stands, and goes on with what happens", async () => {
    const user = newUser();
    await remove(user);
    const client = await (await connect(user)).ready();
    await remove(user);
    await remove(user);
    await client.until(({ events }) => events.length === 2);
    expect(client.frames[0]).toEqual({ type: "ready", seq: 1 });
    expect(client.seqs).toEqual([2, 3]);
    expect(client.events.map(({ type }) => type)).toEqual(Array(2).fill("dev.todo.screen.task_removed.v1"));
    expect(client.events.map(({ data }) => data)).toEqual((await kept(user)).slice(1).map(({ data }) => data));
  });

  it("tells of tasks, reminders, the assistant and settings", async () => {
    const user = newUser();
    const client = await (await connect(user)).ready();
    const call = { conversationId: aTask, tool: "delete_task", callId: "c1", approvalId: aTask };
    const settings = { timeZone: "Europe/Berlin", locale: "de", dayStart: "09:00" };
    const events: [string, string, object][] = [
      ["task-updates", "screen.task_removed", { userId: user, taskId: aTask }],
      [
        "task-updates",
        "screen.notification_added",
        { userId: user, notificationId: aTask, taskId: aTask, title: "rent", sentAt: "2026-11-19T08:00:00.000Z" },
      ],
      ["chat-events", "chat.approval_asked", { ...call, expiresAt: "2026-11-19T08:00:00.000Z" }],
      ["chat-events", "chat.message_sent", { conversationId: aTask, messageId: aTask, role: "user" }],
      ["user-events", "user.settings_changed", { userId: user, settings }],
    ];
    for (const [topic, type, data] of events)
      expect(await deliver(topic, `dev.todo.${type}.v1`, user, data)).toBe("SUCCESS");
    await client.until(({ seqs }) => seqs.length === events.length);
    expect(client.events.map(({ type, data }) => [type, data])).toEqual(
      events.map(([, type, data]) => [`dev.todo.${type}.v1`, data]),
    );
  });

  it("goes on after the last message that the client has seen", async () => {
    const user = newUser();
    for (let count = 0; count < 5; count++) await remove(user);
    const client = await connect(user, { last: 2 });
    await client.until(({ seqs }) => seqs.length === 3);
    expect(client.frames[0]).toEqual({ type: "ready", seq: 5 });
    expect(client.seqs).toEqual([3, 4, 5]);
  });

  it("is told to load anew when what it missed is kept no more", async () => {
    const user = newUser();
    for (let count = 0; count < 4; count++) await remove(user);
    const [, , third] = await context()
      .db.selectFrom("feed")
      .selectAll()
      .where("user_id", "=", user)
      .orderBy("seq")
      .execute();
    await forgetBefore(context().db, third?.created_at ?? new Date());
    expect((await kept(user)).map(({ seq }) => seq)).toEqual([3, 4]);
    const late = await connect(user, { last: 1 });
    await late.until(({ frames }) => frames.length === 2);
    await remove(user);
    await late.until(({ seqs }) => seqs.length === 1);
    expect(late.frames.slice(0, 2)).toEqual([
      { type: "ready", seq: 4 },
      { type: "reset", seq: 4 },
    ]);
    expect(late.seqs).toEqual([5]);
    const inTime = await connect(user, { last: 2 });
    await inTime.until(({ seqs }) => seqs.length === 3);
    expect(inTime.frames.map(({ type }) => type)).not.toContain("reset");
  });

  it("is told to load anew when it claims to have seen what never was", async () => {
    const client = await connect(newUser(), { last: 7 });
    await client.until(({ frames }) => frames.length === 2);
    expect(client.frames[1]).toEqual({ type: "reset", seq: 0 });
  });

  it("is told to load anew when it missed more than is worth telling", async () => {
    const user = newUser();
    const { db } = context();
    const entry = {
      userId: user,
      type: "dev.todo.screen.task_removed.v1",
      data: { userId: user, taskId: aTask },
      at: new Date(),
    } as const;
    await db.transaction().execute(async (transaction) => {
      for (let count = 0; count <= MAX_CATCH_UP; count++) await append(transaction, entry);
    });
    const behind = await connect(user, { last: 0 });
    await behind.until(({ frames }) => frames.length === 2);
    expect(behind.frames[1]).toEqual({ type: "reset", seq: MAX_CATCH_UP + 1 });
    const nearly = await connect(user, { last: 1 });
    await nearly.until(({ seqs }) => seqs.length === MAX_CATCH_UP);
    expect(nearly.seqs).toEqual(Array.from({ length: MAX_CATCH_UP }, (_, index) => index + 2));
  });

  it("is told what happens at once one after the other", async () => {
    const user = newUser();
    const client = await (await connect(user)).ready();
    await Promise.all(Array.from({ length: 20 }, () => remove(user)));
    await client.until(({ seqs }) => seqs.length === 20);
    expect(client.seqs).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(client.events.map(({ data }) => data)).toEqual((await kept(user)).map(({ data }) => data));
  });

  it("is told of an event once, however often it is delivered", async () => {
    const user = newUser();
    const client = await (await connect(user)).ready();
    const id = randomUUID();
    const removed = { userId: user, taskId: aTask };
    const again = () => deliver("task-updates", "dev.todo.screen.task_removed.v1", user, removed, { id });
    expect(await Promise.all([again(), again(), again()])).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
    expect(await again()).toBe("SUCCESS");
    await remove(user);
    await client.until(({ seqs }) => seqs.length === 2);
    expect(client.events.map(({ data }) => data)).toEqual([removed, expect.not.objectContaining(removed)]);
  });

  it("answers a ping with the newest position", async () => {
    const user = newUser();
    const client = await (await connect(user)).ready();
    await remove(user);
    await client.until(({ seqs }) => seqs.length === 1);
    client.socket.send("ping");
    await client.until(({ frames }) => frames.at(-1)?.type === "pong");
    expect(client.frames.at(-1)).toEqual({ type: "pong", seq: 1 });
  });
});

describe("a connection ends", () => {
  it("when the client says anything but ping", async () => {
    const texts: (string | Buffer)[] = ["hello", '{"type":"ping"}', Buffer.from("ping"), ""];
    for (const text of texts) {
      const client = await (await connect(newUser())).ready();
      client.socket.send(text);
      expect(await client.closed).toBe(closeCodes.notUnderstood);
    }
  });

  it("when the client says too much at once, or too often", async () => {
    const long = await (await connect(newUser())).ready();
    long.socket.send("x".repeat(200));
    expect(await long.closed).toBe(1009);
    for (const say of ["send", "ping"] as const) {
      const often = await (await connect(newUser())).ready();
      for (let count = 0; count < 100; count++) often.socket[say]("ping");
      expect(await often.closed).toBe(closeCodes.notUnderstood);
    }
  });

  it("when the account is deleted, of which nothing is left", async () => {
    const user = newUser();
    await remove(user);
    const clients = [await (await connect(user)).ready(), await (await connect(user)).ready()];
    const late = await ticket(user);
    const deleted = { userId: user, deletedAt: new Date().toISOString() };
    expect(await deliver("user-events", "dev.todo.user.deleted.v1", user, deleted)).toBe("SUCCESS");
    for (const client of clients) expect(await client.closed).toBe(closeCodes.accountDeleted);
    await remove(user);
    expect(await kept(user)).toEqual([]);
    expect(await context().db.selectFrom("heads").selectAll().where("user_id", "=", user).execute()).toEqual([]);
    expect(await open(`?ticket=${late.ticket}`).closed).toBe(closeCodes.accountDeleted);
  });

  it("when it is older than a session", async () => {
    const { at } = await replica({ SESSION_SECONDS: 0.2 });
    const client = await (await connect(newUser(), { at })).ready();
    expect(await client.closed).toBe(closeCodes.sessionOver);
  });

  it("when pings stay unanswered, and not while they are answered", async () => {
    const { at } = await replica({ HEARTBEAT_SECONDS: 0.2 });
    const [alive, dead] = [await connect(newUser(), { at }), await connect(newUser(), { at })];
    await Promise.all([alive.ready(), dead.ready()]);
    let pings = 0;
    const answered = Promise.withResolvers<void>();
    alive.socket.on("ping", () => {
      if (++pings === 4) answered.resolve();
    });
    dead.socket.pause();
    await answered.promise;
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    dead.socket.resume();
    expect(await dead.closed).toBe(1006);
  });

  it("at once when the user has too many", async () => {
    const { at } = await replica({ MAX_CONNECTIONS_PER_USER: 2 });
    const user = newUser();
    const first = await (await connect(user, { at })).ready();
    await (await connect(user, { at })).ready();
    expect(await (await connect(user, { at })).closed).toBe(closeCodes.tooMany);
    await (await connect(newUser(), { at })).ready();
    await first.cut();
    await eventually(async () => {
      await (await connect(user, { at })).ready();
    });
  });

  it("with the promise of a next one when the service restarts", async () => {
    const { at, running } = await replica();
    const user = newUser();
    const client = await (await connect(user, { at })).ready();
    const stopped = running.stop();
    expect(await client.closed).toBe(closeCodes.restart);
    await stopped;
  });
});

describe("a client that does not read", () => {
  const ENTRIES = 400;
  const title = "x".repeat(50_000);

  const fill = async (user: string): Promise<void> => {
    const data = { userId: user, notificationId: aTask, taskId: aTask, title, sentAt: "2026-11-19T08:00:00.000Z" };
    await context()
      .db.transaction()
      .execute(async (transaction) => {
        for (let count = 0; count < ENTRIES; count++)
          await append(transaction, {
            userId: user,
            type: "dev.todo.screen.notification_added.v1",
            data,
            at: new Date(),
          });
      });
  };

  it("is dropped instead of filling memory, and misses nothing when it comes back", async () => {
    const { at, running } = await replica({ SLOW_SECONDS: 0.3, MAX_BUFFERED_BYTES: 100_000 });
    const user = newUser();
    await fill(user);
    const client = await connect(user, { at, last: 0 });
    client.socket.once("open", () => client.socket.pause());
    const sent = async (): Promise<number> =>
      (await running.context.metrics.counter("todo_realtime_frames_total").get()).values[0]?.value ?? 0;
    await eventually(async () => {
      const text = await running.context.metrics.render();
      expect(text).toContain('todo_realtime_closed_total{reason="slow"} 1');
    });
    // What the kernel took, and not the 20 MB that there are.
    expect(await sent()).toBeLessThan(ENTRIES);
    client.socket.resume();
    await client.closed;
    const next = await connect(user, { last: client.seqs.at(-1) ?? 0 });
    await next.until(() => client.seqs.length + next.seqs.length >= ENTRIES);
    expect([...client.seqs, ...next.seqs]).toEqual(Array.from({ length: ENTRIES }, (_, index) => index + 1));
  });

  it("for a while is waited for", async () => {
    const { at } = await replica({ SLOW_SECONDS: 20, MAX_BUFFERED_BYTES: 100_000 });
    const user = newUser();
    await fill(user);
    const client = await connect(user, { at, last: 0 });
    client.socket.once("open", () => client.socket.pause());
    setTimeout(() => client.socket.resume(), 500);
    await client.until(({ seqs }) => seqs.length === ENTRIES);
    expect(client.seqs).toEqual(Array.from({ length: ENTRIES }, (_, index) => index + 1));
  });
});

describe("metrics", () => {
  it("count connections, what they were sent and why they ended", async () => {
    const before = await metric("todo_realtime_connections");
    const sent = await metric("todo_realtime_frames_total");
    const gone = await metric('todo_realtime_closed_total{reason="gone"}');
    const user = newUser();
    const client = await (await connect(user)).ready();
    expect(await metric("todo_realtime_connections")).toBe(before + 1);
    await remove(user);
    await client.until(({ seqs }) => seqs.length === 1);
    expect(await metric("todo_realtime_frames_total")).toBe(sent + 1);
    await client.cut();
    await eventually(async () => {
      expect(await metric("todo_realtime_connections")).toBe(before);
      expect(await metric('todo_realtime_closed_total{reason="gone"}')).toBe(gone + 1);
    });
  });
});
