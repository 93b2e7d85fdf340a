/**
 * Clocks that jump, for a day ahead and for hours back, as after a pause of the machine or a bad time server. In one process,
 * because a running service takes its clock from nobody.
 */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { type ManualClock, manualClock } from "#kit/clock";
import { service as notifications } from "#services/notifications/service";
import { service as recurring } from "#services/recurring/service";
import { service as tasks } from "#services/tasks/service";
import { contextOf, eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { callsTo } from "#test/notifications/support";
import { type Random, randomOf } from "../e2e/chaos/random.ts";

const START = Date.parse("2026-03-28T22:00:00Z");
const HOUR_MS = 3_600_000;
const STEPS = 40;
const USER = "ada";

let system: TestSystem;
const clock: ManualClock = manualClock(new Date(START));
/** The furthest that anybody has seen. */
let latest = START;

beforeAll(async () => {
  system = await startSystem([tasks, recurring, notifications], { clock });
});
afterAll(() => system?.stop());

const call = callsTo(() => system, "tasks");

const jump = (milliseconds: number): void => {
  clock.advance(milliseconds);
  latest = Math.max(latest, clock.now().getTime());
};

/** Sweeps come by their own clock, before and after whatever is on its way. */
const sweep = async (): Promise<void> => {
  const { status } = await system.request("notifications", "/cron/reminder-sweep", {
    method: "POST",
    headers: { "dapr-api-token": system.appToken },
  });
  expect(status).toBe(200);
};

interface Made {
  readonly id: string;
  readonly due: number;
  readonly repeats: boolean;
}

async function make(random: Random): Promise<Made> {
  const due = Math.ceil((clock.now().getTime() + random.between(-2 * HOUR_MS, 30 * HOUR_MS)) / 60_000) * 60_000;
  const repeats = random.next() < 0.4;
  const { status, body } = await call<Task>(USER, "POST", "/v1/tasks", {
    title: `task ${random.between(1, 1_000_000)}`,
    timeZone: "UTC",
    due: new Date(due).toISOString().slice(0, 16),
    reminder: { minutesBefore: 0 },
    ...(repeats ? { recurrence: { rrule: "FREQ=DAILY", anchor: "schedule" } } : {}),
  });
  expect(status).toBe(201);
  if (repeats) expect((await call(USER, "POST", `/v1/tasks/${body.id}/complete`)).status).toBe(200);
  return { id: body.id, due, repeats };
}

async function settled(): Promise<void> {
  await eventually(async () => {
    const left = [
      await contextOf(system, tasks).db.selectFrom("outbox").select("id").execute(),
      await contextOf(system, notifications).db.selectFrom("outbox").select("id").execute(),
    ];
    expect(left).toEqual([[], []]);
  });
}

it.each([1, 2, 3])(
  "bring every reminder once and never early, and one successor each (seed %d)",
  async (seed) => {
    const random = randomOf(seed);
    const made: Made[] = [];
    for (let step = 0; step < STEPS; step++) {
      made.push(await make(random));
      if (random.next() < 0.5)
        jump(random.pick([-3 * HOUR_MS, -60_000, 60_000, HOUR_MS, 24 * HOUR_MS]) * random.next());
      if (random.next() < 0.3) await sweep();
    }
    const ids = new Set(made.map(({ id }) => id));
    await settled();
    clock.set(new Date(latest));
    const before = latest;
    jump(14 * 24 * HOUR_MS);
    const open = made.filter(({ repeats }) => !repeats);
    const { db } = contextOf(system, notifications);
    await eventually(async () => {
      // Who holds a reminder and did not come to an end lets go of it by this clock.
      jump(HOUR_MS);
      await sweep();
      const waiting = await db.selectFrom("reminders").select("id").where("state", "=", "scheduled").execute();
      expect(waiting).toEqual([]);
      await settled();
    });

    const sent = (await db.selectFrom("notifications").selectAll().execute()).filter((each) => ids.has(each.task_id));
    const reminders = await db.selectFrom("reminders").selectAll().execute();
    for (const { task_id, sent_at } of sent) {
      const fired = reminders.find((reminder) => reminder.task_id === task_id && reminder.state === "fired");
      expect([task_id, sent_at >= (fired?.fire_at ?? sent_at)]).toEqual([task_id, true]);
    }
    // What was due in the past when it was made reminds of nothing any more; everything else does, once.
    const reminded = sent.map(({ task_id }) => task_id);
    expect(new Set(reminded).size).toBe(reminded.length);
    const scheduled = new Set(reminders.filter(({ state }) => state === "fired").map(({ task_id }) => task_id));
    expect(open.filter(({ id }) => scheduled.has(id) !== reminded.includes(id))).toEqual([]);
    expect(open.filter(({ id, due }) => due > before && !reminded.includes(id))).toEqual([]);

    const rows = await contextOf(system, tasks).db.selectFrom("tasks").select(["predecessor_id"]).execute();
    const successors = rows.flatMap(({ predecessor_id: id }) => (id !== null && ids.has(id) ? [id] : []));
    expect(successors.sort()).toEqual(made.flatMap(({ id, repeats }) => (repeats ? [id] : [])).sort());
  },
  180_000,
);
