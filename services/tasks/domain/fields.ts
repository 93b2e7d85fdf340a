/** Whether what a task says makes sense together, and what follows from it. */
import type { FieldProblem } from "#contracts/http/problem";
import type { Recurrence, Reminder } from "#contracts/task";
import { addDays, dateOf, instantOf, isDateOnly, isInReach, localDateOf } from "#recurrence/local";
import { NoOccurrenceError } from "#recurrence/occurrences";
import { parseRule, type Rule } from "#recurrence/rule";
import { firstDue, successorOf } from "#recurrence/successor";
import type { TaskFields } from "./state.ts";

export type Settled =
  | { readonly ok: true; readonly fields: TaskFields }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/**
 * Completes and checks the fields of a task: a task that repeats gets its first date, tags are unique, a time of day to be
 * reminded at gets a day where the task has none.
 * @param given the fields that the command names: only for them a lack is a mistake
 */
export function settle(fields: TaskFields, given: ReadonlySet<string>, now: Date): Settled {
  const problems: FieldProblem[] = [];
  const wrong = (path: string, message: string): void => void problems.push({ path, message });
  for (const name of ["due", "deadline"] as const) {
    const value = fields[name];
    if (value !== null && !isInReach(value)) wrong(name, "lies outside the years 1900 to 2199");
  }
  if (problems.length > 0) return { ok: false, problems };

  const due = dueOf(fields, given, now, wrong);
  const settled = { ...fields, due, tags: [...new Set(fields.tags)] };
  if (problems.length === 0 && settled.recurrence && given.has("recurrence"))
    checkNext(settled, settled.recurrence, now, wrong);
  const reminder =
    settled.reminder && given.has("reminder") ? reminderOf(settled, settled.reminder, now, wrong) : settled.reminder;
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fields: { ...settled, reminder } };
}

type Wrong = (path: string, message: string) => void;

/** A series on a schedule needs somewhere to begin: given no date, it begins at the first that the rule names. */
function dueOf(
  { due, recurrence, timeZone }: TaskFields,
  given: ReadonlySet<string>,
  now: Date,
  wrong: Wrong,
): string | null {
  if (!recurrence) return due;
  const parsed = parseRule(recurrence.rrule);
  if (!parsed.ok) {
    wrong("recurrence.rrule", parsed.problem);
    return due;
  }
  const needsTime = parsed.rule.freq === "HOURLY" || parsed.rule.parts.some(([name]) => /^BY(HOUR|MINUTE)$/.test(name));
  if (due !== null) {
    if (needsTime && isDateOnly(due)) wrong("due", "needs a time of day, as the rule names hours");
    return due;
  }
  if (recurrence.anchor === "completion") return null;
  if (!given.has("recurrence")) {
    wrong("due", "cannot be removed while the task repeats: remove the recurrence as well");
    return null;
  }
  if (needsTime && parsed.rule.freq !== "HOURLY") {
    wrong("due", "is needed, with a time of day, as the rule names hours");
    return null;
  }
  const first = found(() => firstDue(parsed.rule, now, timeZone));
  if (first === undefined) wrong("recurrence.rrule", "names no date in the future");
  return first ?? null;
}

/** Fails now and not on the day when the task is completed. */
function checkNext(fields: TaskFields, recurrence: Recurrence, now: Date, wrong: Wrong): void {
  const { due, timeZone } = fields;
  try {
    successorOf({ due, slot: due, recurrence, timeZone }, now);
  } catch (error) {
    if (!(error instanceof NoOccurrenceError)) throw error;
    wrong("recurrence.rrule", error.message);
  }
}

function reminderOf({ due, timeZone }: TaskFields, reminder: Reminder, now: Date, wrong: Wrong): Reminder {
  if ("minutesBefore" in reminder) {
    if (due === null) wrong("reminder", "a reminder before the due date needs a due date");
    return reminder;
  }
  if ("at" in reminder) {
    if (reminder.at.length > 5) {
      if (!isInReach(reminder.at)) wrong("reminder.at", "lies outside the years 1900 to 2199");
      return reminder;
    }
    if (due !== null) return reminder;
    const today = localDateOf(now, timeZone);
    const at = `${today}T${reminder.at}`;
    return { at: instantOf(at, timeZone) > now ? at : `${addDays(today, 1)}T${reminder.at}` };
  }
  const parsed = parseRule(reminder.rrule);
  if (!parsed.ok) wrong("reminder.rrule", parsed.problem);
  else if (!isDaily(parsed.rule)) wrong("reminder.rrule", "goes by days: give the time of day as time");
  else if (found(() => firstDue(parsed.rule, now, timeZone)) === undefined) {
    wrong("reminder.rrule", "names no date in the future");
  }
  return reminder;
}

export const isDaily = (rule: Rule): boolean =>
  rule.freq !== "HOURLY" && !rule.parts.some(([name]) => /^BY(HOUR|MINUTE)$/.test(name));

function found<T>(search: () => T | undefined): T | undefined {
  try {
    return search();
  } catch (error) {
    if (error instanceof NoOccurrenceError) return undefined;
    throw error;
  }
}

/** Where a series stands after a change: a new rule begins at the due date, and so does a change between day and minute. */
export function slotAfter(
  before: { readonly slot: string | null; readonly recurrence: Recurrence | null },
  fields: TaskFields,
): string | null {
  if (!fields.recurrence) return null;
  const sameRule = JSON.stringify(before.recurrence) === JSON.stringify(fields.recurrence);
  const { slot } = before;
  if (!sameRule || slot === null || fields.due === null || isDateOnly(slot) !== isDateOnly(fields.due))
    return fields.due;
  return slot;
}

/** An absolute reminder of an occurrence, as many days from the next one as it was from this. */
export function shiftedReminder(reminder: Reminder | null, days: number): Reminder | null {
  if (!reminder || !("at" in reminder) || reminder.at.length === 5) return reminder;
  return { at: `${addDays(dateOf(reminder.at), days)}T${reminder.at.slice(11)}` };
}
