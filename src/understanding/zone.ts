import { type Day, dayOf } from "./calendar.ts";

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1440;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a text is read against: the wall clock of one zone at one instant. */
export interface Clock {
  readonly instant: number;
  readonly timeZone: string;
  readonly today: Day;
  /** Minute of the day, rounded down. */
  readonly minute: number;
  /** Minute of the day, rounded up: the first whole minute that is not in the past. */
  readonly nextMinute: number;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Minutes since 1970-01-01T00:00 on the zone's wall clock. */
function wallMinutes(instant: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
  return dayOf(year, month, day) * MINUTES_PER_DAY + hour * 60 + minute;
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * @throws RangeError with a message for the user when the instant has no offset or the zone is not an IANA name
 */
export function clockAt(now: string, timeZone: string): Clock {
  const instant = ISO_INSTANT.test(now) ? Date.parse(now) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new RangeError(`"${now}" is no instant: use ISO 8601 with an offset, such as 2026-11-18T10:00:00+01:00`);
  }
  try {
    formatOf(timeZone);
  } catch {
    throw new RangeError(`"${timeZone}" is no time zone: use an IANA name such as Europe/Berlin`);
  }
  const { day: today, minute } = localAt(instant, timeZone);
  return { instant, timeZone, today, minute, nextMinute: instant % MS_PER_MINUTE === 0 ? minute : minute + 1 };
}

/** The wall clock's day and minute at an instant. */
export function localAt(instant: number, timeZone: string): { day: Day; minute: number } {
  const wall = wallMinutes(instant, timeZone);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  return { day, minute: wall - day * MINUTES_PER_DAY };
}

/**
 * The instant of a wall-clock minute, or `undefined` where clocks were put forward over it. The earlier one where they
 * were put back and it happened twice, as RFC 5545 section 3.3.5 asks.
 */
export function instantOf(day: Day, minute: number, timeZone: string): number | undefined {
  const wall = day * MINUTES_PER_DAY + minute;
  const guess = wall * MS_PER_MINUTE;
  // Offsets a day earlier and later: every instant that shows this wall time has one of the two.
  const offsets = [guess - 86_400_000, guess + 86_400_000].map(
    (at) =>
      (wallMinutes(at, timeZone) * MS_PER_MINUTE - Math.floor(at / MS_PER_MINUTE) * MS_PER_MINUTE) / MS_PER_MINUTE,
  );
  const found = offsets
    .map((offset) => guess - offset * MS_PER_MINUTE)
    .filter((instant) => wallMinutes(instant, timeZone) === wall);
  return found.length === 0 ? undefined : Math.min(...found);
}

/**
 * A wall-clock minute that exists: one that was skipped is read with the offset before the gap (RFC 5545 section
 * 3.3.5), so 02:30 becomes 03:30 on the night in which 02:00 to 03:00 is left out.
 */
export function existing(day: Day, minute: number, timeZone: string): { day: Day; minute: number } {
  if (instantOf(day, minute, timeZone) !== undefined) return { day, minute };
  const before = (day * MINUTES_PER_DAY + minute) * MS_PER_MINUTE - 86_400_000;
  const offset = wallMinutes(before, timeZone) - Math.floor(before / MS_PER_MINUTE);
  return localAt((day * MINUTES_PER_DAY + minute - offset) * MS_PER_MINUTE, timeZone);
}
