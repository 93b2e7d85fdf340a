import { describe, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { NOW, tasksService } from "./support.ts";

const { call, create, problem, newUser, system, context, clock } = tasksService();

const unknownId = "01900000-0000-7000-8000-000000000000";

describe("adding a task", () => {
  it("answers with all of it, its address and its version", async () => {
    const { status, body, etag, headers } = await call("POST", "/v1/tasks", {
      user: newUser(),
      body: { title: "  pay the rent ", tags: ["home", "home"], due: "2026-12-01", reminder: { minutesBefore: 1440 } },
    });
    expect({ status, etag, location: headers.get("location") }).toEqual({
      status: 201,
      etag: '"1"',
      location: `/v1/tasks/${body.id}`,
    });
    expect(body).toEqual({
      id: expect.stringMatching(/-7/),
      number: 1,
      title: "pay the rent",
      notes: "",
      status: "open",
      priority: "p4",
      tags: ["home"],
      due: "2026-12-01",
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
  });

  it("gives a task that repeats its first date", async () => {
    const task = await create({ recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "schedule" } });
    expect(task.due).toBe("2026-12-01");
  });

  it.each([
    ["no title", { title: "" }, "body.title"],
    ["too long a title", { title: "x".repeat(501) }, "body.title"],
    ["a character that PostgreSQL has not", { title: "nul \0 in it" }, "body.title"],
    ["half a character", { title: "half \ud83d a pair" }, "body.title"],
    ["too long notes", { title: "x", notes: "n".repeat(20_001) }, "body.notes"],
    ["an unknown field", { title: "x", unknown: 1 }, "body.unknown"],
    [
      "an unknown field deep down",
      { title: "x", recurrence: { rrule: "FREQ=DAILY", anchor: "schedule", more: 1 } },
      "body.recurrence.more",
    ],
    ["a day that is not", { title: "x", due: "2026-02-30" }, "body.due"],
    ["a minute of a day that is not", { title: "x", due: "2026-02-30T10:00" }, "body.due"],
    ["a zone that is not", { title: "x", timeZone: "Mars/Olympus" }, "body.timeZone"],
    ["two words as a tag", { title: "x", tags: ["with space"] }, "body.tags.0"],
    [
      "every second",
      { title: "x", recurrence: { rrule: "FREQ=SECONDLY", anchor: "schedule" } },
      "body.recurrence.rrule",
    ],
  ])("refuses %s and names the field", async (_, body, path) => {
    const refused = await problem("POST", "/v1/tasks", { body });
    expect(refused.status).toBe(400);
    expect(refused.body.errors?.map((error) => error.path)).toContain(path);
  });

  it.each([
    [{ due: "1850-01-01" }, "due"],
    [{ due: "9999-12-31T23:59", timeZone: "Pacific/Niue" }, "due"],
    [{ due: "2026-12-01", recurrence: { rrule: "FREQ=DAILY;BYSECOND=1", anchor: "schedule" } }, "recurrence.rrule"],
    [{ due: "2026-12-01", recurrence: { rrule: "FREQ=HOURLY", anchor: "schedule" } }, "due"],
    [
      { recurrence: { rrule: "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1;BYSETPOS=2", anchor: "schedule" } },
      "recurrence.rrule",
    ],
    [{ reminder: { minutesBefore: 10 } }, "reminder"],
    [{ reminder: { rrule: "FREQ=HOURLY", time: "09:00" } }, "reminder.rrule"],
  ])("cannot carry out %j", async (fields, path) => {
    const refused = await problem("POST", "/v1/tasks", { body: { title: "x", ...fields } });
    expect(refused).toMatchObject({ status: 422, body: { code: "unprocessable", errors: [{ path }] } });
  });

  it("keeps a body that is too large, or no JSON, out", async () => {
    expect((await problem("POST", "/v1/tasks", { body: { title: "x", notes: "n".repeat(300_000) } })).status).toBe(413);
    const token = await system().tokenFor("alice", { audience: "tasks" });
    const headers = { authorization: `Bearer ${token}` };
    const post = (body: string, type: string) =>
      system().request("tasks", "/v1/tasks", { method: "POST", body, headers: { ...headers, "content-type": type } });
    expect((await post("{", "application/json")).status).toBe(400);
    expect((await post("title=x", "application/x-www-form-urlencoded")).status).toBe(415);
  });

  it("gives a time of day to be reminded at a day, where the task has none", async () => {
    expect((await create({ reminder: { at: "14:00" } })).reminder).toEqual({ at: "2026-11-18T14:00" });
    expect((await create({ reminder: { at: "09:00" } })).reminder).toEqual({ at: "2026-11-19T09:00" });
  });
});

describe("changing a task", () => {
  it("changes only what is named, and only the version that was seen", async () => {
    const task = await create({ title: "one", notes: "kept", due: "2026-12-01" });
    const path = `/v1/tasks/${task.id}`;
    const changed = await call("PATCH", path, { body: { title: "two", due: null }, headers: { "if-match": '"1"' } });
    expect(changed).toMatchObject({ status: 200, etag: '"2"', body: { title: "two", notes: "kept", due: null } });
    const stale = await problem("PATCH", path, { body: { title: "three" }, headers: { "if-match": '"1"' } });
    expect(stale).toMatchObject({ status: 412, body: { code: "version-mismatch" } });
    const blind = await problem("PATCH", path, { body: { title: "three" } });
    expect(blind).toMatchObject({ status: 428, body: { code: "version-required" } });
    expect((await call("GET", path)).body).toEqual(changed.body);
  });

  it("is no change, and no new version, when it says what is there", async () => {
    const task = await create({ title: "same", reminder: { rrule: "FREQ=DAILY", time: "08:00" } });
    const {
      id,
      number: _,
      status: __,
      predecessorId: ___,
      version,
      createdAt,
      updatedAt,
      completedAt,
      ...fields
    } = task;
    const again = await call("PATCH", `/v1/tasks/${id}`, { body: fields, headers: { "if-match": `"${version}"` } });
    expect(again.body).toEqual(task);
    expect([createdAt, updatedAt, completedAt]).toEqual([NOW, NOW, null]);
  });

  it("moves one occurrence, and keeps the series where it was", async () => {
    const task = await create({ due: "2026-11-23", recurrence: { rrule: "FREQ=WEEKLY", anchor: "schedule" } });
    await call("PATCH", `/v1/tasks/${task.id}`, { body: { due: "2026-11-25" }, headers: { "if-match": '"1"' } });
    const row = await context().db.selectFrom("tasks").select(["due", "slot"]).where("id", "=", task.id).execute();
    expect(row).toEqual([{ due: "2026-11-25", slot: "2026-11-23" }]);
    const refused = await problem("PATCH", `/v1/tasks/${task.id}`, {
      body: { due: null },
      headers: { "if-match": '"2"' },
    });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: "due" }] } });
  });

  it("completes, reopens, deletes and restores, each as often as it is asked for", async () => {
    const { id } = await create({ title: "to and fro" });
    const verb = (name: string) => call("POST", `/v1/tasks/${id}/${name}`);
    clock.advance(1_000);
    const completed = await verb("complete");
    expect(completed.body).toMatchObject({ status: "completed", version: 2, completedAt: clock.now().toISOString() });
    expect((await verb("complete")).body).toEqual(completed.body);
    expect((await verb("reopen")).body).toMatchObject({ status: "open", version: 3, completedAt: null });
    expect((await call("DELETE", `/v1/tasks/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/v1/tasks/${id}`)).status).toBe(404);
    expect((await call("GET", `/v1/tasks/${id}`)).status).toBe(404);
    expect((await verb("complete")).status).toBe(404);
    expect((await verb("restore")).body).toMatchObject({ version: 5, status: "open" });
    expect((await verb("restore")).body).toMatchObject({ version: 5 });
    clock.set(NOW);
  });
});

describe("the assistant", () => {
  const approval = "0190a000-0000-7000-8000-000000000001";

  it("may not delete without an approval, which works once", async () => {
    const [one, two] = [await create({}), await create({})];
    const refused = await problem("DELETE", `/v1/tasks/${one.id}`, { act: "chat" });
    expect(refused).toMatchObject({ status: 403, body: { code: "not-allowed" } });
    expect((await call("DELETE", `/v1/tasks/${one.id}`, { act: "chat", approval })).status).toBe(204);
    expect((await call("DELETE", `/v1/tasks/${one.id}`, { act: "chat", approval })).status).toBe(204);
    const other = await problem("DELETE", `/v1/tasks/${two.id}`, { act: "chat", approval });
    expect(other).toMatchObject({ status: 422, body: { detail: expect.stringContaining("approval") } });
    expect((await call("GET", `/v1/tasks/${two.id}`)).status).toBe(200);
  });

  it("changes every match only with an approval, and only as many as were shown", async () => {
    const user = newUser();
    for (const title of ["a", "b", "c"]) await create({ title, tags: ["old"] }, user);
    const kept = await create({ title: "kept" }, user);
    const path = "/v1/tasks/delete-matching";
    const body = { filter: { tag: ["old"] }, expected: 2 };
    expect((await problem("POST", path, { user, body })).status).toBe(403);
    const fresh = (last: number) => `0190a000-0000-7000-8000-0000000000${last}`;
    const other = await problem("POST", path, { user, approval: fresh(11), body });
    expect(other).toMatchObject({ status: 409, body: { code: "conflict" } });
    const done = await call<{ changed: Task[]; more: boolean }>("POST", path, {
      user,
      approval: fresh(12),
      body: { ...body, expected: 3 },
    });
    expect(done.body.changed.map(({ title }) => title)).toEqual(["a", "b", "c"]);
    expect(done.body.more).toBe(false);
    const again = await call("POST", path, { user, approval: fresh(12), body: { ...body, expected: 3 } });
    expect(again.body).toEqual(done.body);
    const completed = await call<{ changed: Task[] }>("POST", "/v1/tasks/complete-matching", {
      user,
      approval: fresh(13),
      body: { filter: {} },
    });
    expect(completed.body.changed).toEqual([{ id: kept.id, number: kept.number, title: "kept" }]);
  });
});

describe("an idempotency key", () => {
  it("does a thing once and answers the same again", async () => {
    const user = newUser();
    const headers = { "idempotency-key": "one" };
    const first = await call("POST", "/v1/tasks", { user, body: { title: "once" }, headers });
    const second = await call("POST", "/v1/tasks", { user, body: { title: "once" }, headers });
    expect(second).toMatchObject({ status: 201, body: first.body, etag: first.etag });
    const other = await problem("POST", "/v1/tasks", { user, body: { title: "twice" }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: "unprocessable" } });
    const stranger = await call("POST", "/v1/tasks", { user: newUser(), body: { title: "once" }, headers });
    expect(stranger.body.id).not.toBe(first.body.id);
  });

  it("stands for nothing when the first try failed", async () => {
    const user = newUser();
    const headers = { "idempotency-key": "retry" };
    const body = { title: "x", reminder: { minutesBefore: 5 } };
    expect((await call("POST", "/v1/tasks", { user, body, headers })).status).toBe(422);
    const mended = { ...body, due: "2026-12-01" };
    expect((await call("POST", "/v1/tasks", { user, body: mended, headers })).status).toBe(201);
  });
});

describe("another user's task", () => {
  it("is not there, whatever is tried", async () => {
    const { id } = await create({ title: "secret" }, "alice");
    const asked = [
      problem("GET", `/v1/tasks/${id}`, { user: "mallory" }),
      problem("PATCH", `/v1/tasks/${id}`, { user: "mallory", body: { title: "mine" }, headers: { "if-match": '"1"' } }),
      problem("PATCH", `/v1/tasks/${id}`, { user: "mallory", body: { title: "mine" }, headers: { "if-match": '"7"' } }),
      problem("DELETE", `/v1/tasks/${id}`, { user: "mallory" }),
      ...["complete", "reopen", "restore"].map((verb) =>
        problem("POST", `/v1/tasks/${id}/${verb}`, { user: "mallory" }),
      ),
    ];
    const same = await problem("GET", `/v1/tasks/${unknownId}`, { user: "mallory" });
    for (const { status, body } of await Promise.all(asked)) {
      expect(status).toBe(404);
      expect({ ...body, requestId: "" }).toEqual({ ...same.body, requestId: "" });
    }
    expect((await call("GET", `/v1/tasks/${id}`)).body).toMatchObject({ title: "secret", version: 1 });
  });

  it("is as absent as one whose id is none", async () => {
    expect((await call("GET", "/v1/tasks/12")).status).toBe(404);
    expect((await call("GET", "/v1/tasks/%00")).status).toBe(404);
  });
});

describe("tokens and callers", () => {
  it("lets nobody in without a token for this service", async () => {
    const path = "/v1/tasks";
    expect((await system().request("tasks", path)).status).toBe(401);
    for (const token of ["x", await system().tokenFor("alice", { audience: "chat" })]) {
      const refused = await system().request("tasks", path, { headers: { authorization: `Bearer ${token}` } });
      expect(refused.status).toBe(401);
    }
  });

  it("keeps internal paths for services whose sidecar vouches for them", async () => {
    const path = `/internal/tasks/${unknownId}/successor`;
    expect((await call("POST", path)).status).toBe(403);
    const forged = await system().request("tasks", path, {
      method: "POST",
      headers: { "dapr-caller-app-id": "recurring", "dapr-api-token": "guessed" },
    });
    expect(forged.status).toBe(403);
  });
});

describe("the OpenAPI document", () => {
  it("is 3.1 and leaves out what is for services alone", async () => {
    const document = (await (await system().request("tasks", "/v1/openapi.json")).json()) as {
      openapi: string;
      paths: Record<string, unknown>;
    };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths).sort()).toEqual([
      "/v1/tasks",
      "/v1/tasks/complete-matching",
      "/v1/tasks/count",
      "/v1/tasks/delete-matching",
      "/v1/tasks/export",
      "/v1/tasks/{id}",
      "/v1/tasks/{id}/complete",
      "/v1/tasks/{id}/reopen",
      "/v1/tasks/{id}/restore",
    ]);
  });
});
