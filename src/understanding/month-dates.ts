import { civil, type Day, dayOf, nthWeekday, validDay } from "./calendar.ts";
import { endsBefore, isWord, lowerAt, type Match, ordinalAt, sequence, skip } from "./match.ts";
import { comingDate } from "./named-dates.ts";
import type { Token } from "./tokens.ts";
import { MONTHS, WEEKDAYS } from "./words.ts";
import { type Clock, instantOf, localAt } from "./zone.ts";

/** A date, with its minute where the notation holds one (`2026-11-20T09:00`). */
export interface DateValue {
  readonly day: Day;
  readonly minute?: number;
}

function yearAt(tokens: readonly Token[], i: number): Match<number> | undefined {
  const token = tokens[skip(tokens, i, ",")];
  if (token?.kind !== "number" || token.text.length !== 4) return undefined;
  return token.value >= 1970 && token.value <= 2199 ? { to: skip(tokens, i, ",") + 1, value: token.value } : undefined;
}

function inMonth(
  tokens: readonly Token[],
  to: number,
  month: number,
  date: number,
  today: Day,
): Match<Day> | undefined {
  const year = yearAt(tokens, to);
  const day = year === undefined ? comingDate(today, month, date) : validDay(year.value, month, date);
  return day === undefined ? undefined : { to: year?.to ?? to, value: day };
}

/** A date of the month in digits or as an ordinal: `27`, `27th`, `twenty-seventh`. */
function dateNumber(tokens: readonly Token[], i: number): Match<number> | undefined {
  const token = tokens[i];
  if (token?.kind === "number") return token.text.length <= 2 ? { to: i + 1, value: token.value } : undefined;
  const nth = ordinalAt(tokens, i);
  return nth && nth.value > 0 ? nth : undefined;
}

/** `jan 27`, `january 27th, 2027`, `27 jan`, `27th of january 2027` */
function monthDateAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const month = MONTHS.get(lowerAt(tokens, i));
  if (month !== undefined) {
    const date = dateNumber(tokens, skip(tokens, skip(tokens, i + 1, "."), "the"));
    return date && inMonth(tokens, date.to, month, date.value, today);
  }
  const date = dateNumber(tokens, skip(tokens, i, "the"));
  if (date === undefined) return undefined;
  // The holiday, where something is called after it: "4th of July parade".
  const named = skip(tokens, skip(tokens, date.to, "."), "of");
  if (date.value === 4 && isWord(tokens, date.to, "of") && !endsBefore(tokens, date.to + 2)) return undefined;
  const after = MONTHS.get(lowerAt(tokens, named));
  if (after === undefined) return undefined;
  return inMonth(tokens, named + 1, after, date.value, today);
}

/** `the 5th of next month`, `5th of this month` */
function dateOfMonthAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const nth = ordinalAt(tokens, skip(tokens, i, "the"));
  const of = nth && sequence(tokens, nth.to, "of", "next|this|the", "month");
  if (nth === undefined || of === undefined || nth.value < 1) return undefined;
  const { year, month } = civil(today);
  const first = civil(dayOf(year, month + (isWord(tokens, nth.to + 1, "next") ? 1 : 0), 1));
  const day = validDay(first.year, first.month, nth.value);
  return day === undefined ? undefined : { to: of, value: day };
}

/** `first monday of december`, `last friday of next month`, `last day of november` */
function nthWeekdayAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const nth = ordinalAt(tokens, skip(tokens, i, "the"));
  if (nth === undefined) return undefined;
  const unit = lowerAt(tokens, nth.to);
  const isoWeekday = WEEKDAYS.get(unit);
  if ((isoWeekday === undefined && unit !== "day") || !isWord(tokens, nth.to + 1, "of", "in")) return undefined;
  const at = nth.to + 2;
  const { year, month } = civil(today);
  const pick = (inYear: number, m: number): Day | undefined => {
    const { year: y, month: normal } = civil(dayOf(inYear, m, 1));
    if (isoWeekday !== undefined) return nthWeekday(y, normal, nth.value, isoWeekday);
    return nth.value === -1 ? dayOf(y, normal + 1, 0) : validDay(y, normal, nth.value);
  };
  const relative = sequence(tokens, at, "next|this|the", "month");
  if (relative !== undefined) {
    const value = pick(year, month + (isWord(tokens, at, "next") ? 1 : 0));
    return value === undefined ? undefined : { to: relative, value };
  }
  const named = MONTHS.get(lowerAt(tokens, at));
  if (named === undefined) return undefined;
  const said = yearAt(tokens, at + 1);
  let value = pick(said?.value ?? year, named);
  if (said === undefined && value !== undefined && value < today) value = pick(year + 1, named);
  return value === undefined ? undefined : { to: said?.to ?? at + 1, value };
}

/** `27th` alone: this month's, or the next month's that has it. Whether it may stand alone is for the caller. */
export function bareOrdinalAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const at = skip(tokens, i, "the");
  const token = tokens[at];
  if (token?.kind !== "ordinal" && !(at > i && token?.kind === "word")) return undefined;
  const nth = ordinalAt(tokens, at);
  if (nth === undefined || nth.value < 1 || nth.value > 31) return undefined;
  const { year, month } = civil(today);
  for (let ahead = 0; ahead < 3; ahead++) {
    const first = civil(dayOf(year, month + ahead, 1));
    const day = validDay(first.year, first.month, nth.value);
    if (day !== undefined && day >= today) return { to: nth.to, value: day };
  }
  return undefined;
}

/** `2026-11-20`, `2026/11/20`, `20.11.2026`, and `11/20/2026` or `20/11/2026` where only one order makes a date. */
function numericDateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const token = tokens[i];
  if (token?.kind !== "date") return undefined;
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:t(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(z|[+-]\d{2}:?\d{2})?)?$/.exec(
    token.lower,
  );
  if (iso !== null) {
    const day = validDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    if (day === undefined) return undefined;
    if (iso[4] === undefined) return { to: i + 1, value: { day } };
    const minute = Number(iso[4]) * 60 + Number(iso[5]);
    if (Number(iso[4]) > 23 || Number(iso[5]) > 59) return undefined;
    if (iso[6] === undefined) return { to: i + 1, value: { day, minute } };
    const instant = Date.parse(token.text);
    return Number.isNaN(instant) ? undefined : { to: i + 1, value: localAt(instant, clock.timeZone) };
  }
  const [first = 0, second = 0, year = 0] = token.lower.split(/[/.]/).map(Number);
  if (token.lower.includes(".")) {
    const day = validDay(year, second, first);
    return day === undefined ? undefined : { to: i + 1, value: { day } };
  }
  const orders = [validDay(year, first, second), validDay(year, second, first)].filter((day) => day !== undefined);
  const [day] = orders;
  return day !== undefined && orders.every((other) => other === day) ? { to: i + 1, value: { day } } : undefined;
}

/** Dates that name a month or stand in digits. */
export function monthBasedDateAt(tokens: readonly Token[], i: number, clock: Clock): Match<DateValue> | undefined {
  const numeric = numericDateAt(tokens, i, clock);
  if (numeric) return numeric;
  const found =
    nthWeekdayAt(tokens, i, clock.today) ??
    monthDateAt(tokens, i, clock.today) ??
    dateOfMonthAt(tokens, i, clock.today);
  return found && { to: found.to, value: { day: found.value } };
}

/** True where a wall-clock minute is behind the clock. */
export function isPast(day: Day, minute: number | undefined, clock: Clock): boolean {
  if (day !== clock.today || minute === undefined) return day < clock.today;
  const instant = instantOf(day, minute, clock.timeZone);
  return instant === undefined ? minute < clock.nextMinute : instant < clock.instant;
}
