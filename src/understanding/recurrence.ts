import { readDistantBounds, readTail, type Tail } from "./bounds.ts";
import { civil, type Day, formatDue } from "./calendar.ts";
import { holidayDateAt } from "./dates.ts";
import { intervalRule, monthDaysAt, onDaysAt, type Pattern, patternAt, weekdaysAt } from "./every.ts";
import { amountAt, endsBefore, isWord, lowerAt, type Match, ordinalAt, sequence, skip } from "./match.ts";
import type { Reading } from "./reading.ts";
import { firstOccurrence, formatRule, type Rule } from "./rule.ts";
import { timeAt } from "./times.ts";
import type { Token } from "./tokens.ts";
import type { Recurrence } from "./types.ts";
import { hourOf, momentOf, readTime, readWhen, type When } from "./when.ts";
import { PLURAL_WEEKDAYS, type Unit, WORKDAYS } from "./words.ts";
import type { Clock } from "./zone.ts";

interface Found extends Pattern {
  readonly anchor: "schedule" | "completion";
}

const ADVERBS: ReadonlyMap<string, readonly [Unit, number]> = new Map([
  ["hourly", ["hour", 1]],
  ["daily", ["day", 1]],
  ["weekly", ["week", 1]],
  ["biweekly", ["week", 2]],
  ["fortnightly", ["week", 2]],
  ["monthly", ["month", 1]],
  ["quarterly", ["quarter", 1]],
  ["yearly", ["year", 1]],
  ["annually", ["year", 1]],
]);

/** `every friday`, `every! 3 days`, `each month`, `everyday`, `once a week`, `after 10 days` */
function everyAt(reading: Reading, i: number): Match<Found> | undefined {
  const { tokens } = reading;
  const once = skip(tokens, i, "once");
  if (isWord(tokens, once, "every", "ev", "each", "every!", "ev!")) {
    const found = clockedPattern(reading, once + 1) ?? patternAt(tokens, once + 1) ?? holidayPattern(reading, once + 1);
    const pattern = found && withoutDays(tokens, found);
    if (pattern === undefined) return undefined;
    const anchor = lowerAt(tokens, once).endsWith("!") ? "completion" : "schedule";
    return { to: pattern.to, value: { ...pattern.value, anchor } };
  }
  if (isWord(tokens, i, "everyday") && endsBefore(tokens, i + 1)) {
    return { to: i + 1, value: { rule: { freq: "DAILY", interval: 1 }, anchor: "schedule" } };
  }
  const single = sequence(tokens, i, "once", "a|per", "day|week|month|year|quarter");
  if (single !== undefined) {
    const rule = intervalRule(lowerAt(tokens, single - 1) as Unit, 1);
    return (
      rule && {
        to: onDaysAt(tokens, single, rule)?.to ?? single,
        value: { rule: onDaysAt(tokens, single, rule)?.value ?? rule, anchor: "schedule" },
      }
    );
  }
  if (isWord(tokens, i, "after")) {
    const amount = amountAt(tokens, i + 1);
    const rule =
      amount && amount.value.unit !== "hour" ? intervalRule(amount.value.unit, amount.value.count) : undefined;
    return amount && rule && endsBefore(tokens, amount.to)
      ? { to: amount.to, value: { rule, anchor: "completion" } }
      : undefined;
  }
  return undefined;
}

/** `every halloween` */
function holidayPattern({ tokens, clock }: Reading, i: number): Match<Pattern> | undefined {
  const found = holidayDateAt(tokens, i, clock);
  if (found === undefined) return undefined;
  const { month, date } = civil(found.value.day);
  return { to: found.to, value: { rule: { freq: "YEARLY", interval: 1, byMonth: [month], byMonthDay: [date] } } };
}

/** `every day except weekends`: the other days of the week. What else is left out has no rule, so nothing is read. */
function withoutDays(tokens: readonly Token[], found: Match<Pattern>): Match<Pattern> | undefined {
  const except = sequence(tokens, found.to, "except|excluding") ?? sequence(tokens, found.to, "but", "not");
  if (except === undefined) return found;
  const { rule } = found.value;
  const at = skip(tokens, except, "for", "on");
  const weekend = isWord(tokens, at, "weekend", "weekends") ? { to: at + 1, value: [6, 7] } : undefined;
  const left = weekend ?? weekdaysAt(tokens, at);
  const all =
    rule.freq === "DAILY" && rule.interval === 1
      ? [1, 2, 3, 4, 5, 6, 7]
      : rule.byDay?.length === 5 && rule.freq === "WEEKLY"
        ? WORKDAYS
        : [];
  const days = all.filter((day) => left !== undefined && !left.value.includes(day));
  if (left === undefined || days.length === 0) return undefined;
  return {
    to: left.to,
    value: { ...found.value, rule: { freq: "WEEKLY", interval: 1, byDay: days.map((day) => ({ day })) } },
  };
}

/** `every 9am`, `every @ 20:00`: daily at that time. The time itself is read later. */
function clockedPattern(reading: Reading, i: number): Match<Pattern> | undefined {
  const found = timeAt(reading.tokens, i, false);
  if (found === undefined || isWord(reading.tokens, i, "in", "this", "tonight")) return undefined;
  return { to: i, value: { rule: { freq: "DAILY", interval: 1 } } };
}

/** `3rd friday of every month`, `the 1st of each month`, `on mondays`, `on weekdays` */
function turnedAt(reading: Reading, i: number): Match<Found> | undefined {
  const { tokens } = reading;
  const start = skip(tokens, skip(tokens, i, "on"), "the");
  if (ordinalAt(tokens, start)) {
    const found = patternAt(tokens, start) ?? monthDaysAt(tokens, start);
    const of = found && isWord(tokens, found.to - 1, "month") && isWord(tokens, found.to - 2, "every", "each");
    if (!found || !of) return undefined;
    return {
      to: found.to,
      value: { rule: "rule" in found.value ? found.value.rule : found.value, anchor: "schedule" },
    };
  }
  if (!isWord(tokens, i, "on")) return undefined;
  if (isWord(tokens, i + 1, "weekdays", "workdays")) {
    return {
      to: i + 2,
      value: { rule: { freq: "WEEKLY", interval: 1, byDay: WORKDAYS.map((day) => ({ day })) }, anchor: "schedule" },
    };
  }
  if (isWord(tokens, i + 1, "weekends")) {
    return { to: i + 2, value: { rule: { freq: "WEEKLY", interval: 1, byDay: [{ day: 6 }] }, anchor: "schedule" } };
  }
  const days = PLURAL_WEEKDAYS.has(lowerAt(tokens, i + 1)) ? weekdaysAt(tokens, i + 1) : undefined;
  return (
    days && {
      to: days.to,
      value: { rule: { freq: "WEEKLY", interval: 1, byDay: days.value.map((day) => ({ day })) }, anchor: "schedule" },
    }
  );
}

/** `monthly` where it says how often, not which report: at the end, or before a word that joins. */
function adverbAt(reading: Reading, i: number): Match<Found> | undefined {
  const { tokens } = reading;
  const [unit, count] = ADVERBS.get(lowerAt(tokens, i)) ?? [];
  const rule = unit && count ? intervalRule(unit, count) : undefined;
  if (rule === undefined) return undefined;
  const days = onDaysAt(tokens, i + 1, rule);
  if (days) return { to: days.to, value: { rule: days.value, anchor: "schedule" } };
  const before = reading.wordBefore(i);
  const described = ["a", "an", "the", "my", "our", "your", "this", "twice", "bi", "semi"].includes(before);
  if (
    described ||
    !endsBefore(tokens, i + 1) ||
    (isWord(tokens, i + 1, "and", "or", "for", "p1", "p2", "p3", "p4", ":") && i === 0)
  )
    return undefined;
  return { to: i + 1, value: { rule, anchor: "schedule" } };
}

function coreAt(reading: Reading, i: number): Match<Found> | undefined {
  return everyAt(reading, i) ?? turnedAt(reading, i) ?? adverbAt(reading, i);
}

export interface RecurrenceReading {
  readonly recurrence: Recurrence;
  /** The first occurrence, where the text fixes one. */
  readonly due?: string;
}

/** Finds and claims the first recurrence of the text, with its bounds, its time and the date it starts on. */
export function readRecurrence(reading: Reading): RecurrenceReading | undefined {
  for (let i = 0; i < reading.tokens.length; i++) {
    const found = coreAt(reading, i);
    if (found === undefined) continue;
    reading.claim(i, found.to, "recurrence");
    const tail = readTail(reading, found.to);
    const bounds = { ...tail.bounds, ...readDistantBounds(reading) };
    return resolve(reading, { ...found.value, anchor: tail.anchor ?? found.value.anchor }, { ...tail, bounds });
  }
  return undefined;
}

function resolve(reading: Reading, found: Found, { bounds, time: said }: Tail): RecurrenceReading {
  const { clock } = reading;
  // A rule that names its days takes no date from elsewhere: "every monday and thursday at 5pm" keeps its thursday.
  const timeOnly = bounds.start !== undefined || namesDays(found.rule);
  const when: When = timeOnly ? readTime(reading, said) : readWhen(reading, said);
  const time = when.time ?? (found.minute === undefined ? undefined : { minute: found.minute });
  const minute = time === undefined ? when.date?.minute : partOfDay(found.minute, hourOf(time, reading));
  const start = bounds.start ?? when.date?.day ?? clock.today;
  const end = {
    ...(bounds.count === undefined ? {} : { count: bounds.count }),
    ...(minute === undefined ? {} : { minute }),
  };
  const build = (until: Day | undefined): Recurrence => ({
    rrule: formatRule(found.rule, { ...end, ...(until === undefined ? {} : { until }) }, clock.timeZone),
    anchor: found.anchor,
  });
  const first = firstDue(reading, found, {
    when,
    minute,
    start,
    fixed: bounds.start !== undefined || when.date !== undefined,
  });
  const until = bounds.until?.(start) ?? bounds.lasts?.(first?.day ?? start);
  const recurrence = build(until);
  return first === undefined ? { recurrence } : { recurrence, due: formatDue(first.day, first.minute) };
}

/** "every evening at 8": the part of the day decides the half. */
const partOfDay = (part: number | undefined, minute: number): number =>
  part !== undefined && part >= 720 && minute < 720 && minute >= 60 ? minute + 720 : minute;

interface Start {
  readonly when: When;
  readonly minute: number | undefined;
  readonly start: Day;
  /** The text names the day it starts on. */
  readonly fixed: boolean;
}

/** A rule in hours needs an hour to start from; 09:00 is where every date without a time counts from. */
const MORNING = 540;

const namesDays = (rule: Rule): boolean =>
  rule.byDay !== undefined || rule.byMonthDay !== undefined || rule.byMonth !== undefined;

function firstDue(
  reading: Reading,
  { rule, anchor }: Found,
  { minute, start, fixed }: Start,
): { day: Day; minute?: number } | undefined {
  const { clock } = reading;
  // "every! 3 days": counted from a completion that has not happened, so nothing says when the first one is.
  if (anchor === "completion" && !namesDays(rule) && !fixed && minute === undefined) return undefined;
  if (rule.freq === "HOURLY" && minute === undefined) {
    if (fixed) return { day: start, minute: MORNING };
    return clock.nextMinute < 1440
      ? { day: clock.today, minute: clock.nextMinute }
      : { day: clock.today + 1, minute: 0 };
  }
  const day = firstOccurrence(rule, start, minute, clock);
  return day === undefined ? undefined : minute === undefined ? { day } : { day, minute };
}

/** A date alone, without a recurrence. */
export function readDue(reading: Reading): string | undefined {
  const moment = momentOf(readWhen(reading), reading);
  return moment && formatDue(moment.day, moment.minute);
}

/** Rule and time of a recurring reminder: "remind me every friday at 9". */
export function recurringTime(
  reading: Reading,
  from: number,
  to: number,
  clock: Clock,
): { rrule: string; minute?: number; to: number } | undefined {
  const start = skip(reading.tokens, from, "on");
  const found =
    everyAt(reading, start) ??
    turnedAt(reading, from) ??
    (ADVERBS.has(lowerAt(reading.tokens, start)) ? adverbAt(reading, start) : undefined);
  if (found === undefined || found.to > to) return undefined;
  const time = timeAt(reading.tokens, found.to, true);
  const minute =
    time && time.to <= to ? partOfDay(found.value.minute, hourOf(time.value, reading)) : found.value.minute;
  const rrule = formatRule(found.value.rule, {}, clock.timeZone);
  return { rrule, to: time && time.to <= to ? time.to : found.to, ...(minute === undefined ? {} : { minute }) };
}
