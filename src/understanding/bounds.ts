import { addMonths, type Day } from "./calendar.ts";
import { expectedDateAt } from "./dates.ts";
import { amountAt, countAt, isWord, lowerAt, type Match, sequence, skip } from "./match.ts";
import type { Reading } from "./reading.ts";
import { type Bounds, firstOccurrence } from "./rule.ts";
import { type TimeOfDay, timeAt, timeRangeAt } from "./times.ts";
import type { Token } from "./tokens.ts";
import { MONTHS } from "./words.ts";
import type { Clock } from "./zone.ts";

/** `after completion`: the same as `every!`. */
const completionAt = (reading: Reading, i: number): number | undefined =>
  sequence(reading.tokens, i, "after|from|upon", "completion|completing|done") ??
  sequence(reading.tokens, i, "after|once|when", "it's|i'm", "done") ??
  sequence(reading.tokens, i, "after|when", "i", "complete|finish", "it");

export interface Tail {
  anchor?: "completion";
  time?: TimeOfDay;
  bounds: Bounds;
}

/** `until dec 31`, `starting jan 3`, `from 10 may`, `for 3 weeks`, `10 times` */
export function boundAt(reading: Reading, i: number, adjacent: boolean): { to: number; bounds: Bounds } | undefined {
  const { tokens, clock } = reading;
  const from = isWord(tokens, i, "starting", "beginning", "starts") || (adjacent && isWord(tokens, i, "from"));
  const to = isWord(tokens, i, "until", "till", "til", "ending", "ends", "through", "thru");
  if (from || to) {
    const month = MONTHS.get(lowerAt(tokens, skip(tokens, i + 1, "in")));
    const day =
      expectedDateAt(tokens, i + 1, clock) ??
      (month ? firstOfMonth(reading, skip(tokens, i + 1, "in"), month) : undefined);
    if (day === undefined) return undefined;
    if (from) return { to: day.to, bounds: { start: day.value.day } };
    // "from monday until friday": the end is the first such day after the start, not after today.
    const said = [...tokens];
    const until = (start: Day): Day =>
      start <= clock.today ? day.value.day : (untilFrom({ tokens: said, clock }, i + 1, start) ?? day.value.day);
    return { to: day.to, bounds: { until } };
  }
  if (!adjacent) return undefined;
  const at = skip(tokens, i, "for");
  const count = countAt(tokens, at);
  if (count && isWord(tokens, count.to, "times", "occurrences", "repetitions", "sessions") && count.value <= 10_000) {
    return { to: count.to + 1, bounds: { count: count.value } };
  }
  const amount = at > i ? amountAt(tokens, isWord(tokens, at, "the") ? skip(tokens, at + 1, "next") : at) : undefined;
  if (amount === undefined || amount.value.unit === "minute" || amount.value.unit === "hour") return undefined;
  const { count: length, unit } = amount.value;
  if (length > 10_000) return undefined;
  const lasts = (first: Day): Day =>
    unit === "day" || unit === "week"
      ? first + length * (unit === "week" ? 7 : 1) - 1
      : addMonths(first, length * (unit === "month" ? 1 : unit === "quarter" ? 3 : 12)) - 1;
  return { to: amount.to, bounds: { lasts } };
}

/** Reads an end again as it is meant on the day of the start; the tokens are those of the first reading. */
function untilFrom(
  { tokens, clock }: { tokens: readonly Token[]; clock: Clock },
  i: number,
  start: Day,
): Day | undefined {
  return expectedDateAt(tokens, i, { ...clock, today: start })?.value.day;
}

function firstOfMonth(reading: Reading, i: number, month: number): Match<{ day: Day }> | undefined {
  const day = firstOccurrence(
    { freq: "YEARLY", interval: 1, byMonth: [month], byMonthDay: [1] },
    reading.clock.today,
    undefined,
    reading.clock,
  );
  return day === undefined ? undefined : { to: i + 1, value: { day } };
}

/** Reads everything that directly follows the pattern: bounds, a time, "after completion". */
export function readTail(reading: Reading, start: number): Tail {
  const tail: Tail = { bounds: {} };
  let i = start;
  for (let steps = 0; steps < 8; steps++) {
    const comma = skip(reading.tokens, i, ",");
    const bound = boundAt(reading, comma, true);
    const completion = completionAt(reading, i);
    if (bound) {
      reading.claim(comma, bound.to, "recurrence");
      tail.bounds = { ...tail.bounds, ...bound.bounds };
      i = bound.to;
    } else if (completion !== undefined) {
      reading.claim(i, completion, "recurrence");
      tail.anchor = "completion";
      i = completion;
    } else {
      const starting = isWord(reading.tokens, i, "starting", "beginning") ? i + 1 : i;
      const range = timeRangeAt(reading.tokens, i);
      const time =
        range === undefined && tail.time === undefined ? timeAt(reading.tokens, starting, i === start) : undefined;
      if (!time) return tail;
      if (starting > i) reading.claim(i, starting, "recurrence");
      reading.claim(starting, time.to, "time");
      tail.time = time.value;
      i = time.to;
    }
  }
  return tail;
}

/** `until`, `ending` and `starting` count wherever they stand; `from` and `for` only right behind the pattern. */
export function readDistantBounds(reading: Reading): Bounds {
  let bounds: Bounds = {};
  for (let at = 0; at < reading.tokens.length; at++) {
    const bound = boundAt(reading, at, false);
    if (bound === undefined) continue;
    reading.claim(at, bound.to, "recurrence");
    bounds = { ...bounds, ...bound.bounds };
  }
  return bounds;
}
