/** When a task reminds, and what that means for the reminder that is scheduled. */
import { derivedId } from "#kit/clock";
import { addDays, dateOf, instantOf, isDateOnly, isInReach, localDateOf } from "#recurrence/local";
import { NoOccurrenceError, occurrencesOf } from "#recurrence/occurrences";
import { parseRule } from "#recurrence/rule";
import { isDaily } from "./fields.ts";
import { isActive, type TaskState } from "./state.ts";

export interface ScheduledReminder {
  readonly id: string;
  readonly taskId: string;
  readonly userId: string;
  /** What a claim must name. */
  readonly taskVersion: number;
  readonly fireAt: Date;
}

export interface ReminderPlan {
  readonly cancel: ScheduledReminder | undefined;
  readonly schedule: ScheduledReminder | undefined;
}

/**
 * The next moment at which the task reminds; undefined when there is none after `after`. A time that a clock change skips
 * fires that much later, one that comes twice at the first.
 * @param dayStart local time from which reminders of tasks that are due on a day count, e.g. `09:00`
 */
export function fireAtOf(task: TaskState, dayStart: string, after: Date): Date | undefined {
  const { reminder, due, timeZone } = task;
  if (!reminder || !isActive(task)) return undefined;
  if ("rrule" in reminder) return rhythm(task, reminder, after);
  const fireAt =
    "at" in reminder ? fixed(reminder.at, due, timeZone) : before(reminder.minutesBefore, due, timeZone, dayStart);
  return fireAt && fireAt > after ? fireAt : undefined;
}

/**
 * What to do after a change at `now`.
 * @param current the reminder that may still fire
 */
export const planAfterChange = (
  task: TaskState,
  dayStart: string,
  now: Date,
  current: ScheduledReminder | undefined,
): ReminderPlan => planReminder(task, current, wantedAfter(task, dayStart, now, current));

/**
 * A reminder whose time has come and that nobody has delivered yet is still wanted where the task says the same time: somebody who
 * changes the title meanwhile has not called it off.
 */
function wantedAfter(
  task: TaskState,
  dayStart: string,
  now: Date,
  current: ScheduledReminder | undefined,
): Date | undefined {
  if (current && current.fireAt <= now) {
    const again = fireAtOf(task, dayStart, new Date(current.fireAt.getTime() - 1));
    if (again?.getTime() === current.fireAt.getTime()) return again;
  }
  return fireAtOf(task, dayStart, now);
}

/** What to do when `wanted` is when the task reminds now. */
export function planReminder(
  task: TaskState,
  current: ScheduledReminder | undefined,
  wanted: Date | undefined,
): ReminderPlan {
  if (current && wanted && current.fireAt.getTime() === wanted.getTime())
    return { cancel: undefined, schedule: undefined };
  if (!wanted) return { cancel: current, schedule: undefined };
  const { id: taskId, userId, version: taskVersion } = task;
  // Derived, so that the same change planned twice is the same reminder.
  const id = derivedId(taskId, `reminder ${taskVersion} ${wanted.toISOString()}`);
  return { cancel: current, schedule: { id, taskId, userId, taskVersion, fireAt: wanted } };
}

function fixed(at: string, due: string | null, timeZone: string): Date | undefined {
  if (at.length > 5) return instantOf(at, timeZone);
  return due === null ? undefined : instantOf(`${dateOf(due)}T${at}`, timeZone);
}

function before(minutes: number, due: string | null, timeZone: string, dayStart: string): Date | undefined {
  if (due === null) return undefined;
  if (!isDateOnly(due)) return new Date(instantOf(due, timeZone).getTime() - minutes * 60_000);
  // Whole days before a day are days of the calendar: "the day before" is at the same time of day over a clock change.
  const days = Math.floor(minutes / 1_440);
  const start = instantOf(`${addDays(due, -days)}T${dayStart}`, timeZone);
  return new Date(start.getTime() - (minutes % 1_440) * 60_000);
}

/** Counted from the day on which the task was made. */
function rhythm(
  { createdAt, timeZone }: TaskState,
  { rrule, time }: { readonly rrule: string; readonly time: string },
  after: Date,
): Date | undefined {
  const parsed = parseRule(rrule);
  if (!parsed.ok || !isDaily(parsed.rule)) return undefined;
  const start = `${localDateOf(new Date(createdAt), timeZone)}T${time}`;
  try {
    const next = occurrencesOf(parsed.rule, start, timeZone).after(after);
    return next && isInReach(next) ? instantOf(next, timeZone) : undefined;
  } catch (error) {
    if (error instanceof NoOccurrenceError) return undefined;
    throw error;
  }
}
