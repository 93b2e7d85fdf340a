import { addMonths, civil, type Day } from "./calendar.ts";
import { type Amount, amountAt, isWord, lowerAt, type Match, sequence, skip } from "./match.ts";
import { bareOrdinalAt, type DateValue, monthBasedDateAt } from "./month-dates.ts";
import { comingDate, namedDateAt } from "./named-dates.ts";
import type { Token } from "./tokens.ts";
import { WEEKDAYS } from "./words.ts";
import { type Clock, localAt } from "./zone.ts";

export type { DateValue } from "./month-dates.ts";

/** Days with a fixed date of their own: what Todoist documents, and christmas. */
function holidayAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const rows: [number | undefined, number, number][] = [
    [sequence(tokens, i, "new", "year|year's|years", "eve"), 12, 31],
    [sequence(tokens, i, "new", "year|year's|years", "day"), 1, 1],
    [sequence(tokens, i, "christmas", "eve"), 12, 24],
    [sequence(tokens, i, "christmas", "day") ?? sequence(tokens, i, "christmas"), 12, 25],
    [
      sequence(tokens, i, "valentine's|valentines|valentine", "day") ?? sequence(tokens, i, "valentine|valentine's"),
      2,
      14,
    ],
    [sequence(tokens, i, "halloween"), 10, 31],
  ];
  const [to, month, date] = rows.find(([end]) => end !== undefined) ?? [];
  if (to === undefined || month === undefined || date === undefined) return undefined;
  const value = comingDate(today, month, date);
  return value === undefined ? undefined : { to, value };
}

/** A holiday's name is a date only behind a preposition or at the end: "buy halloween costumes" is not one. */
export const holidayDateAt = (tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined => {
  const found = holidayAt(tokens, i, clock.today);
  return found && { to: found.to, value: { day: found.value } };
};

/** Moves a date by an amount; hours and minutes are real time, so a night with a clock change counts as long as it is. */
export function shift(from: DateValue | undefined, { count, unit }: Amount, clock: Clock): DateValue | undefined {
  if (Math.abs(count) > 10_000) return undefined;
  if (unit === "minute" || unit === "hour") {
    if (from !== undefined) return undefined;
    return localAt(clock.instant + count * (unit === "hour" ? 3_600_000 : 60_000), clock.timeZone);
  }
  const start = from?.day ?? clock.today;
  const day =
    unit === "day"
      ? start + count
      : unit === "week"
        ? start + 7 * count
        : addMonths(start, count * (unit === "month" ? 1 : unit === "quarter" ? 3 : 12));
  return civil(day).year > 9999 || civil(day).year < 1 ? undefined : { day };
}

/** `in 5 days`, `+5 days`, `within a week`, `3 weeks from now`, `a week from monday`, `6 weeks before 21 jul` */
function relativeAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const token = tokens[i];
  if (isWord(tokens, i, "in", "within")) {
    const amount = amountAt(tokens, i + 1);
    if (amount === undefined || isWord(tokens, amount.to, "or", "of", "each", "-")) return undefined;
    const value = shift(undefined, amount.value, clock);
    return value && { to: sequence(tokens, amount.to, "from", "now") ?? amount.to, value };
  }
  if (token?.kind === "plus") {
    const amount = amountAt(tokens, i);
    const value = amount && shift(undefined, amount.value, clock);
    return amount && value && { to: amount.to, value };
  }
  const amount = amountAt(tokens, i);
  if (amount === undefined) return undefined;
  const past = isWord(tokens, amount.to, "ago");
  const now = sequence(tokens, amount.to, "from", "now|today");
  if (past || now !== undefined) {
    const value = shift(undefined, { ...amount.value, count: amount.value.count * (past ? -1 : 1) }, clock);
    return value && { to: now ?? amount.to + 1, value };
  }
  if (!isWord(tokens, amount.to, "from", "before", "after")) return undefined;
  const from = plainDateAt(tokens, amount.to + 1, clock) ?? holidayDateAt(tokens, amount.to + 1, clock);
  if (from === undefined) return undefined;
  const sign = isWord(tokens, amount.to, "before") ? -1 : 1;
  const value = shift(from.value, { ...amount.value, count: amount.value.count * sign }, clock);
  return value && { to: from.to, value };
}

/** `friday 27 november`, `friday, the 27th`: the date decides, the weekday is part of it. */
function dayedDateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  if (!WEEKDAYS.has(lowerAt(tokens, i))) return undefined;
  const at = skip(tokens, i + 1, ",");
  return monthBasedDateAt(tokens, at, clock) ?? ordinalAfterWeekday(tokens, at, clock);
}

function ordinalAfterWeekday(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const found = tokens[skip(tokens, i, "the")]?.kind === "ordinal" ? bareOrdinalAt(tokens, i, clock.today) : undefined;
  return found && { to: found.to, value: { day: found.value } };
}

/** `monday in 2 weeks`, `friday in a week` */
function weekdayInWeeksAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const day = WEEKDAYS.get(lowerAt(tokens, i));
  if (day === undefined || !isWord(tokens, i + 1, "in")) return undefined;
  const amount = amountAt(tokens, i + 2);
  if (amount?.value.unit !== "week") return undefined;
  const first = namedDateAt(tokens, i, clock.today)?.value ?? clock.today;
  return { to: amount.to, value: { day: first + 7 * (amount.value.count - 1) } };
}

function plainDateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const month =
    dayedDateAt(tokens, i, clock) ?? weekdayInWeeksAt(tokens, i, clock) ?? monthBasedDateAt(tokens, i, clock);
  if (month) return month;
  const named = namedDateAt(tokens, i, clock.today);
  return named && { to: named.to, value: { day: named.value } };
}

/** Any date that is one wherever it stands. Bare ordinals and holidays depend on what is around them. */
export function dateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  return relativeAt(tokens, i, clock) ?? plainDateAt(tokens, i, clock);
}

/** A date where one is expected, behind `until` or `starting`: also `27th`, `the 5th`, `halloween` and `june`. */
export function expectedDateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const at = skip(tokens, i, "on", "from");
  const found = dateAt(tokens, at, clock) ?? holidayDateAt(tokens, at, clock);
  if (found) return found;
  const nth = bareOrdinalAt(tokens, at, clock.today);
  return nth && { to: nth.to, value: { day: nth.value } };
}
