import { Temporal } from "temporal-polyfill";
import { isDateOnly } from "#recurrence/local";
import type { Understanding } from "#understanding/types";

type By = NonNullable<Understanding["postponeBy"]>;

const DURATION = {
  minute: (count: number) => ({ minutes: count }),
  hour: (count: number) => ({ hours: count }),
  day: (count: number) => ({ days: count }),
  week: (count: number) => ({ weeks: count }),
  month: (count: number) => ({ months: count }),
  quarter: (count: number) => ({ months: 3 * count }),
  year: (count: number) => ({ years: count }),
} as const;

/**
 * A due date moved on, as the calendar counts; hours are real time, so a night with a clock change counts as long as it is.
 * @returns undefined where a date without a time would have to move by hours
 */
export function postponed(due: string, { count, unit }: By, timeZone: string): string | undefined {
  const duration = DURATION[unit](count);
  if (isDateOnly(due)) {
    if (unit === "minute" || unit === "hour") return undefined;
    return Temporal.PlainDate.from(due).add(duration).toString();
  }
  const moment = Temporal.PlainDateTime.from(due).toZonedDateTime(timeZone).add(duration);
  return moment.toPlainDateTime().toString({ smallestUnit: "minute" });
}
