/** When a task that repeats is due again. */
import { Temporal } from "temporal-polyfill";
import type { Recurrence } from "#contracts/task";
import { addDays, dateOf, instantOf, isDateOnly, isInReach, localDateOf, localMinuteOf, timeOf } from "./local.ts";
import { isPastUntil, occurrencesOf } from "./occurrences.ts";
import { formatRule, parseRule, type Rule } from "./rule.ts";

export interface Occurrence {
  /** When the task is due: a date or a minute in `timeZone`; null where only its completion counts. */
  readonly due: string | null;
  /** Where the schedule puts it; differs from `due` when this one occurrence was moved. */
  readonly slot: string | null;
  readonly recurrence: Recurrence;
  readonly timeZone: string;
}

export interface NextOccurrence {
  readonly due: string;
  readonly slot: string;
  /** COUNT is what is left of it. */
  readonly recurrence: Recurrence;
}

/**
 * The occurrence after a completed one, always in the future: what was missed meanwhile is not made up for.
 * `schedule` continues the series from its slot, past the due date too if that was moved; `completion` counts from the day,
 * for hourly rules the minute, of the completion.
 * @returns undefined when the rule has ended
 * @throws RangeError for a rule that cannot be read, NoOccurrenceError for one that names no date within reach
 */
export function successorOf(task: Occurrence, completedAt: Date): NextOccurrence | undefined {
  const parsed = parseRule(task.recurrence.rrule);
  if (!parsed.ok) throw new RangeError(parsed.problem);
  return task.recurrence.anchor === "completion"
    ? afterCompletion(task, parsed.rule, completedAt)
    : onSchedule(task, parsed.rule, completedAt);
}

/**
 * The first occurrence of a rule for a task that was given no date, from today on.
 * @returns undefined when the rule has none in the future
 * @throws NoOccurrenceError for a rule that names no date within reach
 */
export function firstDue(rule: Rule, now: Date, timeZone: string): string | undefined {
  if (rule.freq === "HOURLY") return occurrencesOf(rule, localMinuteOf(now, timeZone), timeZone).after(now);
  const today = localDateOf(now, timeZone);
  const occurrences = occurrencesOf(rule, today, timeZone);
  return occurrences.after(occurrences.instantOf(addDays(today, -1)));
}

function onSchedule(task: Occurrence, rule: Rule, completedAt: Date): NextOccurrence | undefined {
  const slot = task.slot ?? task.due;
  if (slot === null) return undefined;
  const occurrences = occurrencesOf(rule, slot, task.timeZone);
  // Of a day the whole is past, of a minute what has begun.
  const now = isDateOnly(slot) ? occurrences.instantOf(localDateOf(completedAt, task.timeZone)) : completedAt;
  const due = occurrences.instantOf(ofKind(task.due ?? slot, slot));
  const base = latest(occurrences.instantOf(slot), due, now);
  if (rule.count === 1) return undefined;
  if (rule.count === undefined) return found(task, rule, occurrences.after(base));

  const next = occurrences.countedAfter(base, rule.count - 1);
  return found(task, { ...rule, count: rule.count - (next?.distance ?? 0) }, next?.local);
}

function afterCompletion(task: Occurrence, rule: Rule, completedAt: Date): NextOccurrence | undefined {
  const left = rule.count === undefined ? undefined : rule.count - 1;
  if (left === 0) return undefined;
  const { timeZone } = task;
  const rest = { ...rule, count: left };
  if (rule.freq === "HOURLY") {
    return found(task, rest, occurrencesOf(rule, localMinuteOf(completedAt, timeZone), timeZone).after(completedAt));
  }
  const day = localDateOf(completedAt, timeZone);
  const time = task.due === null ? undefined : timeOf(task.due);
  const at = (date: string): string => (time === undefined ? date : `${date}T${time}`);
  if (rule.parts.length === 0) return found(task, rest, distanceFrom(at(day), rule, timeZone));
  const occurrences = occurrencesOf(rule, at(day), timeZone);
  return found(task, rest, occurrences.after(occurrences.instantOf(time === undefined ? day : `${day}T23:59`)));
}

const UNITS = { DAILY: "days", WEEKLY: "weeks", MONTHLY: "months", YEARLY: "years", HOURLY: "hours" } as const;

/** A rule without further parts is a distance, and "a month after 31 January" is a day that exists. */
function distanceFrom(start: string, { freq, interval, until }: Rule, timeZone: string): string | undefined {
  const distant = Temporal.PlainDateTime.from(start).add({ [UNITS[freq]]: interval });
  const minute = distant.toString({ smallestUnit: "minute" });
  const next = isDateOnly(start) ? dateOf(minute) : localMinuteOf(instantOf(minute, timeZone), timeZone);
  return isInReach(next) && !isPastUntil(until, next, timeZone) ? next : undefined;
}

const found = (task: Occurrence, rule: Rule, next: string | undefined): NextOccurrence | undefined =>
  next === undefined
    ? undefined
    : { due: next, slot: next, recurrence: { rrule: formatRule(rule), anchor: task.recurrence.anchor } };

/** A task may have been moved from a day to a minute: compared with a day only the day counts. */
const ofKind = (local: string, like: string): string => {
  if (isDateOnly(like)) return dateOf(local);
  return isDateOnly(local) ? `${local}T00:00` : local;
};

const latest = (...instants: readonly Date[]): Date => new Date(Math.max(...instants.map(Number)));
