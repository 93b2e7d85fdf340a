import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { understand } from "#understanding/understand";

const PATTERNS = [
  "every day",
  "every! 3 days",
  "every other day",
  "every weekday",
  "every weekend",
  "every mon, wed and fri",
  "every other tue",
  "every 3rd friday",
  "every 2nd and 4th tuesday",
  "every last day",
  "every last friday",
  "every last workday",
  "every 15th workday, first workday, last workday",
  "every 1st",
  "every 31st",
  "every 15th and 30th",
  "every 2, 15, 27",
  "every month",
  "every quarter",
  "every year",
  "every jan 27",
  "every feb 29",
  "every 14 jan, 14 apr, 15 jun, 15 sep",
  "every 1st wed jan, 3rd thu jul",
  "every 1st wed of january",
  "every 2 weeks on tuesday and thursday",
  "every month on the 15th",
  "every year on april 15",
  "every friday the 13th",
  "every day except sunday",
  "every 6 months",
  "quarterly",
  "monthly",
];
const TIMES = ["", "at 9am", "at 02:30", "at noon", "23:59"];
const BOUNDS = [
  "",
  "until dec 31 2033",
  "for 3 months",
  "5 times",
  "starting jan 3",
  "starting in 10 days for 2 years",
];
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];

const compact = (due: string): string => `${due.replaceAll(/[-:]/g, "")}${due.length > 10 ? "00" : "T000000"}`;

/** The occurrences from the due date on, as another implementation of RFC 5545 sees them. */
function occurrences(due: string, rrule: string, timeZone: string, count: number): string[] {
  const rule = new RRuleTemporal({ rruleString: `DTSTART;TZID=${timeZone}:${compact(due)}\nRRULE:${rrule}` });
  const from = Temporal.PlainDateTime.from(due).toZonedDateTime(timeZone).subtract({ minutes: 1 });
  const found: string[] = [];
  let at: Date | Temporal.ZonedDateTime = from;
  while (found.length < count) {
    const next = rule.next(at);
    if (next === null) break;
    found.push(next.toPlainDateTime().toString({ smallestUnit: "minute" }).slice(0, due.length));
    at = Temporal.ZonedDateTime.from(next.toString());
  }
  return found;
}

describe("a recurrence", () => {
  test("is a rule of RFC 5545 whose first occurrence is the due date", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PATTERNS),
        fc.constantFrom(...TIMES),
        fc.constantFrom(...BOUNDS),
        fc.date({ min: new Date("2024-01-01T00:00:00Z"), max: new Date("2029-12-31T23:59:59Z"), noInvalidDate: true }),
        fc.constantFrom(...ZONES),
        (pattern, time, bound, now, timeZone) => {
          const said = `report ${pattern} ${time} ${bound}`;
          const { title, due, recurrence } = understand(said, { now: now.toISOString(), timeZone });
          if (recurrence === undefined) throw new Error(`${said} has no recurrence`);
          expect(title).toBe("report");
          expect(recurrence.rrule).toMatch(
            /^FREQ=(?:HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=\d+)?(?:;BYMONTH=[\d,]+)?(?:;BYMONTHDAY=[-\d,]+)?(?:;BYDAY=[-\dA-Z,]+)?(?:;BYSETPOS=[-\d,]+)?(?:;(?:UNTIL=\d{8}(?:T\d{6}Z)?|COUNT=\d+))?$/,
          );
          if (due === undefined) {
            expect(recurrence.anchor).toBe("completion");
            return;
          }
          const until = /UNTIL=(\d{8})/.exec(recurrence.rrule)?.[1];
          if (until !== undefined && until < due.slice(0, 10).replaceAll("-", "")) return;
          expect([said, now.toISOString(), timeZone, ...occurrences(due, recurrence.rrule, timeZone, 1)]).toEqual([
            said,
            now.toISOString(),
            timeZone,
            due,
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("with an end has the value type of its start, and its last occurrence counts", () => {
    const options = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
    const dated = understand("swim every friday until dec 18", options);
    expect(dated.recurrence?.rrule).toBe("FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218");
    const timed = understand("swim every friday at 9am until dec 18", options);
    expect(timed.recurrence?.rrule).toBe("FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218T080000Z");
    expect(occurrences(timed.due ?? "", timed.recurrence?.rrule ?? "", "Europe/Berlin", 9).at(-1)).toBe(
      "2026-12-18T09:00",
    );
  });

  test("of three weeks has as many occurrences as lie in three weeks", () => {
    const options = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
    const daily = understand("stretch every day at 8pm for 3 weeks", options);
    expect(occurrences(daily.due ?? "", daily.recurrence?.rrule ?? "", "Europe/Berlin", 50)).toHaveLength(21);
    const weekly = understand("course every monday for 3 weeks", options);
    expect(occurrences(weekly.due ?? "", weekly.recurrence?.rrule ?? "", "Europe/Berlin", 50)).toEqual([
      "2026-11-23",
      "2026-11-30",
      "2026-12-07",
    ]);
  });

  test("keeps lists of dates apart that are no product of months and days", () => {
    const options = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
    const tax = understand("tax every 14 jan, 14 apr, 15 jun, 15 sep", options);
    expect(occurrences(tax.due ?? "", tax.recurrence?.rrule ?? "", "Europe/Berlin", 6)).toEqual([
      "2027-01-14",
      "2027-04-14",
      "2027-06-15",
      "2027-09-15",
      "2028-01-14",
      "2028-04-14",
    ]);
    const board = understand("board every 1st wed jan, 3rd thu jul", options);
    expect(occurrences(board.due ?? "", board.recurrence?.rrule ?? "", "Europe/Berlin", 3)).toEqual([
      "2027-01-06",
      "2027-07-15",
      "2028-01-05",
    ]);
  });
});
