import { civil, type Day, dayOf, daysInMonth, formatDay, nthWeekday, weekday } from "./calendar.ts";
import { type Clock, instantOf } from "./zone.ts";

export type Frequency = "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** The parts of an RFC 5545 rule that the grammar can produce. */
export interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly byMonth?: readonly number[];
  readonly byMonthDay?: readonly number[];
  /** ISO weekdays; `nth` counts within the month, `-1` is the last. */
  readonly byDay?: readonly { readonly nth?: number; readonly day: number }[];
  readonly bySetPos?: readonly number[];
}

export interface Bounds {
  readonly start?: Day;
  /** Last day, included, as it is meant from the day of the start. */
  readonly until?: (start: Day) => Day;
  readonly count?: number;
  /** Length in days, counted from the first occurrence. */
  readonly lasts?: (first: Day) => Day;
}

const DAY_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/**
 * UNTIL has the value type of DTSTART (RFC 5545 section 3.3.10): a date for tasks without a time, else a UTC instant,
 * that of the occurrence on the last day.
 */
function untilPart(until: Day, minute: number | undefined, timeZone: string): string {
  const compact = formatDay(until).replaceAll("-", "");
  if (minute === undefined) return compact;
  const instant =
    instantOf(until, minute, timeZone) ?? instantOf(until, 1439, timeZone) ?? Date.UTC(1970, 0, 1 + until);
  return `${new Date(instant).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

const ascending = (values: readonly number[]): number[] =>
  [...new Set(values)].sort((a, b) => (a < 0 === b < 0 ? a - b : b - a));

/** The rule in the order FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, UNTIL or COUNT. */
export function formatRule(
  rule: Rule,
  end: { until?: Day; count?: number; minute?: number },
  timeZone: string,
): string {
  const parts = [`FREQ=${rule.freq}`];
  if (rule.interval > 1) parts.push(`INTERVAL=${rule.interval}`);
  if (rule.byMonth) parts.push(`BYMONTH=${ascending(rule.byMonth).join(",")}`);
  if (rule.byMonthDay) parts.push(`BYMONTHDAY=${ascending(rule.byMonthDay).join(",")}`);
  if (rule.byDay) {
    const codes = [...rule.byDay]
      .sort((a, b) => a.day - b.day || (a.nth ?? 0) - (b.nth ?? 0))
      .map(({ nth, day }) => `${nth ?? ""}${DAY_CODES[day - 1]}`);
    parts.push(`BYDAY=${[...new Set(codes)].join(",")}`);
  }
  if (rule.bySetPos) parts.push(`BYSETPOS=${ascending(rule.bySetPos).join(",")}`);
  if (end.until !== undefined) parts.push(`UNTIL=${untilPart(end.until, end.minute, timeZone)}`);
  else if (end.count !== undefined) parts.push(`COUNT=${end.count}`);
  return parts.join(";");
}

function matchesParts(rule: Rule, day: Day): boolean {
  const { year, month, date } = civil(day);
  if (rule.byMonth && !rule.byMonth.includes(month)) return false;
  if (rule.byMonthDay && !rule.byMonthDay.some((d) => (d > 0 ? d : daysInMonth(year, month) + 1 + d) === date))
    return false;
  if (rule.byDay === undefined) return true;
  return rule.byDay.some(({ nth, day: iso }) =>
    nth === undefined ? weekday(day) === iso : nthWeekday(year, month, nth, iso) === day,
  );
}

/** BYSETPOS counts within the rule's own period: a month or a year. */
function matchesPosition(rule: Rule, day: Day): boolean {
  if (rule.bySetPos === undefined) return true;
  const { year, month } = civil(day);
  const [from, to] =
    rule.freq === "YEARLY"
      ? [dayOf(year, 1, 1), dayOf(year, 12, 31)]
      : [dayOf(year, month, 1), dayOf(year, month + 1, 0)];
  const set: Day[] = [];
  for (let at = from; at <= to; at++) if (matchesParts(rule, at)) set.push(at);
  return rule.bySetPos.some((position) => set.at(position > 0 ? position - 1 : position) === day);
}

/** 29 February comes after eight years at the latest (1896, 1904). */
const SEARCH_DAYS = 366 * 8 + 2;

/**
 * The first day from `from` on that the rule names, on which the minute exists and is not past. RFC 5545 section
 * 3.3.10 leaves out occurrences whose local time was skipped by a clock change, and dates that a month does not have.
 */
export function firstOccurrence(rule: Rule, from: Day, minute: number | undefined, clock: Clock): Day | undefined {
  for (let day = from; day < from + SEARCH_DAYS; day++) {
    if (!matchesParts(rule, day) || !matchesPosition(rule, day)) continue;
    if (minute === undefined) return day;
    const instant = instantOf(day, minute, clock.timeZone);
    if (instant !== undefined && instant >= clock.instant) return day;
  }
  return undefined;
}

/** The union of dates in a year as one rule: months times dates, and BYSETPOS where that is too many. */
export function yearlyDates(dates: readonly { month: number; date: number }[]): Rule | undefined {
  const byMonth = ascending(dates.map(({ month }) => month));
  const byMonthDay = ascending(dates.map(({ date }) => date));
  const wanted = new Set(dates.map(({ month, date }) => month * 32 + date));
  if (dates.some(({ month, date }) => date < 1 || date > daysInMonth(2028, month))) return undefined;
  const all = byMonth
    .flatMap((month) => byMonthDay.map((date) => ({ month, date })))
    .filter(({ month, date }) => date <= daysInMonth(2028, month));
  const rule: Rule = { freq: "YEARLY", interval: 1, byMonth, byMonthDay };
  if (all.length === wanted.size) return rule;
  // Positions would move from year to year with 29 February among them.
  if (all.some(({ month, date }) => month === 2 && date === 29)) return undefined;
  const bySetPos = all.flatMap(({ month, date }, index) => (wanted.has(month * 32 + date) ? [index + 1] : []));
  return { ...rule, bySetPos };
}

/** `1st wed jan, 3rd thu jul` as one rule; only where the order within each month never changes. */
export function yearlyWeekdays(items: readonly { nth: number; day: number; month: number }[]): Rule | undefined {
  const byMonth = ascending(items.map(({ month }) => month));
  const kinds = [...new Map(items.map(({ nth, day }) => [`${nth}/${day}`, { nth, day }])).values()];
  const rule: Rule = { freq: "YEARLY", interval: 1, byMonth, byDay: kinds };
  if (kinds.length * byMonth.length === items.length) return rule;
  const order = (nth: number): number => (nth < 0 ? 6 : nth);
  const sorted = [...kinds].sort((a, b) => order(a.nth) - order(b.nth));
  if (new Set(kinds.map(({ nth }) => nth)).size < kinds.length || kinds.some(({ nth }) => nth === 5)) return undefined;
  const all = byMonth.flatMap((month) => sorted.map(({ nth, day }) => `${month}/${nth}/${day}`));
  const wanted = new Set(items.map(({ month, nth, day }) => `${month}/${nth}/${day}`));
  return { ...rule, bySetPos: all.flatMap((key, index) => (wanted.has(key) ? [index + 1] : [])) };
}
