import { describe, expect, it } from "@jest/globals";
import type { NewTask } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { eventually } from "#test/kit/support/harness";
import { recurringSystem } from "./support.ts";

const { clock, create, complete, remove, open, completedAgain, settled, system } = recurringSystem();

const rule = (rrule: string, anchor: "schedule" | "completion" = "schedule") => ({ recurrence: { rrule, anchor } });

let users = 0;

/** Completes a task of a new user's at a moment and says what is open then. */
async function following(
  task: Partial<NewTask>,
  completedAt: string,
): Promise<{ done: Task; next: Task; user: string }> {
  const user = `user-${++users}`;
  const { id } = await create(user, task);
  clock.set(completedAt);
  const done = await complete(user, id);
  const next = await eventually(async () => {
    const [only, ...more] = await open(user);
    expect([only !== undefined, more]).toEqual([true, []]);
    return only as Task;
  });
  return { done, next, user };
}

describe("completing a task that repeats", () => {
  it("makes the next occurrence", async () => {
    const { done, next } = await following(
      { title: "water the plants", due: "2026-11-18T09:00", tags: ["home"], ...rule("FREQ=WEEKLY") },
      "2026-11-18T10:00:00Z",
    );
    expect(next).toMatchObject({
      title: "water the plants",
      due: "2026-11-25T09:00",
      tags: ["home"],
      predecessorId: done.id,
      number: done.number + 1,
    });
  });

  it("makes one, also when the event comes three more times", async () => {
    const { done, next, user } = await following({ due: "2026-11-18", ...rule("FREQ=DAILY") }, "2026-11-18T10:00:00Z");
    await Promise.all([1, 2, 3].map(() => completedAgain(done)));
    expect(await open(user)).toEqual([next]);
  });

  it("makes nothing of a replay", async () => {
    const { done, next, user } = await following({ due: "2026-11-18", ...rule("FREQ=DAILY") }, "2026-11-18T10:00:00Z");
    await remove(user, next.id);
    await completedAgain(done, { replayid: "retention 1" });
    await completedAgain(done);
    expect(await open(user)).toEqual([]);
  });

  it.each<[string, Partial<NewTask>, string, string]>([
    ["overdue: in the future", { due: "2026-01-05", ...rule("FREQ=WEEKLY") }, "2026-11-18T10:00:00Z", "2026-11-23"],
    [
      "the 31st, with months that have none left out",
      { due: "2027-01-31", ...rule("FREQ=MONTHLY;BYMONTHDAY=31") },
      "2027-01-31T10:00:00Z",
      "2027-03-31",
    ],
    [
      "the last day of each month",
      { due: "2027-01-31", ...rule("FREQ=MONTHLY;BYMONTHDAY=-1") },
      "2027-01-31T10:00:00Z",
      "2027-02-28",
    ],
    [
      "29 February",
      { due: "2028-02-29", ...rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29") },
      "2028-02-29T10:00:00Z",
      "2032-02-29",
    ],
    [
      "at its local time over the change to summer time",
      { due: "2027-03-27T09:00", timeZone: "Europe/Berlin", ...rule("FREQ=DAILY") },
      "2027-03-27T10:00:00Z",
      "2027-03-28T09:00",
    ],
    [
      "at its local time over the change to winter time",
      { due: "2027-10-30T09:00", timeZone: "Europe/Berlin", ...rule("FREQ=DAILY") },
      "2027-10-30T10:00:00Z",
      "2027-10-31T09:00",
    ],
    [
      "counted from its completion",
      { due: "2026-11-01", ...rule("FREQ=DAILY;INTERVAL=10", "completion") },
      "2026-11-18T10:00:00Z",
      "2026-11-28",
    ],
  ])("%s", async (_what, task, completedAt, due) => {
    const { next } = await following(task, completedAt);
    expect(next.due).toBe(due);
  });
});

it("makes nothing of a task that does not repeat, and of one that is gone by then", async () => {
  const user = `user-${++users}`;
  const { id } = await create(user, { due: "2026-11-18" });
  await completedAgain(await complete(user, id));
  const repeating = await create(user, { due: "2026-11-18", ...rule("FREQ=DAILY") });
  await remove(user, repeating.id);
  await completedAgain({ ...repeating, status: "completed", version: repeating.version + 2 });
  await settled();
  expect(await open(user)).toEqual([]);
});

it("may ask tasks for successors and for nothing else", async () => {
  const user = `user-${++users}`;
  const { id } = await create(user, {});
  const refused = await system().sidecar("recurring", `/v1.0/invoke/tasks/method/v1/tasks/${id}`);
  expect(refused.status).toBe(403);
  const toGateway = await system().sidecar("recurring", "/v1.0/invoke/gateway/method/internal/jwks");
  expect(toGateway.status).toBe(403);
});
