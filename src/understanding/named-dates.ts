import { addMonths, civil, type Day, dayOf, daysInMonth, onOrAfter, validDay, weekday, weekStart } from "./calendar.ts";
import { isWord, lowerAt, type Match, ordinalAt, sequence, skip } from "./match.ts";
import type { Token } from "./tokens.ts";
import { MONTHS, WEEKDAYS } from "./words.ts";

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ["today", 0],
  ["tod", 0],
  ["tomorrow", 1],
  ["tom", 1],
  ["tmr", 1],
  ["tmrw", 1],
  ["yesterday", -1],
]);

/** Saturday of the running weekend, or of the coming one. */
export const thisWeekend = (today: Day): Day => (weekday(today) === 7 ? today - 1 : onOrAfter(today, 6));

/** `next friday` is the friday of the next ISO week, as Todoist documents it. */
export const ofNextWeek = (today: Day, isoWeekday: number): Day => weekStart(today) + 6 + isoWeekday;

/** This year's such date, or the next year's that has it where it is over. */
export function comingDate(today: Day, month: number, date: number): Day | undefined {
  const { year } = civil(today);
  for (let ahead = 0; ahead <= 8; ahead++) {
    const day = validDay(year + ahead, month, date);
    if (day !== undefined && day >= today) return day;
  }
  return undefined;
}

/** `today`, `tom`, `day after tomorrow` */
function simpleAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const after = sequence(tokens, skip(tokens, i, "the"), "day", "after", "tomorrow");
  if (after !== undefined) return { to: after, value: today + 2 };
  const offset = SIMPLE.get(lowerAt(tokens, i));
  return offset === undefined ? undefined : { to: i + 1, value: today + offset };
}

/** `friday next week`, `monday in 2 weeks`, `next week on tuesday` are one date; so is `friday the 27th`. */
function weekdayAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const day = WEEKDAYS.get(lowerAt(tokens, i));
  if (day === undefined) return undefined;
  const nextWeek = sequence(tokens, i + 1, "next", "week");
  if (nextWeek !== undefined) return { to: nextWeek, value: ofNextWeek(today, day) };
  const thisWeek = sequence(tokens, i + 1, "this", "week");
  if (thisWeek !== undefined) return { to: thisWeek, value: weekStart(today) - 1 + day };
  return { to: i + 1, value: onOrAfter(today + 1, day) };
}

function weekdayOfWeek(tokens: readonly Token[], i: number, monday: Day): Match<Day> | undefined {
  const day = WEEKDAYS.get(lowerAt(tokens, skip(tokens, i, "on")));
  return day === undefined ? undefined : { to: skip(tokens, i, "on") + 1, value: monday - 1 + day };
}

function nextAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const word = lowerAt(tokens, i + 1);
  const { year, month } = civil(today);
  const day = WEEKDAYS.get(word);
  if (day !== undefined) return { to: i + 2, value: ofNextWeek(today, day) };
  if (word === "weekday" || word === "workday") {
    return { to: i + 2, value: weekday(today) >= 5 ? weekStart(today) + 7 : today + 1 };
  }
  if (word === "week") {
    const monday = weekStart(today) + 7;
    return weekdayOfWeek(tokens, i + 2, monday) ?? { to: i + 2, value: monday };
  }
  if (word === "weekend") return { to: i + 2, value: thisWeekend(today) + 7 };
  if (word === "month") {
    const first = dayOf(year, month + 1, 1);
    const nth = ordinalAt(tokens, sequence(tokens, i + 2, "on", "the") ?? i + 2);
    const date = nth && nth.value > 0 ? validDay(civil(first).year, civil(first).month, nth.value) : undefined;
    return nth && date !== undefined ? { to: nth.to, value: date } : { to: i + 2, value: first };
  }
  if (word === "quarter") return { to: i + 2, value: dayOf(year, Math.floor((month - 1) / 3) * 3 + 4, 1) };
  if (word === "year") return { to: i + 2, value: dayOf(year + 1, 1, 1) };
  return undefined;
}

function thisAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const word = lowerAt(tokens, i + 1);
  if (isWord(tokens, i, "this") && word === "coming") {
    const day = WEEKDAYS.get(lowerAt(tokens, i + 2));
    return day === undefined ? undefined : { to: i + 3, value: onOrAfter(today + 1, day) };
  }
  const day = WEEKDAYS.get(word);
  if (day !== undefined) return { to: i + 2, value: onOrAfter(today, day) };
  if (word === "weekend") return { to: i + 2, value: Math.max(today, thisWeekend(today)) };
  if (word === "week") return weekdayOfWeek(tokens, i + 2, weekStart(today));
  return undefined;
}

/** The months `end of` and `mid` can point into: a name, `this month`, `next month`, `the month`, `month`. */
function monthRef(
  tokens: readonly Token[],
  i: number,
  today: Day,
): Match<{ year?: number; month: number }> | undefined {
  const at = skip(tokens, i, "the", "this");
  const month = MONTHS.get(lowerAt(tokens, at));
  if (month !== undefined) {
    const year = tokens[at + 1];
    const known = year?.kind === "number" && year.value >= 1970 && year.value <= 2199;
    return known ? { to: at + 2, value: { year: year.value, month } } : { to: at + 1, value: { month } };
  }
  const { year, month: current } = civil(today);
  if (isWord(tokens, at, "month")) return { to: at + 1, value: { year, month: current } };
  const next = sequence(tokens, i, "next", "month");
  if (next === undefined) return undefined;
  const first = civil(dayOf(year, current + 1, 1));
  return { to: next, value: { year: first.year, month: first.month } };
}

function datesOf(
  ref: { year?: number; month: number },
  today: Day,
  dateIn: (year: number) => number,
  rolls: boolean,
): Day {
  const { year } = civil(today);
  const at = (inYear: number): Day => dayOf(inYear, ref.month, dateIn(inYear));
  if (ref.year === undefined) return at(year) >= today ? at(year) : at(year + 1);
  return at(ref.year) < today && rolls ? addMonths(at(ref.year), 1) : at(ref.year);
}

/** `end of month`, `mid january`, `beginning of next month`, `end of the week`, `end of year`, `eom` */
function edgeAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const start = skip(tokens, i, "the");
  const { year } = civil(today);
  if (isWord(tokens, start, "mid", "middle")) {
    const at = skip(tokens, skip(tokens, start + 1, "-"), "of");
    const ref = monthRef(tokens, at, today);
    return ref && { to: ref.to, value: datesOf(ref.value, today, () => 15, true) };
  }
  const first = sequence(tokens, start, "start|beginning", "of");
  if (first !== undefined) {
    const ref = monthRef(tokens, first, today);
    return ref && { to: ref.to, value: datesOf(ref.value, today, () => 1, true) };
  }
  const end = sequence(tokens, start, "end", "of");
  if (end === undefined) {
    return isWord(tokens, i, "eom") ? { to: i + 1, value: dayOf(year, civil(today).month + 1, 0) } : undefined;
  }
  const ref = monthRef(tokens, end, today);
  if (ref)
    return { to: ref.to, value: datesOf(ref.value, today, (inYear) => daysInMonth(inYear, ref.value.month), false) };
  const noun = skip(tokens, end, "the", "this");
  if (isWord(tokens, noun, "day")) return { to: noun + 1, value: today };
  if (isWord(tokens, noun, "week")) return { to: noun + 1, value: weekStart(today) + 6 };
  if (isWord(tokens, noun, "year")) return { to: noun + 1, value: dayOf(year, 12, 31) };
  if (isWord(tokens, noun, "quarter")) {
    return { to: noun + 1, value: dayOf(year, Math.floor((civil(today).month - 1) / 3) * 3 + 4, 0) };
  }
  const nextWeek = sequence(tokens, end, "next", "week");
  if (nextWeek !== undefined) return { to: nextWeek, value: weekStart(today) + 13 };
  return undefined;
}

/** Dates that have a name, or hang on a week, month or year that has one. */
export function namedDateAt(tokens: readonly Token[], i: number, today: Day): Match<Day> | undefined {
  const token = tokens[i];
  if (token?.kind !== "word") return undefined;
  const simple = simpleAt(tokens, i, today) ?? weekdayAt(tokens, i, today);
  if (simple) return simple;
  if (token.lower === "next") return nextAt(tokens, i, today);
  if (token.lower === "this" || token.lower === "coming") return thisAt(tokens, i, today);
  const later = sequence(tokens, i, "later", "this", "week");
  if (later !== undefined) return { to: later, value: Math.min(today + 2, weekStart(today) + 6) };
  const weekend = sequence(tokens, i, "at|on|over|during", "the", "weekend");
  if (weekend !== undefined) return { to: weekend, value: Math.max(today, thisWeekend(today)) };
  return edgeAt(tokens, i, today);
}
