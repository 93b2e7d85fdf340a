/** A small run in which nothing was lost: one task that repeats, its successor, one that reminds, poison, an old state. */
import type { EventRecord, Evidence } from "../e2e/chaos/evidence.ts";
import { subscribersOf } from "../e2e/chaos/inject.ts";

const ADA = "ada";
const BOB = "bob";
export const RENT = "11111111-1111-4111-8111-111111111111";
export const NEXT_RENT = "22222222-2222-4222-8222-222222222222";
export const BANK = "33333333-3333-4333-8333-333333333333";
export const POISON = "44444444-4444-4444-8444-444444444444";
export const NO_JSON = "55555555-5555-4555-8555-555555555555";
export const OLD_STATE = "66666666-6666-4666-8666-666666666666";
const DUE = Date.parse("2026-11-21T10:00:00Z");

let offset = 0;
const event = (id: string, topic: string, type: string, subject: string, version: number, more: object = {}) => {
  const data = { subject, version, ...more };
  const about = { topic, partition: 0, offset: offset++, source: "/todo/tasks" };
  const record: EventRecord = { ...about, id, type, subject, version, userId: ADA, data };
  return record;
};

const published: readonly EventRecord[] = [
  { ...event("u1", "user-events", "dev.todo.user.created.v1", ADA, 1) },
  { ...event("u2", "user-events", "dev.todo.user.created.v1", BOB, 1), userId: BOB },
  event("e1", "task-events", "dev.todo.task.created.v1", RENT, 1),
  event("e2", "task-events", "dev.todo.task.completed.v1", RENT, 2),
  event("e3", "task-events", "dev.todo.task.recurring_task_created.v1", NEXT_RENT, 1),
  event("e4", "task-events", "dev.todo.task.created.v1", BANK, 1),
  // The very same once more, and an old state as if it were news.
  event("e2", "task-events", "dev.todo.task.completed.v1", RENT, 2),
  event(OLD_STATE, "task-events", "dev.todo.task.created.v1", RENT, 1),
  event(POISON, "task-events", "dev.todo.chaos.made_up.v1", POISON, 1),
  event("s1", "task-updates", "dev.todo.screen.task_changed.v1", RENT, 1),
  event("s2", "task-updates", "dev.todo.screen.task_changed.v1", RENT, 2),
  event("s3", "task-updates", "dev.todo.screen.task_changed.v1", NEXT_RENT, 1),
  event("s4", "task-updates", "dev.todo.screen.task_changed.v1", BANK, 1),
  event("r1", "reminders", "dev.todo.reminder.scheduled.v1", BANK, 1),
  { ...event("r2", "reminders", "dev.todo.reminder.sent.v1", BANK, 1), source: "/todo/notifications" },
];

const once = [...new Map(published.filter(({ id }) => id !== POISON).map((each) => [each.id, each])).values()];
const audited = once.filter(({ topic }) => topic !== "task-updates");
const entries = published
  .filter(({ topic }) => topic === "task-updates")
  .map(({ userId, type, data }, index) => ({ userId, seq: index + 1, type, data }));

const task = (id: string, version: number, more: object = {}) =>
  ({
    id,
    userId: ADA,
    title: id.slice(0, 4),
    status: "open",
    version,
    predecessorId: null,
    deleted: false,
    ...more,
  }) as const;
const told = (id: string, version: number, more: object = {}) =>
  ({
    ...{ id, userId: ADA, title: id.slice(0, 4), status: "open", version, repeats: false },
    ...{ reminder: "none", remindAt: new Date(DUE).toISOString() },
    ...more,
  }) as Evidence["loaded"]["tasks"][number];

export const whole: Evidence = {
  loaded: {
    tasks: [told(RENT, 2, { status: "completed", repeats: true }), told(BANK, 1, { reminder: "due" })],
    newcomers: [BOB],
    blames: [],
    unanswered: [],
  },
  users: [ADA, BOB],
  injected: [
    { kind: "duplicate", topic: "task-events", id: "e2" },
    { kind: "stale", topic: "task-events", id: OLD_STATE },
    { kind: "poison", topic: "task-events", id: POISON, form: "unknown type" },
    { kind: "poison", topic: "task-updates", id: NO_JSON, form: "no JSON" },
  ],
  tasks: [task(RENT, 2, { status: "completed" }), task(NEXT_RENT, 1, { predecessorId: RENT }), task(BANK, 1)],
  events: published,
  deadLetters: [
    ...subscribersOf("task-events").map(() => JSON.stringify({ id: POISON })),
    ...subscribersOf("task-updates").map(() => `{ ${NO_JSON}`),
  ],
  offsets: [
    { consumer: "audit", topic: "task-events", partition: 0, committed: "9", end: "9" },
    { consumer: "audit", topic: "task-events", partition: 1, committed: null, end: "0" },
  ],
  outbox: [],
  inbox: once.flatMap(({ id, topic }) => subscribersOf(topic).map((service) => ({ service, topic, eventId: id }))),
  poison: subscribersOf("task-events").map((service) => {
    return { service, topic: "task-events", eventId: POISON, reason: "unknown event type" };
  }),
  audit: audited.map(({ id, userId, type }, index) => {
    const sequence = audited.slice(0, index + 1).filter((each) => each.userId === userId).length;
    return { id, userId, type, sequence };
  }),
  auditVerification: { code: 0, stdout: "whole", stderr: "" },
  notifications: [{ taskId: BANK, sentAt: DUE + 40, fireAt: DUE }],
  feed: entries,
  screens: [{ userId: ADA, from: 1, frames: entries.slice(1) as never, resets: 0, connections: 2 }],
};

export { ADA, BOB, DUE };
