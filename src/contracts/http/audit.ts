/** The API of audit: what happened to a user's things, the proof that nothing of it was altered, and statistics. */
import * as z from "zod/mini";
import { chatEvents, reminders, taskEvents, userEvents } from "../events/index.ts";
import { instant, localDate, timeZone, uuid } from "../primitives.ts";
import { httpApi, json, operation, stream } from "./define.ts";

/** Every type that is kept, e.g. `dev.todo.task.completed.v1`. */
export const auditedTypes = [...taskEvents.types, ...reminders.types, ...chatEvents.types, ...userEvents.types];

const auditedType = z.enum(auditedTypes as [string, ...string[]]);

/** `chat`: the assistant, for the user. `system`: what follows by itself, such as the next occurrence or a reminder. */
const actor = z.enum(["user", "chat", "system"]);

/** SHA-256 in lower-case hex. */
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** `null` until it is chained, a moment after it was recorded. */
const place = z.nullable(z.object({ sequence: z.int().check(z.minimum(1)), hash: digest }));

export const auditEvent = z.object({
  id: uuid,
  /** CloudEvents type, e.g. `dev.todo.task.completed.v1`. */
  type: z.string(),
  time: instant,
  by: actor,
  /** One English sentence without the title, e.g. `Task completed`. */
  summary: z.string(),
  taskId: z.nullable(uuid),
  conversationId: z.nullable(uuid),
  /** What the task was called then; null where the event is about no task or says no title. */
  title: z.nullable(z.string()),
  /** Fields that an update changed. */
  changed: z.array(z.string()),
  /** Tool that the assistant used, or wanted to use. */
  tool: z.nullable(z.string()),
  chain: place,
});

export const auditPage = z.object({
  /** Newest first. */
  items: z.array(auditEvent),
  /** Give it back as `cursor`, with the same filter, for the next page; null at the end. */
  nextCursor: z.nullable(z.string()),
});

/** What is wrong with a chain, and where. */
export const chainBreak = z.object({
  kind: z.enum([
    "altered",
    "missing",
    "payload-altered",
    "payload-missing",
    "tail-missing",
    "head-altered",
    "seal-altered",
  ]),
  /** Place in the user's chain, counted from 1; of `seal-altered` the number of the seal. */
  sequence: z.int(),
  detail: z.string(),
});

export const MAX_BREAKS = 100;

export const verification = z.object({
  valid: z.boolean(),
  checkedAt: instant,
  /** Events in the chain. */
  events: z.int(),
  /** Recorded and not chained yet. */
  pending: z.int(),
  head: place,
  /** The first 100. */
  breaks: z.array(chainBreak).check(z.maxLength(MAX_BREAKS)),
});

const count = z.int().check(z.minimum(0));

export const MAX_STATISTICS_DAYS = 366;

export const statistics = z.object({
  timeZone,
  /** The user's date now; the last of `days`. */
  today: localDate,
  /** Oldest first, without gaps. A completion that was undone does not count. */
  days: z.array(z.object({ date: localDate, created: count, completed: count })),
  totals: z.object({ created: count, completed: count }),
  /** Open tasks past their due date now. */
  overdue: count,
  /** Days in a row with a completed task; the current one may end yesterday, as today is not over. */
  streak: z.object({ current: count, longest: count }),
});

export const MAX_AUDIT_PAGE = 100;

export const auditApi = httpApi({
  service: "audit",
  title: "Audit",
  version: "1.0.0",
  schemas: { AuditEvent: auditEvent, AuditPage: auditPage, Verification: verification, Statistics: statistics },
  operations: {
    events: operation({
      method: "get",
      path: "/v1/audit/events",
      summary: "What happened, newest first, page by page",
      query: z.object({
        /** Of several any. */
        type: z.optional(z.array(auditedType).check(z.maxLength(20))),
        taskId: z.optional(uuid),
        /** Included. */
        from: z.optional(instant),
        /** Not included. */
        to: z.optional(instant),
        limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_AUDIT_PAGE)), 50),
        cursor: z.optional(z.string().check(z.maxLength(2_000))),
      }),
      responses: { 200: json(auditPage) },
    }),
    verification: operation({
      method: "get",
      path: "/v1/audit/verification",
      summary: "Verify your chain: every event, from the first to the head",
      responses: { 200: json(verification) },
      errors: ["unavailable"],
    }),
    statistics: operation({
      method: "get",
      path: "/v1/statistics",
      summary: "Tasks created and completed a day, overdue tasks and streaks",
      query: z.object({
        days: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_STATISTICS_DAYS)), 30),
      }),
      responses: { 200: json(statistics) },
    }),
    export: operation({
      method: "get",
      path: "/v1/export",
      summary: "Everything that audit keeps of you, one JSON document a line",
      responses: { 200: stream("application/x-ndjson") },
    }),
  },
});

export type AuditEvent = z.output<typeof auditEvent>;
export type AuditPage = z.output<typeof auditPage>;
export type ChainBreak = z.output<typeof chainBreak>;
export type Verification = z.output<typeof verification>;
export type Statistics = z.output<typeof statistics>;
