import { describe, expect, test } from "@jest/globals";
import { understand } from "#understanding/understand";

const due = (said: string, now: string, timeZone: string): string | undefined =>
  understand(said, { now, timeZone }).due;

describe("the wall clock of the zone", () => {
  test.each([
    ["Pacific/Kiritimati", "2026-11-19"],
    ["Pacific/Pago_Pago", "2026-11-17"],
    ["Europe/Berlin", "2026-11-18"],
    ["Asia/Kolkata", "2026-11-18"],
  ])("says what today is in %s", (timeZone, today) => {
    expect(due("call today", "2026-11-18T10:30:00Z", timeZone)).toBe(today);
  });

  test("counts hours as time passes, also over a clock change", () => {
    expect(due("oven in 3 hours", "2027-03-28T00:30:00+01:00", "Europe/Berlin")).toBe("2027-03-28T04:30");
    expect(due("oven in 3 hours", "2026-10-25T01:30:00+02:00", "Europe/Berlin")).toBe("2026-10-25T03:30");
    expect(due("oven in 3 hours", "2026-11-18T22:30:00+05:30", "Asia/Kolkata")).toBe("2026-11-19T01:30");
  });

  test("finds the minute that is not past, also within the minute", () => {
    expect(due("call at 10:00", "2026-11-18T10:00:00+01:00", "Europe/Berlin")).toBe("2026-11-18T10:00");
    expect(due("call at 10:00", "2026-11-18T10:00:01+01:00", "Europe/Berlin")).toBe("2026-11-19T10:00");
  });
});

describe("a local time that a clock change leaves out", () => {
  const eve = "2027-03-27T10:00:00+01:00";

  test("is skipped where the text names no day", () => {
    expect(due("call at 02:30", eve, "Europe/Berlin")).toBe("2027-03-29T02:30");
  });

  test("is read with the offset from before the gap where the text names the day", () => {
    expect(due("call tomorrow at 02:30", eve, "Europe/Berlin")).toBe("2027-03-28T03:30");
    expect(due("call oct 3 2027 at 02:15", eve, "Australia/Lord_Howe")).toBe("2027-10-03T02:45");
  });

  test("is no occurrence of a rule", () => {
    expect(due("pill every day at 02:30", eve, "Europe/Berlin")).toBe("2027-03-29T02:30");
    expect(due("pill every sunday at 02:30", eve, "Europe/Berlin")).toBe("2027-04-04T02:30");
  });

  test("and the day that Samoa left out is not named by an offset", () => {
    expect(due("call in 24 hours", "2011-12-29T12:00:00-10:00", "Pacific/Apia")).toBe("2011-12-31T12:00");
  });
});

describe("the ends of months and years", () => {
  test.each([
    ["x in 1 month", "2027-01-31T12:00:00Z", "2027-02-28"],
    ["x in 1 month", "2028-01-31T12:00:00Z", "2028-02-29"],
    ["x in a year", "2028-02-29T12:00:00Z", "2029-02-28"],
    ["x 31st", "2027-02-01T12:00:00Z", "2027-03-31"],
    ["x 30th", "2027-01-31T12:00:00Z", "2027-03-30"],
    ["x 29th", "2027-01-30T12:00:00Z", "2027-03-29"],
    ["x 29th", "2028-01-30T12:00:00Z", "2028-02-29"],
    ["x feb 29", "2026-11-18T12:00:00Z", "2028-02-29"],
    ["x every feb 29", "2028-03-01T12:00:00Z", "2032-02-29"],
    ["x every 31st", "2027-02-01T12:00:00Z", "2027-03-31"],
    ["x every last day", "2027-02-01T12:00:00Z", "2027-02-28"],
    ["x end of month", "2028-02-10T12:00:00Z", "2028-02-29"],
    ["x end of next month", "2026-12-10T12:00:00Z", "2027-01-31"],
    ["x tomorrow", "2026-12-31T12:00:00Z", "2027-01-01"],
    ["x next month", "2026-12-31T12:00:00Z", "2027-01-01"],
    ["x next year", "2026-12-31T12:00:00Z", "2027-01-01"],
    ["x jan 1", "2026-01-01T12:00:00Z", "2026-01-01"],
    ["x dec 31", "2026-12-31T23:59:00Z", "2026-12-31"],
    ["x mid january", "2026-01-15T12:00:00Z", "2026-01-15"],
    ["x mid january", "2026-01-16T12:00:00Z", "2027-01-15"],
    ["x every 5th friday", "2027-02-01T12:00:00Z", "2027-04-30"],
  ])("%s on %s", (said, now, expected) => {
    expect(due(said, now, "UTC")).toBe(expected);
  });
});

describe("weeks", () => {
  test.each([
    ["2026-11-16", "2026-11-23", "2026-11-20", "2026-11-27", "2026-11-21", "2026-11-18"],
    ["2026-11-18", "2026-11-23", "2026-11-20", "2026-11-27", "2026-11-21", "2026-11-20"],
    ["2026-11-20", "2026-11-23", "2026-11-27", "2026-11-27", "2026-11-21", "2026-11-22"],
    ["2026-11-21", "2026-11-23", "2026-11-27", "2026-11-27", "2026-11-21", "2026-11-22"],
    ["2026-11-22", "2026-11-23", "2026-11-27", "2026-11-27", "2026-11-22", "2026-11-22"],
  ])("as said on %s", (today, nextWeek, friday, nextFriday, thisWeekend, laterThisWeek) => {
    const said = (text: string): string | undefined => due(text, `${today}T12:00:00Z`, "UTC");
    expect(said("x next week")).toBe(nextWeek);
    expect(said("x friday")).toBe(friday);
    expect(said("x next friday")).toBe(nextFriday);
    expect(said("x this weekend")).toBe(thisWeekend);
    expect(said("x later this week")).toBe(laterThisWeek);
  });
});

describe("what the text is read against", () => {
  test.each(["yesterday", "2026-11-18T10:00:00", "2026-13-18T10:00:00Z", ""])("refuses %j as now", (now) => {
    expect(() => understand("x", { now, timeZone: "UTC" })).toThrow(RangeError);
  });

  test("refuses a zone that is none", () => {
    expect(() => understand("x", { now: "2026-11-18T10:00:00Z", timeZone: "Berlin" })).toThrow("IANA");
  });
});
