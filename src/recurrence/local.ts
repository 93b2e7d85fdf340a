/** Wall-clock dates and minutes as contracts write them (`2026-11-19`, `2026-11-19T09:00`), and the instants they mean. */
import { Temporal } from "temporal-polyfill";

export const isDateOnly = (local: string): boolean => local.length === 10;

export const dateOf = (local: string): string => local.slice(0, 10);

/** @returns undefined for a date without a time */
export const timeOf = (local: string): string | undefined => (isDateOnly(local) ? undefined : local.slice(11));

/**
 * The instant of a minute in a zone. A time that a clock change skips is read with the offset before it, one that happens
 * twice is the first (RFC 5545 section 3.3.5, Temporal's `compatible`).
 */
export const instantOf = (local: string, timeZone: string): Date =>
  new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds);

/** The minute that clocks in the zone show, e.g. `2026-11-19T09:00`. */
export const localMinuteOf = (instant: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" });

export const localDateOf = (instant: Date, timeZone: string): string => dateOf(localMinuteOf(instant, timeZone));

/** @param days negative to go back */
export const addDays = (localDate: string, days: number): string =>
  Temporal.PlainDate.from(localDate).add({ days }).toString();

export const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(dateOf(from)).until(Temporal.PlainDate.from(dateOf(to)), { largestUnit: "days" }).days;

/** Whether the calendar has such a date or minute: no 30 February. */
export function isOnCalendar(local: string): boolean {
  try {
    Temporal.PlainDateTime.from(local, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

/** Dates that anybody can mean; far from where calendars, clocks and databases disagree. */
export const isInReach = (local: string): boolean => local >= "1900" && local < "2200";
