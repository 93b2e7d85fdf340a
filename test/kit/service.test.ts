import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { createClient } from "#contracts/http/client";
import { ProblemError } from "#contracts/http/problem";
import { randomIds } from "#kit/clock";
import { contextOf, eventually, startSystem, type TestSystem } from "./support/harness.ts";
import { behaviour, notesApi, reminderEvent, sample } from "./support/sample.ts";

const ids = randomIds();
let system: TestSystem;
let alice: string;

beforeAll(async () => {
  system = await startSystem([sample]);
  alice = await system.tokenFor("alice", { audience: "tasks" });
});
afterAll(() => system?.stop());
beforeEach(() => void Object.assign(behaviour, { fail: 0, poison: false, delayMs: 0, seen: [] }));

const post = (path: string, body: unknown, headers: Record<string, string> = {}, token = alice) =>
  system.request("tasks", path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const key = () => ({ "idempotency-key": ids.next() });

describe("an operation", () => {
  it("answers what it declares, with the version as an entity tag and the request's id", async () => {
    const response = await post("/v1/notes", { text: "milk" }, { ...key(), "x-request-id": "mine-1" });
    expect(response.status).toBe(201);
    expect(response.headers.get("etag")).toBe('"1"');
    expect(response.headers.get("x-request-id")).toBe("mine-1");
    expect(await response.json()).toMatchObject({ text: "milk", version: 1 });
  });

  it("refuses unknown fields at every depth, and names each", async () => {
    const response = await post("/v1/notes", { text: "x", colour: "red", inner: { n: 1, m: 2 } }, key());
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as { errors: { path: string }[] };
    expect(problem.errors.map(({ path }) => path).sort()).toEqual(["body.colour", "body.inner.m"]);
  });

  it.each([
    ["no JSON", "{", 400, "invalid-request"],
    ["a wrong type", { text: 1 }, 400, "invalid-request"],
    ["nothing", "", 400, "invalid-request"],
    ["null", "null", 400, "invalid-request"],
    ["a body that is too large", { text: "x".repeat(300_000) }, 413, "body-too-large"],
  ])("answers %s with a problem and no stack", async (_, body, status, code) => {
    const response = await post("/v1/notes", body, key());
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ type: `urn:todo:problem:${code}`, code, status });
    expect(text).not.toMatch(/at .*\.ts|node_modules/);
  });

  it("refuses another content type and a missing idempotency key", async () => {
    expect(
      (await post("/v1/notes", "text=x", { ...key(), "content-type": "application/x-www-form-urlencoded" })).status,
    ).toBe(415);
    expect(await (await post("/v1/notes", { text: "x" })).json()).toMatchObject({
      errors: [{ path: "headers.idempotency-key" }],
    });
  });

  it("reads numbers and lists from the query, and refuses what it does not know", async () => {
    const get = (query: string) =>
      system.request("tasks", `/v1/notes?${query}`, { headers: { authorization: `Bearer ${alice}` } });
    expect(await (await get("limit=7&tag=a")).json()).toMatchObject({ limit: 7, tags: ["a"] });
    expect(await (await get("tag=a&tag=b")).json()).toMatchObject({ limit: 20, tags: ["a", "b"] });
    expect((await get("limit=7&limit=8")).status).toBe(400);
    expect((await get("limit=x")).status).toBe(400);
    expect((await get("sort=up")).status).toBe(400);
  });

  it("wants If-Match where it changes something, and takes only the current version", async () => {
    const { id } = (await (await post("/v1/notes", { text: "a" }, key())).json()) as { id: string };
    const patch = (headers: Record<string, string>, token = alice) =>
      system.request("tasks", `/v1/notes/${id}`, {
        method: "PATCH",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify({ text: "b" }),
      });
    expect((await patch({})).status).toBe(428);
    expect((await patch({ "if-match": "1" })).status).toBe(400);
    expect((await patch({ "if-match": '"9"' })).status).toBe(412);
    expect((await patch({ "if-match": '"1"' })).headers.get("etag")).toBe('"2"');
    const bob = await system.tokenFor("bob", { audience: "tasks" });
    expect((await patch({ "if-match": '"2"' }, bob)).status).toBe(404);
  });

  it("takes an id that cannot exist for one that does not", async () => {
    const response = await system.request("tasks", "/v1/notes/1' or '1'='1", {
      method: "DELETE",
      headers: { authorization: `Bearer ${alice}` },
    });
    expect(response.status).toBe(404);
  });

  it("leaves out of its answer what the contract does not name", async () => {
    expect(await (await system.request("tasks", "/v1/leak")).json()).toEqual({ id: "1" });
  });

  it("tells nothing of a bug but the id under which it is logged", async () => {
    const response = await post("/v1/fail", { how: "bug" });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain("secret");
    expect(JSON.parse(text)).toMatchObject({ code: "internal-error", requestId: expect.any(String) });
  });

  it("answers unknown paths with a problem too", async () => {
    const response = await system.request("tasks", "/nothing");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not-found" });
  });
});

describe("a token", () => {
  const status = async (token: string) =>
    (await system.request("tasks", "/v1/notes", { headers: { authorization: `Bearer ${token}` } })).status;

  it("is refused when it is missing, expired, forged, or meant for another service", async () => {
    expect((await system.request("tasks", "/v1/notes")).status).toBe(401);
    expect(await status(await system.tokenFor("alice", { audience: "tasks", expiresIn: "-1m" }))).toBe(401);
    expect(await status(await system.tokenFor("alice", { audience: "chat" }))).toBe(401);
    const [header = "", , signature = ""] = alice.split(".");
    const claims = Buffer.from(
      JSON.stringify({ sub: "bob", aud: "tasks", iss: "todo-gateway", tz: "UTC", exp: 4e9 }),
    ).toString("base64url");
    expect(await status(`${header}.${claims}.${signature}`)).toBe(401);
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await status(`${none}.${claims}.`)).toBe(401);
    expect(await status(alice)).toBe(200);
  });
});

describe("internal operations", () => {
  const call = (headers: Record<string, string>) => system.request("tasks", "/internal/caller", { headers });

  it("know the service that its sidecar vouches for", async () => {
    const response = await system.sidecar("recurring", "/v1.0/invoke/tasks/method/internal/caller");
    expect(await response.json()).toEqual({ service: "recurring" });
  });

  it("believe nobody who only says so", async () => {
    expect((await call({ "dapr-caller-app-id": "recurring" })).status).toBe(403);
    expect((await call({ "dapr-caller-app-id": "recurring", "dapr-api-token": "guess" })).status).toBe(403);
    expect((await call({ "dapr-caller-app-id": "realtime", "dapr-api-token": system.appToken })).status).toBe(403);
    expect(
      (
        await system.sidecar("recurring", "/v1.0/invoke/tasks/method/internal/caller", {
          headers: { "dapr-caller-app-id": "chat" },
        })
      ).status,
    ).toBe(403);
  });
});

describe("the typed client over the sidecar", () => {
  const client = () => {
    const { sidecar } = contextOf(system, sample);
    // The gateway's sidecar, as that is who may call tasks.
    void sidecar;
    return createClient(notesApi, (path, init) =>
      system.sidecar("gateway", `/v1.0/invoke/tasks/method${path}`, {
        ...init,
        headers: init.headers as Record<string, string>,
      }),
    );
  };

  it("carries bodies, headers, status and entity tags both ways", async () => {
    const created = await client().create(
      { body: { text: "by client" }, idempotencyKey: ids.next() },
      { token: alice },
    );
    expect(created).toMatchObject({ status: 201, etag: "1", body: { text: "by client" } });
    const changed = await client().change(
      { params: { id: created.body.id }, body: { text: "c" }, ifMatch: "1" },
      { token: alice },
    );
    expect(changed).toMatchObject({ status: 200, etag: "2", body: { version: 2 } });
    expect(await client().remove({ params: { id: created.body.id } }, { token: alice })).toMatchObject({ status: 204 });
  });

  it("rejects with the problem that the service answered", async () => {
    const failure = client().change(
      { params: { id: ids.next() }, body: { text: "c" }, ifMatch: "1" },
      { token: alice },
    );
    await expect(failure).rejects.toMatchObject({ name: "ProblemError", status: 404, code: "not-found" });
    await expect(failure).rejects.toBeInstanceOf(ProblemError);
  });

  it("passes a stream on while it is written", async () => {
    behaviour.delayMs = 30;
    const { stream } = await client().export({ query: { lines: 5 } }, { token: alice });
    const chunks: string[] = [];
    for await (const chunk of stream) chunks.push(new TextDecoder().decode(chunk));
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.join("").trim().split("\n")).toHaveLength(5);
  });
});

describe("events", () => {
  const effects = async (eventId: string) =>
    contextOf(system, sample).db.selectFrom("effects").selectAll().where("event_id", "=", eventId).execute();

  it("go out once their transaction is committed, and leave the outbox", async () => {
    const { db } = contextOf(system, sample);
    await post("/v1/notes", { text: "published" }, key());
    await eventually(async () => expect(await db.selectFrom("outbox").selectAll().execute()).toEqual([]));
    const metrics = await (await system.request("tasks", "/metrics")).text();
    expect(metrics).toMatch(/todo_events_published_total\{topic="task-events"\} [1-9]/);
    expect(metrics).toMatch(/todo_outbox_depth 0/);
  });

  it("have their effect once, however often they come", async () => {
    const event = reminderEvent(ids.next(), ids.next(), 1);
    for (let i = 0; i < 3; i++) await system.publishAs("notifications", "reminders", event);
    await eventually(async () => expect(await effects(event.id)).toHaveLength(1));
    await system.publishAs("notifications", "reminders", event);
    const last = reminderEvent(ids.next(), event.subject, 1);
    await system.publishAs("notifications", "reminders", last);
    await eventually(async () => expect(await effects(last.id)).toHaveLength(1));
    expect(await effects(event.id)).toHaveLength(1);
  });

  it("that fail are tried again, their effect undone and the reason kept", async () => {
    behaviour.fail = 1;
    const event = reminderEvent(ids.next(), ids.next(), 1);
    await system.publishAs("notifications", "reminders", event);
    await eventually(async () => expect(await effects(event.id)).toHaveLength(1));
    expect(behaviour.seen.filter((id) => id === event.id)).toHaveLength(2);
    const [poison] = await contextOf(system, sample)
      .db.selectFrom("poison")
      .selectAll()
      .where("event_id", "=", event.id)
      .execute();
    expect(poison).toMatchObject({
      consumer: "reminders",
      attempts: 1,
      reason: "Error: the handler failed <- Error: for a reason",
    });
  });

  it("that can never work, or are no events of the contract, are dropped with the reason kept", async () => {
    behaviour.poison = true;
    const poison = reminderEvent(ids.next(), ids.next(), 1);
    const unknown = reminderEvent(ids.next(), ids.next(), 1, "user-1", "dev.todo.reminder.scheduled.v9");
    const { userid: _, ...broken } = reminderEvent(ids.next(), ids.next(), 1);
    for (const event of [poison, unknown, broken]) await system.publishAs("notifications", "reminders", event);
    const kept = () =>
      contextOf(system, sample)
        .db.selectFrom("poison")
        .selectAll()
        .where("event_id", "in", [poison.id, unknown.id, broken.id])
        .execute();
    await eventually(async () => expect(await kept()).toHaveLength(3));
    expect((await kept()).map(({ reason }) => reason).join()).toMatch(/never works.*userid|userid.*never works/s);
  });

  it("below the version that was seen are acknowledged unread; equal ones count", async () => {
    const task = ids.next();
    const [newer, older, equal] = [5, 4, 5].map((version) => reminderEvent(ids.next(), task, version));
    for (const event of [newer, older, equal]) await system.publishAs("notifications", "reminders", event as object);
    await eventually(async () => expect(await effects(equal?.id ?? "")).toHaveLength(1));
    expect(await effects(older?.id ?? "")).toHaveLength(0);
  });

  it("that are replayed have no effect on a consumer that acts on the world", async () => {
    const event = reminderEvent(ids.next(), ids.next(), 1);
    await system.publishAs("notifications", "reminders", { ...event, replayid: "r1" });
    const last = reminderEvent(ids.next(), event.subject, 1);
    await system.publishAs("notifications", "reminders", last);
    await eventually(async () => expect(await effects(last.id)).toHaveLength(1));
    expect(await effects(event.id)).toHaveLength(0);
  });

  it("of an account that was erased have no effect, and neither have its writes", async () => {
    const event = reminderEvent(ids.next(), ids.next(), 1, "gone");
    await system.publishAs("gateway", "user-events", {
      ...event,
      id: ids.next(),
      source: "/todo/gateway",
      type: "dev.todo.user.deleted.v1",
      data: { userId: "gone", deletedAt: "2026-11-18T10:00:00.000Z" },
    });
    const { db } = contextOf(system, sample);
    await eventually(async () => expect(await db.selectFrom("tombstones").selectAll().execute()).toHaveLength(1));
    await system.publishAs("notifications", "reminders", event);
    const last = reminderEvent(ids.next(), event.subject, 1);
    await system.publishAs("notifications", "reminders", last);
    await eventually(async () => expect(await effects(last.id)).toHaveLength(1));
    expect(await effects(event.id)).toHaveLength(0);
    const token = await system.tokenFor("gone", { audience: "tasks" });
    expect((await post("/v1/notes", { text: "x" }, key(), token)).status).toBe(401);
  });
});

describe("deliveries", () => {
  const deliver = (path: string, token?: string) =>
    system.request("tasks", path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { "dapr-api-token": token } : {}) },
      body: "{}",
    });

  it("are taken from the own sidecar alone", async () => {
    expect((await deliver("/events/reminders")).status).toBe(401);
    expect((await deliver("/events/reminders", "guess")).status).toBe(401);
    expect((await deliver("/job/reminder-1")).status).toBe(401);
    expect((await deliver("/cron/reminder-sweep")).status).toBe(401);
  });

  it("say by the status of their answer what is to become of an event", async () => {
    const send = (event: object) =>
      system.request("tasks", "/events/reminders", {
        method: "POST",
        headers: { "content-type": "application/cloudevents+json", "dapr-api-token": system.appToken },
        body: JSON.stringify(event),
      });
    const event = reminderEvent(ids.next(), ids.next(), 1);
    behaviour.fail = 1;
    const answers = [await send(event), await send(event), await send({ ...event, time: "never" })];
    expect(answers.map(({ status }) => status)).toEqual([503, 200, 404]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual(
      ["RETRY", "SUCCESS", "DROP"].map((status) => ({ status })),
    );
  });

  it("of what nobody handles are answered 503: Dapr would take 404 for done or dead", async () => {
    expect((await deliver("/events/chat-events", system.appToken)).status).toBe(503);
    expect((await deliver("/job/unknown", system.appToken)).status).toBe(503);
    expect((await deliver("/cron/unknown", system.appToken)).status).toBe(503);
  });
});

describe("PostgreSQL", () => {
  it("may end every connection: the process lives and works on", async () => {
    const client = new pg.Client({ connectionString: system.databaseUrl("tasks") });
    await client.connect();
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()",
    );
    await client.end();
    const response = await eventually(async () => {
      const created = await post("/v1/notes", { text: "after" }, key());
      expect(created.status).toBe(201);
      return created;
    });
    expect(response.status).toBe(201);
    const { db } = contextOf(system, sample);
    await eventually(async () => expect(await db.selectFrom("outbox").selectAll().execute()).toEqual([]));
  });
});
