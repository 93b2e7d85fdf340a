import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Span } from "#understanding/types";
import { understand } from "#understanding/understand";

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "UTC",
];
const zone = fc.constantFrom(...ZONES);
const instant = fc
  .date({ min: new Date("2024-01-01T00:00:00Z"), max: new Date("2032-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Words that mean something, words that look as if they did, and signs, in any order. */
const WORDS = (
  "buy milk call Tom tom tomorrow today tod friday sat sun may march jan 27th 27 2027 next this every every! ev other 3rd last day weekday mon, fri " +
  "and until starting for 3 weeks times at @ 6pm 18:00 1900 noon morning tonight in 5 days +5 p1 P2 p5 @work #home #1 C# v2.11 24/7 16:9 1/2 " +
  "{march 30} {nonsense} !30 min before !14:00 ! !! remind me the to add task 12 delete done with move complete all tasks show my what's due " +
  "2nd Street \"see you friday\" 'tomorrow' bob@friday.com https://x.org/today?p1#tag ( ) , . ; : ? - – … 🎉 every month on 15th and 31st feb 29 yesterday " +
  "ago end of mid january later week weekend after completion from 9am 5pm between quarterly monthly halloween by on due"
).split(" ");
const phrase = fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join(" "));
const text = fc.oneof(phrase, fc.string({ maxLength: 120 }), fc.string({ unit: "binary", maxLength: 60 }));
const words = (value: string): string[] => value.split(/\s+/).filter((word) => word !== "");

/** True where `needle` can be read in `hay` letter by letter, in order. */
function isSubsequence(needle: string, hay: string): boolean {
  let at = 0;
  for (const char of needle) {
    at = hay.indexOf(char, at);
    if (at < 0) return false;
    at += char.length;
  }
  return true;
}

describe("any text", () => {
  test("is understood without an error, with sorted spans that lie in the text and do not overlap", () => {
    fc.assert(
      fc.property(text, instant, zone, (said, now, timeZone) => {
        const { spans } = understand(said, { now, timeZone });
        let end = 0;
        for (const span of spans) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.text).toBe(said.slice(span.start, span.end));
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(said.length);
      }),
      { numRuns: 3000 },
    );
  });

  test("keeps the letters of the title in their order, and every word that no span covers", () => {
    fc.assert(
      fc.property(phrase, (said) => {
        const {
          intent,
          title = "",
          spans,
        } = understand(said, { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" });
        if (intent !== "add_task") return;
        expect(isSubsequence(title.replaceAll(/\s/g, ""), said)).toBe(true);
        const left = blank(said, spans);
        const letters = (value: string): string =>
          words(value)
            .join("")
            .replaceAll(/[^\p{L}\p{N}]/gu, "");
        expect(letters(title)).toBe(letters(left));
      }),
      { numRuns: 3000 },
    );
  });

  test("becomes its own title once everything that was understood is clicked away", () => {
    fc.assert(
      fc.property(phrase, (said) => {
        const ignore: Span[] = [];
        for (let clicks = 0; clicks <= said.length; clicks++) {
          const understood = understand(said, { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin", ignore });
          if (understood.spans.length === 0) {
            if (ignore.length > 0) expect(understood.title ?? "").toBe(said.trim());
            return;
          }
          for (const span of understood.spans) {
            expect(ignore.some((known) => known.start < span.end && known.end > span.start)).toBe(false);
          }
          ignore.push(...understood.spans);
        }
        throw new Error("spans never end");
      }),
      { numRuns: 1500 },
    );
  });

  test("leaves quoted text alone", () => {
    const inner = fc
      .array(fc.constantFrom(...WORDS.filter((word) => !/["']/.test(word))), { minLength: 1, maxLength: 6 })
      .map((all) => all.join(" "));
    fc.assert(
      fc.property(inner, fc.constantFrom(['"', '"'], ["“", "”"], ["`", "`"]), (quoted, [open, close]) => {
        const said = `Write ${open}${quoted}${close} on the wall`;
        expect(understand(said, { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" })).toEqual({
          intent: "add_task",
          title: said,
          spans: [],
        });
      }),
    );
  });

  test("is answered in a moment even when it is long", () => {
    for (const part of [
      "a ",
      "every ",
      "((((",
      "!!!!",
      '"',
      "{",
      "friday and ",
      "1,2,3,",
      "remind me ",
      "@a#b",
      "to my list ",
      "task 1 ",
    ]) {
      const said = part.repeat(Math.ceil(100_000 / part.length));
      expect(understand(said, { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" }).intent).toBeDefined();
    }
  });
});

function blank(said: string, spans: readonly Span[]): string {
  let left = "";
  let at = 0;
  for (const { start, end } of spans) {
    left += `${said.slice(at, start)} `;
    at = end;
  }
  return left + said.slice(at);
}

describe("a due date", () => {
  const forward = fc.constantFrom(
    "x 6pm",
    "x at 2:30",
    "x 02:30",
    "x tomorrow",
    "x friday",
    "x next friday",
    "x 27th",
    "x 31st",
    "x jan 27",
    "x feb 29",
    "x mid month",
    "x end of month",
    "x in 5 days",
    "x this weekend",
    "x next week",
    "x next month",
    "x in 3 hours",
    "x every day at 2:30am",
    "x every 31st",
    "x every last friday at 9am",
    "x every 3rd friday",
    "x every hour",
    "x every mon, fri at 23:59",
    "x at noon",
    "x later this week",
    "x every feb 29",
    "x every last workday",
    "x every 2 weeks on tue",
    "x at midnight",
    "x day after tomorrow",
    "x tonight",
  );

  test("that is not said to be past is never before now", () => {
    fc.assert(
      fc.property(forward, instant, zone, (said, now, timeZone) => {
        const { due } = understand(said, { now, timeZone });
        if (due === undefined) throw new Error(`${said} has no due date`);
        const local = localMinute(now, timeZone);
        expect(due >= local.slice(0, due.length)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

/** `2026-11-18T10:00` on the zone's wall clock, rounded down to the minute. */
function localMinute(now: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(
    new Date(now),
  );
  return parts.replace(" ", "T");
}
