import { describe, expect, it } from "@jest/globals";
import type { Statistics } from "#contracts/http/audit";
import type { Task } from "#contracts/task";
import { auditService, NOW, type TaskEventName, taskEvent, taskOf } from "./support.ts";

const { clock, deliver, get, newUser, system, tell } = auditService();

const statistics = async (user: string, { days = 7, timeZone = "Europe/Berlin" } = {}): Promise<Statistics> => {
  const { status, body } = await get<Statistics>(`/v1/statistics?days=${days}`, user, timeZone);
  expect(status).toBe(200);
  return body;
};

/** A task that was made and done; told as its events tell it. */
async function done(user: string, createdAt: string, completedAt: string): Promise<Task> {
  const task = taskOf({ createdAt });
  await tell("created", task, { user, time: createdAt });
  const completed = { ...task, version: 2, status: "completed" as const, completedAt };
  await tell("completed", completed, { user, time: completedAt });
  return completed;
}

/** Dates on which something happened, with what. */
const busy = ({ days }: Statistics): Record<string, [number, number]> =>
  Object.fromEntries(
    days
      .filter(({ created, completed }) => created + completed > 0)
      .map(({ date, created, completed }) => [date, [created, completed]]),
  );

describe("days", () => {
  it("are those of the user's time zone, without gaps, up to today", async () => {
    const user = newUser();
    await done(user, "2026-11-17T22:30:00.000Z", "2026-11-17T23:30:00.000Z");
    const berlin = await statistics(user, { days: 3 });
    expect(berlin).toMatchObject({
      timeZone: "Europe/Berlin",
      today: "2026-11-18",
      days: [
        { date: "2026-11-16", created: 0, completed: 0 },
        { date: "2026-11-17", created: 1, completed: 0 },
        { date: "2026-11-18", created: 0, completed: 1 },
      ],
      totals: { created: 1, completed: 1 },
    });
    expect(busy(await statistics(user, { timeZone: "America/New_York" }))).toEqual({ "2026-11-17": [1, 1] });
    expect((await statistics(user, { timeZone: "Pacific/Kiritimati" })).today).toBe("2026-11-19");
  });

  it("begin at midnight also where clocks differ by quarters of an hour, and on both sides of a clock change", async () => {
    const user = newUser();
    // Midnight in Kathmandu is 18:15 UTC; in Berlin clocks went back on 25 October 2026.
    await done(user, "2026-11-16T18:14:59.000Z", "2026-11-16T18:15:00.000Z");
    await done(user, "2026-10-24T21:59:59.000Z", "2026-10-24T22:00:00.000Z");
    await done(user, "2026-10-25T22:59:59.000Z", "2026-10-25T23:00:00.000Z");
    const kathmandu = busy(await statistics(user, { timeZone: "Asia/Kathmandu" }));
    expect(kathmandu).toEqual({ "2026-11-16": [1, 0], "2026-11-17": [0, 1] });
    expect(busy(await statistics(user, { days: 30 }))).toMatchObject({
      "2026-10-24": [1, 0],
      "2026-10-25": [1, 1],
      "2026-10-26": [0, 1],
    });
  });

  it("count what holds, whatever was done and undone, and in whatever order it is told", async () => {
    const story: readonly [TaskEventName, Partial<Task>][] = [
      ["created", {}],
      ["completed", { status: "completed", completedAt: "2026-11-16T10:00:00.000Z" }],
      ["reopened", {}],
      ["updated", {}],
      ["completed", { status: "completed", completedAt: "2026-11-17T10:00:00.000Z" }],
      ["deleted", { status: "completed", completedAt: "2026-11-17T10:00:00.000Z" }],
    ];
    const orders = [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [2, 0, 5, 1, 4, 3],
    ];
    for (const order of orders) {
      const user = newUser();
      const task = taskOf({ createdAt: "2026-11-15T10:00:00.000Z" });
      const events = story.map(([name, change], i) =>
        taskEvent(name, { ...task, ...change, version: i + 1 }, { user }),
      );
      for (const i of [...order, ...order]) await deliver("task-events", events[i] ?? {});
      expect(busy(await statistics(user))).toEqual({ "2026-11-15": [1, 0], "2026-11-17": [0, 1] });
    }
  });

  it("are at most a year, and at least today", async () => {
    const user = newUser();
    expect((await statistics(user, { days: 366 })).days).toHaveLength(366);
    expect((await statistics(user, { days: 1 })).days.map(({ date }) => date)).toEqual(["2026-11-18"]);
    for (const days of ["0", "367", "many"]) expect((await get(`/v1/statistics?days=${days}`, user)).status).toBe(400);
  });
});

describe("overdue tasks", () => {
  it("are open ones whose day or minute is over where they are", async () => {
    const user = newUser();
    const dues: readonly Partial<Task>[] = [
      { due: "2026-11-17" },
      { due: "2026-11-18" },
      { due: "2026-11-18T10:59" },
      { due: "2026-11-18T11:01" },
      { due: "2026-11-18T04:59", timeZone: "America/New_York" },
      { due: "2026-11-18T05:01", timeZone: "America/New_York" },
      {},
    ];
    for (const due of dues) await tell("created", taskOf(due), { user });
    expect((await statistics(user)).overdue).toBe(3);
    clock.set("2026-11-18T23:00:00.000Z");
    expect((await statistics(user)).overdue).toBe(6);
    clock.set(NOW);
  });

  it("are none once they are done, deleted or moved, and are again when restored", async () => {
    const user = newUser();
    const task = taskOf({ due: "2026-11-01" });
    const expected = async (name: TaskEventName, change: Partial<Task>, overdue: number): Promise<void> => {
      Object.assign(task, { status: "open", completedAt: null, due: "2026-11-01" }, change);
      await tell(name, { ...task }, { user });
      expect((await statistics(user)).overdue).toBe(overdue);
      Object.assign(task, { version: task.version + 1 });
    };
    await expected("created", {}, 1);
    await expected("completed", { status: "completed", completedAt: NOW }, 0);
    await expected("reopened", {}, 1);
    await expected("deleted", {}, 0);
    await expected("restored", {}, 1);
    await expected("updated", { due: "2026-12-01" }, 0);
  });
});

describe("streaks", () => {
  const doneOn = async (user: string, ...dates: string[]): Promise<void> => {
    for (const date of dates) await done(user, "2026-09-01T10:00:00.000Z", `${date}T12:00:00.000Z`);
  };

  it("count days in a row; today is not over, so yesterday's still goes on", async () => {
    const user = newUser();
    expect((await statistics(user)).streak).toEqual({ current: 0, longest: 0 });
    await doneOn(user, "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-11-16", "2026-11-17");
    expect((await statistics(user)).streak).toEqual({ current: 2, longest: 4 });
    await done(user, NOW, NOW);
    expect((await statistics(user)).streak).toEqual({ current: 3, longest: 4 });
  });

  it("end with a day without a completed task", async () => {
    const user = newUser();
    await doneOn(user, "2026-11-14", "2026-11-15", "2026-11-16");
    expect((await statistics(user)).streak).toEqual({ current: 0, longest: 3 });
  });

  it("go on over a clock change", async () => {
    const user = newUser();
    await doneOn(user, "2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27");
    expect((await statistics(user)).streak).toEqual({ current: 0, longest: 5 });
  });
});

describe("the statistics of the system", () => {
  const metric = async (name: string): Promise<number> => {
    const text = await (await system().request("audit", "/metrics")).text();
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  };

  it("are metrics under the names that the dashboard asks for", async () => {
    const [created, completed] = [
      await metric("todo_statistics_tasks_created"),
      await metric("todo_statistics_tasks_completed"),
    ];
    const user = newUser();
    await done(user, NOW, NOW);
    await tell("created", taskOf({ due: "2026-11-01" }), { user });
    expect(await metric("todo_statistics_tasks_created")).toBe(created + 2);
    expect(await metric("todo_statistics_tasks_completed")).toBe(completed + 1);
    const overdue = await metric("todo_statistics_tasks_overdue");
    clock.advance(61_000);
    await tell("created", taskOf({ due: "2026-11-02" }), { user });
    expect(await metric("todo_statistics_tasks_overdue")).toBeGreaterThan(overdue);
    clock.set(NOW);
  });
});
