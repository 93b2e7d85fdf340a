import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { instantOf, isDateOnly, localDateOf, localMinuteOf } from "#recurrence/local";
import { NoOccurrenceError, occurrencesOf } from "#recurrence/occurrences";
import { formatRule, parseRule, type Rule } from "#recurrence/rule";
import { firstDue, type Occurrence, successorOf } from "#recurrence/successor";

const BERLIN = "Europe/Berlin";
const ZONES = [
  BERLIN,
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "America/Santiago",
  "UTC",
];

const rule = (text: string): Rule => {
  const parsed = parseRule(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.rule;
};

const task = (
  rrule: string,
  due: string | null,
  rest: Partial<Occurrence> & { anchor?: "completion" } = {},
): Occurrence => ({
  due,
  slot: due,
  timeZone: BERLIN,
  ...rest,
  recurrence: { rrule, anchor: rest.anchor ?? "schedule" },
});

const nextDue = (of: Occurrence, completedAt: string): string | undefined =>
  successorOf(of, new Date(completedAt))?.due;

describe("the successor on a schedule", () => {
  it("follows the due date when the task is completed early", () => {
    expect(nextDue(task("FREQ=WEEKLY", "2026-11-20"), "2026-11-18T10:00:00Z")).toBe("2026-11-27");
  });

  it("lies in the future when the task was overdue, and makes up for nothing", () => {
    expect(nextDue(task("FREQ=DAILY", "2026-11-01"), "2026-11-18T10:00:00Z")).toBe("2026-11-19");
    expect(nextDue(task("FREQ=WEEKLY;INTERVAL=2", "2026-11-02T09:00"), "2026-11-30T09:00:00Z")).toBe(
      "2026-12-14T09:00",
    );
  });

  it("keeps the rhythm when one occurrence was moved", () => {
    const moved = task("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-11-11", { slot: "2026-11-09" });
    expect(nextDue(moved, "2026-11-11T10:00:00Z")).toBe("2026-11-23");
    const farther = task("FREQ=WEEKLY;BYDAY=MO", "2026-11-18", { slot: "2026-11-09" });
    expect(nextDue(farther, "2026-11-10T10:00:00Z")).toBe("2026-11-23");
  });

  it("leaves out months without a 31st and years without a 29 February", () => {
    expect(nextDue(task("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31"), "2027-01-31T10:00:00Z")).toBe("2027-03-31");
    expect(nextDue(task("FREQ=MONTHLY", "2027-01-31"), "2027-01-31T10:00:00Z")).toBe("2027-03-31");
    expect(nextDue(task("FREQ=YEARLY", "2028-02-29"), "2028-02-29T10:00:00Z")).toBe("2032-02-29");
    expect(nextDue(task("FREQ=YEARLY", "2096-02-29"), "2096-02-29T10:00:00Z")).toBe("2104-02-29");
    expect(nextDue(task("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31"), "2027-01-31T10:00:00Z")).toBe("2027-02-28");
  });

  it("leaves out a time that the clock skips and takes the first of one that comes twice", () => {
    expect(nextDue(task("FREQ=DAILY", "2027-03-27T02:30"), "2027-03-27T01:30:00Z")).toBe("2027-03-29T02:30");
    const twice = successorOf(task("FREQ=DAILY", "2026-10-24T02:30"), new Date("2026-10-24T10:00:00Z"));
    expect(twice?.due).toBe("2026-10-25T02:30");
    expect(instantOf(twice?.due ?? "", BERLIN)).toEqual(new Date("2026-10-25T00:30:00Z"));
    // Completed between the two 02:30: the first is past, the second is the same occurrence.
    expect(nextDue(task("FREQ=DAILY", "2026-10-24T02:30"), "2026-10-25T01:10:00Z")).toBe("2026-10-26T02:30");
  });

  it("keeps the wall clock over a clock change", () => {
    expect(nextDue(task("FREQ=DAILY", "2026-10-24T09:00"), "2026-10-24T07:00:00Z")).toBe("2026-10-25T09:00");
  });

  it("ends with COUNT, which counts what was missed too, and tells the next task what is left", () => {
    const first = successorOf(task("FREQ=DAILY;COUNT=5", "2026-11-18"), new Date("2026-11-18T10:00:00Z"));
    expect(first).toMatchObject({ due: "2026-11-19", recurrence: { rrule: "FREQ=DAILY;COUNT=4" } });
    const late = successorOf(task("FREQ=DAILY;COUNT=5", "2026-11-18"), new Date("2026-11-20T10:00:00Z"));
    expect(late).toMatchObject({ due: "2026-11-21", recurrence: { rrule: "FREQ=DAILY;COUNT=2" } });
    expect(nextDue(task("FREQ=DAILY;COUNT=5", "2026-11-18"), "2026-11-25T10:00:00Z")).toBeUndefined();
    expect(nextDue(task("FREQ=DAILY;COUNT=1", "2026-11-18"), "2026-11-18T10:00:00Z")).toBeUndefined();
  });

  it("ends with UNTIL, whose day or moment still counts", () => {
    expect(nextDue(task("FREQ=DAILY;UNTIL=20261119", "2026-11-18"), "2026-11-18T10:00:00Z")).toBe("2026-11-19");
    expect(nextDue(task("FREQ=DAILY;UNTIL=20261119", "2026-11-19"), "2026-11-19T10:00:00Z")).toBeUndefined();
    const timed = (until: string): Occurrence => task(`FREQ=DAILY;UNTIL=${until}`, "2026-11-18T09:00");
    expect(nextDue(timed("20261119T080000Z"), "2026-11-18T09:00:00Z")).toBe("2026-11-19T09:00");
    expect(nextDue(timed("20261119T075959Z"), "2026-11-18T09:00:00Z")).toBeUndefined();
    expect(nextDue(timed("20261119"), "2026-11-18T09:00:00Z")).toBe("2026-11-19T09:00");
  });
});

describe("the successor from completion", () => {
  const repeating = (rrule: string, due: string | null) => task(rrule, due, { anchor: "completion" });

  it("counts from the day of completion and keeps the time of day", () => {
    expect(nextDue(repeating("FREQ=DAILY;INTERVAL=3", "2026-11-10"), "2026-11-18T22:59:00Z")).toBe("2026-11-21");
    expect(nextDue(repeating("FREQ=DAILY;INTERVAL=3", "2026-11-10T09:00"), "2026-11-18T22:59:00Z")).toBe(
      "2026-11-21T09:00",
    );
    expect(nextDue(repeating("FREQ=DAILY", "2026-11-20"), "2026-11-18T23:30:00Z")).toBe("2026-11-20");
  });

  it("takes the last day of a month that is too short", () => {
    expect(nextDue(repeating("FREQ=MONTHLY", "2027-01-31"), "2027-01-31T10:00:00Z")).toBe("2027-02-28");
    expect(nextDue(repeating("FREQ=YEARLY", "2028-02-29"), "2028-02-29T10:00:00Z")).toBe("2029-02-28");
  });

  it("counts hours from the minute of completion", () => {
    expect(nextDue(repeating("FREQ=HOURLY;INTERVAL=4", null), "2026-11-18T10:15:30Z")).toBe("2026-11-18T15:15");
  });

  it("moves a time that the clock skips to the next that exists", () => {
    expect(nextDue(repeating("FREQ=DAILY", "2027-03-27T02:30"), "2027-03-27T10:00:00Z")).toBe("2027-03-28T03:30");
  });

  it("goes to the next day that the rule names", () => {
    expect(nextDue(repeating("FREQ=WEEKLY;BYDAY=MO", "2026-11-09"), "2026-11-18T10:00:00Z")).toBe("2026-11-23");
    expect(nextDue(repeating("FREQ=DAILY;COUNT=2", "2026-11-09"), "2026-11-18T10:00:00Z")).toBe("2026-11-19");
    expect(nextDue(repeating("FREQ=DAILY;COUNT=1", "2026-11-09"), "2026-11-18T10:00:00Z")).toBeUndefined();
    expect(nextDue(repeating("FREQ=DAILY;UNTIL=20261118", "2026-11-09"), "2026-11-18T10:00:00Z")).toBeUndefined();
  });
});

describe("the first date of a rule", () => {
  it("is today where today fits, and for hours the next that comes", () => {
    const now = new Date("2026-11-18T10:15:30Z");
    expect(firstDue(rule("FREQ=WEEKLY;BYDAY=WE,FR"), now, BERLIN)).toBe("2026-11-18");
    expect(firstDue(rule("FREQ=MONTHLY;BYMONTHDAY=1"), now, BERLIN)).toBe("2026-12-01");
    expect(firstDue(rule("FREQ=HOURLY;INTERVAL=2"), now, BERLIN)).toBe("2026-11-18T13:15");
  });
});

describe("a rule", () => {
  it.each([
    ["FREQ=SECONDLY", "FREQ must be one of"],
    ["FREQ=MINUTELY;INTERVAL=1", "FREQ must be one of"],
    ["FREQ=DAILY;FREQ=WEEKLY", "given twice"],
    ["FREQ=DAILY;INTERVAL=0", "INTERVAL goes from 1"],
    ["FREQ=DAILY;INTERVAL=99999999999", "INTERVAL goes from 1"],
    ["FREQ=DAILY;COUNT=1001", "COUNT goes from 1 to 1000"],
    ["FREQ=DAILY;UNTIL=20260230", "UNTIL is a date"],
    ["FREQ=DAILY;UNTIL=20260101;COUNT=2", "exclude each other"],
    ["FREQ=DAILY;BYSECOND=1", "not a part"],
    ["FREQ=DAILY\nRDATE:20270101", "is not NAME=VALUE"],
    ["FREQ=DAILY;BYDAY=2MO", "counts weekdays only"],
    ["FREQ=WEEKLY;BYMONTHDAY=1", "has no meaning"],
    ["FREQ=MONTHLY;BYMONTHDAY=0", "from 1 to 31"],
    ["FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31", "none of these months"],
    [`FREQ=MONTHLY;BYMONTHDAY=${Array(63).fill(1).join(",")}`, "too long"],
    ["", "is not NAME=VALUE"],
    ["RRULE:FREQ=DAILY", "is not NAME=VALUE"],
    ["FREQ=DAILY;", "is not NAME=VALUE"],
  ])("is refused: %j", (text, problem) => {
    expect(parseRule(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it("that never comes true is given up instead of searched for ever", () => {
    for (const hostile of [
      "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
      "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1;BYSETPOS=2",
      "FREQ=HOURLY;INTERVAL=24;BYHOUR=10",
      "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2",
    ]) {
      const search = occurrencesOf(rule(hostile), "2026-02-03T09:00", "UTC");
      expect(() => search.after(new Date("2026-02-03T09:00:00Z"))).toThrow(NoOccurrenceError);
    }
  });
});

const numbers = (min: number, max: number) => fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 });
const weekdays = fc.uniqueArray(fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU"), {
  minLength: 1,
  maxLength: 7,
});
const interval = fc.integer({ min: 1, max: 5 }).map((n) => `INTERVAL=${n}`);
const rules = fc.oneof(
  interval.map((i) => `FREQ=DAILY;${i}`),
  fc.tuple(interval, weekdays).map(([i, days]) => `FREQ=WEEKLY;${i};BYDAY=${days}`),
  fc.tuple(interval, numbers(1, 31)).map(([i, days]) => `FREQ=MONTHLY;${i};BYMONTHDAY=${days}`),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), weekdays)
    .map(([n, days]) => `FREQ=MONTHLY;BYDAY=${days.map((d) => `${n}${d}`)}`),
  fc.tuple(numbers(1, 12), fc.integer({ min: 1, max: 28 })).map(([m, d]) => `FREQ=YEARLY;BYMONTH=${m};BYMONTHDAY=${d}`),
  interval.map((i) => `FREQ=YEARLY;${i}`),
);
const timedRules = fc.oneof(
  rules,
  interval.map((i) => `FREQ=HOURLY;${i}`),
);
const days = fc.date({ min: new Date("2024-01-01T00:00Z"), max: new Date("2032-12-31T00:00Z"), noInvalidDate: true });
const dated = days.map((day) => day.toISOString().slice(0, 10));
const timed = fc
  .tuple(dated, fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "30", "59"))
  .map(([day, hour, minute]) => `${day}T${String(hour).padStart(2, "0")}:${minute}`);

describe("any successor", () => {
  it("is in the future, in the zone's clock, and not before the task it follows", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(rules, dated), fc.tuple(timedRules, timed)),
        fc.constantFrom(...ZONES),
        fc.constantFrom("schedule" as const, "completion" as const),
        days,
        ([rrule, due], timeZone, anchor, completedAt) => {
          const next = successorOf({ due, slot: due, timeZone, recurrence: { rrule, anchor } }, completedAt);
          if (next === undefined) throw new Error(`${rrule} has ended`);
          if (isDateOnly(next.due)) expect(next.due > localDateOf(completedAt, timeZone)).toBe(true);
          else {
            expect(instantOf(next.due, timeZone).getTime()).toBeGreaterThan(completedAt.getTime());
            expect(localMinuteOf(instantOf(next.due, timeZone), timeZone)).toBe(next.due);
          }
          if (anchor === "schedule") expect(next.due > due).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("walks the same dates as the rule when every task is completed when it is due", () => {
    fc.assert(
      fc.property(rules, dated, (rrule, from) => {
        const start = occurrencesOf(rule(rrule), from, "UTC").after(new Date(from));
        if (start === undefined) throw new Error("no start");
        const dtstart = Temporal.PlainDate.from(start).toZonedDateTime("UTC");
        const expected: string[] = [];
        new RRuleTemporal({ rruleString: `RRULE:${rrule}`, dtstart, tzid: "UTC" }).all((at, i) => {
          expected.push(at.toString().slice(0, 10));
          return i < 6;
        });
        const walked = [start];
        while (walked.length < expected.length) {
          const due = walked.at(-1) ?? "";
          const next = successorOf(task(rrule, due, { timeZone: "UTC" }), new Date(`${due}T12:00:00Z`));
          walked.push(next?.due ?? "ended");
        }
        expect(walked).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("of a rule with COUNT comes as often as it says", () => {
    fc.assert(
      fc.property(rules, dated, fc.integer({ min: 1, max: 6 }), (text, due, count) => {
        let made = 1;
        let at = { due, slot: due, recurrence: { rrule: `${text};COUNT=${count}`, anchor: "schedule" as const } };
        for (;;) {
          const next = successorOf({ ...at, timeZone: "UTC" }, new Date(`${at.due}T12:00:00Z`));
          if (!next) break;
          made++;
          at = { ...next, recurrence: { ...next.recurrence, anchor: "schedule" } };
        }
        expect(made).toBe(count);
      }),
      { numRuns: 100 },
    );
  });
});

describe("any text", () => {
  it("is read or refused, and what is read can be written and read again", () => {
    fc.assert(
      fc.property(fc.oneof(timedRules, fc.string(), fc.stringMatching(/^FREQ=[A-Z]+;[A-Z]+=[0-9A-Z,-]+$/)), (text) => {
        const parsed = parseRule(text);
        if (parsed.ok) expect(parseRule(formatRule(parsed.rule))).toEqual(parsed);
        else expect(parsed.problem).not.toBe("");
      }),
    );
  });
});
