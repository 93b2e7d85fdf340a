/** Counts of quarters of an hour as days of a time zone, and rows of days. */
import { Temporal } from "temporal-polyfill";
import type { Statistics } from "#contracts/http/audit";
import { addDays } from "#recurrence/local";

export interface Quarter {
  readonly quarter: Date;
  readonly created: number;
  readonly completed: number;
}

type Counts = Omit<Statistics["days"][number], "date">;

const DAY_MS = 86_400_000;
const NANOSECONDS_PER_MS = 1e6;

/** Counts by local date. @param quarters oldest first */
export function byDay(quarters: readonly Quarter[], timeZone: string): ReadonlyMap<string, Counts> {
  const days = new Map<string, Counts>();
  const localDate = localDates(timeZone);
  for (const { quarter, created, completed } of quarters) {
    const date = localDate(quarter);
    const known = days.get(date) ?? { created: 0, completed: 0 };
    days.set(date, { created: known.created + created, completed: known.completed + completed });
  }
  return days;
}

/**
 * Dates of instants that come in order. Asks for the zone's rules once a clock change instead of once an instant: a long history
 * has tens of thousands of them.
 */
function localDates(timeZone: string): (instant: Date) => string {
  let [offset, until] = [0, Number.NEGATIVE_INFINITY];
  return (instant) => {
    const milliseconds = instant.getTime();
    if (milliseconds >= until) {
      const there = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timeZone);
      offset = there.offsetNanoseconds / NANOSECONDS_PER_MS;
      until = there.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
    }
    return new Date(milliseconds + offset).toISOString().slice(0, 10);
  };
}

/** @param dates days on which a task was completed; today's may be among them, and must not for a streak to go on */
export function streaksOf(dates: Iterable<string>, today: string): Statistics["streak"] {
  const numbers = [...new Set(dates)].map(dayNumber).sort((a, b) => a - b);
  let [longest, run, last] = [0, 0, Number.NaN];
  for (const number of numbers) {
    run = number === last + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
    last = number;
  }
  return { current: last >= dayNumber(today) - 1 ? run : 0, longest };
}

const dayNumber = (date: string): number => Date.parse(date) / DAY_MS;

/** The days up to today, those on which nothing happened too. */
export const lastDays = (counts: ReadonlyMap<string, Counts>, today: string, days: number): Statistics["days"] =>
  Array.from({ length: days }, (_, i) => {
    const date = addDays(today, i + 1 - days);
    return { date, ...(counts.get(date) ?? { created: 0, completed: 0 }) };
  });
