/**
 * Value shapes shared by event and HTTP contracts. Written with `zod/mini`, so that the browser can validate with the same
 * schemas at a fraction of the size.
 */
import * as z from "zod/mini";

/** RFC 9562 UUID, any version: time-ordered v7 for new rows, v5 where an id is derived. */
export const uuid = z.uuid();

/** Opaque identifier of a user; carries no address or name. */
export const userId = z.string().check(z.minLength(1), z.maxLength(64));

/** RFC 3339 instant in UTC, e.g. `2026-11-19T08:00:00.000Z`. */
export const instant = z.iso.datetime();

/** Calendar date without a zone, e.g. `2026-11-19`. */
export const localDate = z.iso.date();

/** Wall-clock minute without a zone, e.g. `2026-11-19T09:00`. */
export const localDateTime = z.string().check(
  z.regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/),
  z.refine((minute) => z.safeParse(localDate, minute.slice(0, 10)).success, "the calendar has no such day"),
);

/** Wall-clock time of day, e.g. `09:00`. */
export const localTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/));

/** When a task is due: a day, or a minute of a day; always read in the task's own time zone. */
export const due = z.union([localDate, localDateTime]);

/** Making a formatter takes 50 microseconds (measured), and every event and token names a zone. */
const knownZones = new Set<string>();

function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return false;
  }
  knownZones.add(name);
  return true;
}

/** IANA time zone name, e.g. `Europe/Berlin`. */
export const timeZone = z
  .string()
  .check(z.maxLength(64), z.refine(isTimeZone, "unknown time zone: use an IANA name such as Europe/Berlin"));

/** Version of an aggregate: 1 when it is made, one more with every change. */
export const aggregateVersion = z.int().check(z.minimum(1));
