/** The dates that a rule names, by rrule-temporal, with caps. */
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { dateOf, instantOf, isDateOnly, isInReach, localDateOf, localMinuteOf } from "./local.ts";
import { formatRule, type Rule } from "./rule.ts";

/** Periods and candidates that one search may look at: enough for a 29 February, far too little to hold up a process. */
const CAPS = { maxIterations: 2_000, maxCandidateEvaluations: 20_000 } as const;

/** The rule names no date that can be found within the caps: it is impossible, or made to keep us busy. */
export class NoOccurrenceError extends Error {
  override readonly name = "NoOccurrenceError";
}

export interface Occurrences {
  /** First occurrence after an instant; undefined when the rule has ended. */
  after(instant: Date): string | undefined;
  /**
   * First occurrence after an instant, and how many of the series it is away from the start, which is the first whether it
   * matches or not. Looks at `most` at most.
   */
  countedAfter(instant: Date, most: number): { readonly local: string; readonly distance: number } | undefined;
  /** The instant by which occurrences are compared; of a date, midnight UTC. */
  instantOf(local: string): Date;
}

/**
 * The occurrences of a rule from `start` on, in the zone; of dates only when the start is one. COUNT is not looked at: it
 * counts tasks, and is the caller's. Local times that a clock change skips are left out and those that happen twice count
 * once, at the first (RFC 5545 section 3.3.10); so are days that a month does not have.
 */
export function occurrencesOf(rule: Rule, start: string, timeZone: string): Occurrences {
  const zone = isDateOnly(start) ? "UTC" : timeZone;
  const set = new RRuleTemporal({
    rruleString: `RRULE:${formatRule({ ...rule, count: undefined, until: undefined })}`,
    dtstart: Temporal.PlainDateTime.from(start).toZonedDateTime(zone),
    tzid: zone,
    cache: false,
    ...CAPS,
  });
  const textOf = (at: { readonly epochMilliseconds: number }): string =>
    localMinuteOf(new Date(at.epochMilliseconds), zone).slice(0, start.length);
  const startsAt = instantOf(start, zone);
  const hasEnded = (local: string): boolean => !isInReach(local) || isPastUntil(rule.until, local, timeZone);
  return Object.freeze({
    instantOf: (local: string) => instantOf(local, zone),
    countedAfter(instant: Date, most: number) {
      const seen = new Set<string>();
      let last = start;
      search(() =>
        set.all((at) => {
          if (at.epochMilliseconds <= startsAt.getTime()) return true;
          last = textOf(at);
          seen.add(last);
          return seen.size < most && instantOf(last, zone) <= instant;
        }),
      );
      return instantOf(last, zone) > instant && !hasEnded(last) ? { local: last, distance: seen.size } : undefined;
    },
    after(instant: Date) {
      let from = instant;
      for (let tries = 0; tries < REPEATED_MINUTES; tries++) {
        const found = search(() => set.next(from));
        if (!found) return undefined;
        const next = textOf(found);
        // The second 02:30 of a night reads like the first, which may be past.
        if (instantOf(next, zone) > instant) return hasEnded(next) ? undefined : next;
        from = new Date(found.epochMilliseconds);
      }
      return undefined;
    },
  });
}

/** Clocks are put back by three hours at most. */
const REPEATED_MINUTES = 4;

function search<T>(find: () => T): T {
  try {
    return find();
  } catch (cause) {
    throw new NoOccurrenceError("the rule names no date within reach", { cause });
  }
}

/** UNTIL is included. Where it is of another kind than the occurrence, its day in the zone decides. */
export function isPastUntil(until: string | undefined, local: string, timeZone: string): boolean {
  if (until === undefined) return false;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?$/.exec(until) ?? [];
  if (hour === undefined) return dateOf(local) > `${year}-${month}-${day}`;
  const last = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return isDateOnly(local) ? local > localDateOf(last, timeZone) : instantOf(local, timeZone) > last;
}
