import { describe, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { tasksService } from "./support.ts";

const { call, create, newUser, eventsOf, list } = tasksService();

describe("at the same time", () => {
  it("fifty creations get fifty numbers without a gap", async () => {
    const user = newUser();
    const tasks = await Promise.all(Array.from({ length: 50 }, (_, i) => create({ title: `task ${i}` }, user)));
    expect(tasks.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });

  it("of several updates with one version one wins, and the others are told", async () => {
    const { id } = await create({ title: "contended" });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        call("PATCH", `/v1/tasks/${id}`, { body: { title: `by ${i}` }, headers: { "if-match": '"1"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await call("GET", `/v1/tasks/${id}`)).body).toEqual(winner?.body);
    expect((await eventsOf(id, "task-events")).map(({ aggregate_version }) => aggregate_version)).toEqual([1, 2]);
  });

  it("requests with one idempotency key have one effect and one answer", async () => {
    const user = newUser();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        call("POST", "/v1/tasks", { user, body: { title: "once" }, headers: { "idempotency-key": "k" } }),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect((await list("", user)).body.items).toHaveLength(1);
  });

  it("completions and reopenings leave versions and events in one order", async () => {
    const user = newUser();
    const { id } = await create({}, user);
    const verbs = ["complete", "reopen", "complete", "reopen", "complete", "delete", "restore", "complete", "reopen"];
    await Promise.all(
      verbs.map((verb) =>
        verb === "delete"
          ? call("DELETE", `/v1/tasks/${id}`, { user })
          : call("POST", `/v1/tasks/${id}/${verb}`, { user }),
      ),
    );
    const events = await eventsOf(id, "task-events");
    expect(events.map(({ aggregate_version }) => aggregate_version)).toEqual(events.map((_, i) => i + 1));
    const last = events.at(-1)?.data.task as Task;
    expect(last.version).toBe(events.length);
  });

  it("bulk changes and single ones end without a deadlock", async () => {
    const user = newUser();
    const tasks = await Promise.all(Array.from({ length: 20 }, () => create({ tags: ["all"] }, user)));
    const approval = (i: number) => `0190b000-0000-7000-8000-0000000000${10 + i}`;
    const bulk = Array.from({ length: 4 }, (_, i) =>
      call<{ changed: Task[] }>("POST", "/v1/tasks/complete-matching", {
        user,
        approval: approval(i),
        body: { filter: { tag: ["all"] } },
      }),
    );
    const single = tasks.map(({ id }) => call("POST", `/v1/tasks/${id}/complete`, { user }));
    const answers = await Promise.all([...bulk, ...single]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const { id } of tasks) expect(await eventsOf(id, "task-events")).toHaveLength(2);
  });
});
