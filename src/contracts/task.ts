/** The task as every service, event and screen sees it. */
import * as z from "zod/mini";
import { aggregateVersion, due, instant, localDate, localDateTime, localTime, timeZone, uuid } from "./primitives.ts";
import { MAX_SEARCH, MAX_TAG, PRIORITIES, STATUSES } from "./task-choices.ts";

export const priority = z.enum(PRIORITIES);

export const taskStatus = z.enum(STATUSES);

/** PostgreSQL's text has no U+0000 and UTF-8 no half of a surrogate pair. */
const storable = z.refine<string>(
  (text) => text.isWellFormed() && !text.includes("\0"),
  "holds a character that cannot be stored",
);

/** A tag without its sigil. */
export const tag = z.string().check(z.minLength(1), z.maxLength(MAX_TAG), z.regex(/^[^\s@#,!{}]+$/u), storable);

export const title = z.string().check(z.trim(), z.minLength(1), z.maxLength(500), storable);

export const notes = z.string().check(z.maxLength(20_000), storable);

/** Words, `"a phrase"` and `-unwanted` words. */
export const searchText = z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_SEARCH), storable);

/**
 * RFC 5545 recurrence rule without `RRULE:` and `DTSTART`. `schedule` counts from the due date, `completion` from the day
 * on which the task was completed.
 */
export const recurrence = z.object({
  rrule: z.string().check(z.minLength(5), z.maxLength(250), z.regex(/^FREQ=(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(;|$)/)),
  anchor: z.enum(["schedule", "completion"]),
});

/** Before the task is due, at a time of its own, or on a rhythm of its own. */
export const reminder = z.union([
  z.object({ minutesBefore: z.int().check(z.minimum(0), z.maximum(525_600)) }),
  z.object({ at: z.union([localTime, localDateTime]) }),
  z.object({ rrule: z.string().check(z.maxLength(250)), time: localTime }),
]);

export const task = z.object({
  id: uuid,
  /** Short number, counted per user from 1: what people say in "complete task 12". */
  number: z.int().check(z.minimum(1)),
  title,
  notes,
  status: taskStatus,
  priority,
  tags: z.array(tag).check(z.maxLength(20)),
  due: z.nullable(due),
  deadline: z.nullable(localDate),
  /** The zone in which `due`, `deadline` and `reminder` are read. */
  timeZone,
  recurrence: z.nullable(recurrence),
  reminder: z.nullable(reminder),
  /** The occurrence that this one follows, for tasks made by a recurrence. */
  predecessorId: z.nullable(uuid),
  version: aggregateVersion,
  createdAt: instant,
  updatedAt: instant,
  completedAt: z.nullable(instant),
});

export type Task = z.output<typeof task>;
export type Priority = z.output<typeof priority>;
export type Recurrence = z.output<typeof recurrence>;
export type Reminder = z.output<typeof reminder>;
