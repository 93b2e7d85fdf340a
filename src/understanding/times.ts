import { endsBefore, isWord, lowerAt, type Match, sequence } from "./match.ts";
import type { Token } from "./tokens.ts";
import { DAY_PARTS, NUMBERS, WEEKDAYS } from "./words.ts";

export interface TimeOfDay {
  /** Minute of the day. */
  readonly minute: number;
  /** An hour of 1 to 12 without am or pm: may still mean the afternoon. */
  readonly bare?: true;
  /** Midnight belongs to the night that follows "today". */
  readonly midnight?: true;
  /** "this morning", "tonight": today, even where it has begun. */
  readonly today?: true;
}

const CLOCK_PREPOSITIONS = ["at", "@", "by", "before", "after", "around", "about", "from"];

/**
 * A bare hour, "at 3": nobody plans 03:00 without saying so, 7 to 12 are read as written. The same reading as the
 * documented "today at 10" = 10:00.
 */
const bareHour = (hour: number): TimeOfDay =>
  hour >= 1 && hour <= 12 ? { minute: (hour < 7 ? hour + 12 : hour) * 60, bare: true } : { minute: (hour % 24) * 60 };

/** `in the evening`, `at night`, `evening` after a clock: makes 7 to 19:00. */
function dayPartAfter(tokens: readonly Token[], i: number): Match<string> | undefined {
  const to =
    sequence(tokens, i, "in", "the", "morning|afternoon|evening") ??
    sequence(tokens, i, "at", "night") ??
    sequence(tokens, i, "this", "morning|afternoon|evening") ??
    sequence(tokens, i, "tonight");
  return to === undefined ? undefined : { to, value: lowerAt(tokens, to - 1) };
}

/** The half of the day in which an hour lies that was said with a part of the day. */
export function inDayPart(minute: number, part: string): number {
  const afternoon = part !== "morning" && minute < 720 && (part === "afternoon" || minute >= 180);
  return afternoon ? minute + 720 : minute;
}

function withDayPart(tokens: readonly Token[], to: number, time: TimeOfDay): Match<TimeOfDay> {
  const part = dayPartAfter(tokens, to);
  if (part === undefined) return { to, value: time };
  const hour = time.bare ? time.minute % 720 : time.minute;
  const today = part.value === "tonight" || isWord(tokens, to, "this");
  const minute = inDayPart(hour === 0 && part.value === "morning" ? 0 : hour, part.value);
  return { to: part.to, value: today ? { minute, today } : { minute } };
}

/** `half past 7`, `quarter to eight` */
function spokenAt(tokens: readonly Token[], i: number): Match<TimeOfDay> | undefined {
  const to = sequence(tokens, i, "half|quarter", "past|to");
  const token = to === undefined ? undefined : tokens[to];
  if (to === undefined || token === undefined) return undefined;
  const hour = token.kind === "number" ? token.value : (NUMBERS.get(token.lower) ?? 0);
  if (hour < 1 || hour > 12) return undefined;
  const shift = (isWord(tokens, i, "half") ? 30 : 15) * (isWord(tokens, i + 1, "to") ? -1 : 1);
  const { minute } = bareHour(hour);
  return withDayPart(tokens, to + 1, { minute: minute + shift, bare: true });
}

/** A clock without a preposition: `6pm`, `6 pm`, `18:00`, `7 o'clock`. */
function clockAt(tokens: readonly Token[], i: number): Match<TimeOfDay> | undefined {
  const token = tokens[i];
  if (token?.kind === "clock") {
    if (token.unit === "12") return { to: i + 1, value: { minute: token.value } };
    return withDayPart(tokens, i + 1, { minute: token.value });
  }
  const spoken = spokenAt(tokens, i);
  if (spoken) return spoken;
  const isNumber = token?.kind === "number";
  const hour = isNumber ? token.value : (NUMBERS.get(lowerAt(tokens, i)) ?? 0);
  if (hour >= 1 && hour <= 12) {
    const meridiem = lowerAt(tokens, i + 1).replaceAll(".", "");
    if (isNumber && (meridiem === "am" || meridiem === "pm")) {
      return { to: i + 2, value: { minute: (hour % 12) * 60 + (meridiem === "pm" ? 720 : 0) } };
    }
    if (isWord(tokens, i + 1, "o'clock")) return withDayPart(tokens, i + 2, bareHour(hour));
  }
  return undefined;
}

const MEASURES = [
  "percent",
  "dollars",
  "euros",
  "euro",
  "pounds",
  "bucks",
  "km",
  "kmh",
  "mph",
  "degrees",
  "star",
  "stars",
  "people",
  "years",
];

/** Where an hour may end. Next to a date, or opening the text, any plain word may follow: "tomorrow at 9 call Bob". */
function mayEnd(tokens: readonly Token[], i: number, settled: boolean): boolean {
  const token = tokens[i];
  return (
    endsBefore(tokens, i) || (settled && token?.kind === "word" && !token.capital && !MEASURES.includes(token.lower))
  );
}

/** After `at` or `@`: `7`, `1900`, `seven`; not `at 7 Oak Street`. */
function hourAfterAt(tokens: readonly Token[], i: number, settled: boolean): Match<TimeOfDay> | undefined {
  const token = tokens[i];
  if (token === undefined) return undefined;
  const digits = token.kind === "number" ? token.text : "";
  if (digits.length === 4) {
    const [hour, minute] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
    if (hour > 23 || minute > 59 || !mayEnd(tokens, i + 1, settled)) return undefined;
    return { to: i + 1, value: { minute: hour * 60 + minute } };
  }
  const spelled = token.kind === "word" && !["a", "an"].includes(token.lower) ? NUMBERS.get(token.lower) : undefined;
  const hour = digits.length > 0 && digits.length < 3 ? token.value : spelled;
  if (hour === undefined || hour > 23 || (spelled !== undefined && hour > 12)) return undefined;
  const whole = withDayPart(tokens, i + 1, bareHour(hour));
  const to = isWord(tokens, whole.to, "sharp") ? whole.to + 1 : whole.to;
  return mayEnd(tokens, to, settled) ? { to, value: whole.value } : undefined;
}

function namedAt(tokens: readonly Token[], i: number): Match<TimeOfDay> | undefined {
  if (isWord(tokens, i, "noon", "midday")) return { to: i + 1, value: { minute: 720 } };
  if (isWord(tokens, i, "midnight")) return { to: i + 1, value: { minute: 0, midnight: true } };
  return undefined;
}

/** `from 2pm to 4pm`, `9:00 - 17:00`, `between 2 and 3pm`, `8am and 8pm`: no single time; the index after it. */
export function timeRangeAt(tokens: readonly Token[], i: number): number | undefined {
  const from = isWord(tokens, i, "from", "between", "at", "@") ? i + 1 : i;
  const open = isWord(tokens, i, "from", "between");
  const bare = open && tokens[from]?.kind === "number" ? { to: from + 1 } : undefined;
  const first = clockAt(tokens, from) ?? bare;
  if (first === undefined || !isWord(tokens, first.to, "to", "-", "–", "until", "till", "and")) return undefined;
  const second =
    clockAt(tokens, first.to + 1) ??
    (open && tokens[first.to + 1]?.kind === "number" ? { to: first.to + 2 } : undefined);
  return second?.to;
}

/** `in the morning`, `this evening`, `at night`, `tonight`; right after a date also `morning` alone. */
export function dayPartAt(tokens: readonly Token[], i: number, afterDate: boolean): Match<TimeOfDay> | undefined {
  const token = tokens[i];
  if (token?.kind !== "word") return undefined;
  const phrase = dayPartAfter(tokens, i);
  if (phrase !== undefined && !isWord(tokens, phrase.to, "of")) {
    const minute = DAY_PARTS.get(phrase.value) ?? (DAY_PARTS.get("evening") as number);
    const today = phrase.value === "tonight" || token.lower === "this";
    const value = today ? { minute, today } : { minute };
    return clockInDayPart(tokens, phrase, value) ?? { to: phrase.to, value };
  }
  const part = afterDate ? DAY_PARTS.get(token.lower) : undefined;
  if (part === undefined) return undefined;
  const match = { to: i + 1, value: token.lower };
  return clockInDayPart(tokens, match, { minute: part }) ?? { to: i + 1, value: { minute: part } };
}

/** `tonight at 8`, `tomorrow evening 7:30`: the clock decides, the part of the day says which half. */
function clockInDayPart(tokens: readonly Token[], part: Match<string>, base: TimeOfDay): Match<TimeOfDay> | undefined {
  const prefixed = isWord(tokens, part.to, "at", "@", "by", "around");
  const at = prefixed ? part.to + 1 : part.to;
  const clock = clockAt(tokens, at) ?? (prefixed ? hourAfterAt(tokens, at, true) : undefined);
  if (clock === undefined) return undefined;
  const hour = clock.value.bare ? clock.value.minute % 720 : clock.value.minute;
  const minute = tokens[at]?.unit === "12" ? hour : inDayPart(hour, part.value);
  return { to: clock.to, value: { ...base, minute } };
}

/**
 * A time of day at token `i`, its preposition included. `afterDate` allows what is a time only next to a date
 * (`tomorrow morning`, `friday noon`).
 */
export function timeAt(tokens: readonly Token[], i: number, afterDate: boolean): Match<TimeOfDay> | undefined {
  const part = dayPartAt(tokens, i, afterDate);
  if (part) return part;
  if (isWord(tokens, i, ...CLOCK_PREPOSITIONS)) {
    if (isWord(tokens, i - 1, "look", "looking", "looks", "stare", "laugh")) return undefined;
    const at = isWord(tokens, i + 1, "around", "about") ? i + 2 : i + 1;
    const hour = isWord(tokens, i, "at", "@") ? hourAfterAt(tokens, at, afterDate || i === 0) : undefined;
    return clockAt(tokens, at) ?? hour ?? namedAt(tokens, at);
  }
  const meant = isWord(tokens, i, "for") ? clockAt(tokens, i + 1) : undefined;
  if (meant && endsBefore(tokens, meant.to)) return meant;
  const clock = clockAt(tokens, i);
  if (clock) return clock;
  // "High Noon" is a film: without a preposition only in lower case, next to a day or at the end.
  const named = namedAt(tokens, i);
  if (named === undefined || afterDate) return named;
  const isLast = named.to === tokens.length || isDay(tokens, named.to);
  return tokens[i]?.capital === false && isLast ? named : undefined;
}

const isDay = (tokens: readonly Token[], i: number): boolean =>
  WEEKDAYS.has(lowerAt(tokens, i)) || isWord(tokens, i, "today", "tod", "tomorrow", "tom", "tmr", "on");
