import { addMonths, civil, type Day, dayOf, weekStart } from "./calendar.ts";
import { dateAt, expectedDateAt } from "./dates.ts";
import { amountAt, isWord, lowerAt, type Match, sequence, skip } from "./match.ts";
import { ofNextWeek, thisWeekend } from "./named-dates.ts";
import type { Token } from "./tokens.ts";
import { MONTHS, WEEKDAYS } from "./words.ts";
import type { Clock } from "./zone.ts";

/** Local days, both included; an open end is absent. */
export interface DayRange {
  readonly from?: Day;
  readonly to?: Day;
}

const single = (day: Day): DayRange => ({ from: day, to: day });

/** `this week`, `next month`, `last year`: whole calendar units, weeks from Monday. */
function unitRange(tokens: readonly Token[], i: number, today: Day): Match<DayRange> | undefined {
  const offset = { this: 0, the: 0, next: 1, coming: 1, last: -1, past: -1, previous: -1 }[lowerAt(tokens, i)];
  if (offset === undefined) return undefined;
  const unit = lowerAt(tokens, i + 1).replace(/'s$/, "");
  const { year, month } = civil(today);
  const to = i + 2;
  if (unit === "week") {
    const monday = weekStart(today) + 7 * offset;
    return { to, value: { from: monday, to: monday + 6 } };
  }
  if (unit === "weekend") {
    const saturday = thisWeekend(today) + 7 * offset;
    return { to, value: { from: saturday, to: saturday + 1 } };
  }
  if (isWord(tokens, i, "the")) return undefined;
  if (unit === "month")
    return { to, value: { from: dayOf(year, month + offset, 1), to: dayOf(year, month + offset + 1, 0) } };
  if (unit === "quarter") {
    const first = Math.floor((month - 1) / 3) * 3 + 1 + 3 * offset;
    return { to, value: { from: dayOf(year, first, 1), to: dayOf(year, first + 3, 0) } };
  }
  if (unit === "year") return { to, value: { from: dayOf(year + offset, 1, 1), to: dayOf(year + offset, 12, 31) } };
  const day = WEEKDAYS.get(unit);
  if (day === undefined || isWord(tokens, i, "coming")) return undefined;
  if (offset === 1) return { to, value: single(ofNextWeek(today, day)) };
  if (offset === 0) return undefined;
  const back = (((weekStart(today) - 1 + day - today) % 7) + 7) % 7;
  return { to, value: single(today + (back === 0 ? -7 : back - 7)) };
}

/** `next 7 days`, `the last 2 weeks`, `within 3 days` */
function spanRange(tokens: readonly Token[], i: number, today: Day): Match<DayRange> | undefined {
  const start = skip(tokens, i, "the");
  const within = isWord(tokens, start, "within");
  if (!within && !isWord(tokens, start, "next", "coming", "last", "past")) return undefined;
  const amount = amountAt(tokens, start + 1);
  if (amount === undefined || amount.value.count > 10_000) return undefined;
  const { count, unit } = amount.value;
  const sign = isWord(tokens, start, "last", "past") ? -1 : 1;
  const months = { month: 1, quarter: 3, year: 12 }[unit as "month"];
  const length = { day: 1, week: 7 }[unit as "day"];
  if (months === undefined && length === undefined) return undefined;
  const end = months === undefined ? today + sign * count * (length ?? 1) : addMonths(today, sign * count * months);
  return { to: amount.to, value: sign < 0 ? { from: end, to: today } : { from: today, to: end } };
}

/** `december`, `in january 2027` */
function monthRange(tokens: readonly Token[], i: number, today: Day): Match<DayRange> | undefined {
  const month = MONTHS.get(lowerAt(tokens, i));
  if (month === undefined || tokens[i + 1]?.kind === "ordinal") return undefined;
  const number = tokens[i + 1];
  const said = number?.kind === "number" && number.text.length === 4 ? number.value : undefined;
  if (number?.kind === "number" && said === undefined) return undefined;
  const { year, month: current } = civil(today);
  const inYear = said ?? (month < current ? year + 1 : year);
  return {
    to: said === undefined ? i + 1 : i + 2,
    value: { from: dayOf(inYear, month, 1), to: dayOf(inYear, month + 1, 0) },
  };
}

const POSSESSIVE_DAYS: ReadonlyMap<string, number> = new Map([
  ["today's", 0],
  ["tomorrow's", 1],
  ["yesterday's", -1],
  ["tonight", 0],
  ["tonight's", 0],
]);

/** A stretch of days as a filter means it, without the preposition in front. */
function plainRange(tokens: readonly Token[], i: number, clock: Clock): Match<DayRange> | undefined {
  const possessive = POSSESSIVE_DAYS.get(lowerAt(tokens, i));
  if (possessive !== undefined) return { to: i + 1, value: single(clock.today + possessive) };
  const mine = sequence(tokens, i, "my", "day|week");
  if (mine !== undefined && isWord(tokens, i + 1, "day")) return { to: mine, value: single(clock.today) };
  if (mine !== undefined) return { to: mine, value: { from: weekStart(clock.today), to: weekStart(clock.today) + 6 } };
  const range = spanRange(tokens, i, clock.today) ?? unitRange(tokens, i, clock.today);
  if (range) return range;
  const date =
    dateAt(tokens, i, clock) ??
    (isWord(tokens, i, "the") || tokens[i]?.kind === "ordinal" ? expectedDateAt(tokens, i, clock) : undefined);
  if (date) return { to: date.to, value: single(date.value.day) };
  return monthRange(tokens, i, clock.today);
}

/** `due this week`, `by friday`, `after tomorrow`, `between monday and friday`, `overdue` is none. */
export function rangeAt(tokens: readonly Token[], i: number, clock: Clock): Match<DayRange> | undefined {
  const due = skip(tokens, i, "due", "scheduled", "planned");
  if (isWord(tokens, due, "from", "between")) {
    const first = plainRange(tokens, due + 1, clock);
    const second =
      first && isWord(tokens, first.to, "to", "and", "until", "till", "through", "-")
        ? plainRange(tokens, first.to + 1, clock)
        : undefined;
    if (first?.value.from !== undefined && second?.value.to !== undefined) {
      // "between monday and friday" said on a wednesday: both lie in the week of the monday to come.
      const { from } = first.value;
      const weeks = Math.max(0, Math.ceil((from - second.value.to) / 7));
      return { to: second.to, value: { from, to: second.value.to + 7 * weeks } };
    }
    if (first?.value.from === undefined || !isWord(tokens, due, "from")) return undefined;
    const onwards = sequence(tokens, first.to, "on|onwards");
    return onwards === undefined ? first : { to: onwards, value: { from: first.value.from } };
  }
  const word = lowerAt(tokens, due);
  const range =
    plainRange(
      tokens,
      ["by", "before", "until", "till", "after", "since", "on", "for", "in", "over", "during", "at"].includes(word)
        ? due + 1
        : due,
      clock,
    ) ?? plainRange(tokens, due, clock);
  if (range === undefined) return undefined;
  const { from, to } = range.value;
  if (["by", "until", "till"].includes(word) && to !== undefined) return { to: range.to, value: { to } };
  if (word === "before" && from !== undefined) return { to: range.to, value: { to: from - 1 } };
  if (word === "after" && to !== undefined) return { to: range.to, value: { from: to + 1 } };
  if (word === "since" && from !== undefined) return { to: range.to, value: { from } };
  return range;
}
