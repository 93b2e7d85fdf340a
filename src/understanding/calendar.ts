/**
 * Proleptic Gregorian arithmetic on day numbers (days since 1970-01-01). Plain integers instead of Temporal: the
 * browser parses at every keystroke, and a polyfill would be most of what it downloads for that.
 */
export type Day = number;

export interface Civil {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly date: number;
}

const MS_PER_DAY = 86_400_000;

export function dayOf(year: number, month: number, date: number): Day {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, date);
  return Math.floor(at.getTime() / MS_PER_DAY);
}

export function civil(day: Day): Civil {
  const at = new Date(day * MS_PER_DAY);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() };
}

export function daysInMonth(year: number, month: number): number {
  return civil(dayOf(year, month + 1, 0)).date;
}

/** The day, or `undefined` where the month has no such date (30 February). */
export function validDay(year: number, month: number, date: number): Day | undefined {
  if (month < 1 || month > 12 || date < 1 || date > daysInMonth(year, month)) return undefined;
  return dayOf(year, month, date);
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export function weekday(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The Monday of the day's ISO week. */
export function weekStart(day: Day): Day {
  return day - weekday(day) + 1;
}

/** Same date some months later, clamped to the month's last day (31 January + 1 month is 28 or 29 February). */
export function addMonths(day: Day, months: number): Day {
  const { year, month, date } = civil(day);
  const first = civil(dayOf(year, month + months, 1));
  return dayOf(first.year, first.month, Math.min(date, daysInMonth(first.year, first.month)));
}

/** The next day on or after `from` that is this weekday. */
export function onOrAfter(from: Day, isoWeekday: number): Day {
  return from + ((isoWeekday - weekday(from) + 7) % 7);
}

/** The n-th such weekday of a month; `-1` is the last. `undefined` where the month has no fifth. */
export function nthWeekday(year: number, month: number, n: number, isoWeekday: number): Day | undefined {
  if (n > 0) {
    const day = onOrAfter(dayOf(year, month, 1), isoWeekday) + (n - 1) * 7;
    return civil(day).month === month ? day : undefined;
  }
  const last = dayOf(year, month + 1, 0);
  return last - ((weekday(last) - isoWeekday + 7) % 7);
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** `2026-11-19` */
export function formatDay(day: Day): string {
  const { year, month, date } = civil(day);
  return `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
}

/** Minute of the day as `09:00` */
export function formatMinute(minute: number): string {
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** `2026-11-19`, or `2026-11-19T09:00` with a minute of the day */
export function formatDue(day: Day, minute?: number): string {
  return minute === undefined ? formatDay(day) : `${formatDay(day)}T${formatMinute(minute)}`;
}
