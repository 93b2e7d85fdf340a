import { countAt, endsBefore, isWord, lowerAt, type Match, ordinalAt, sequence, skip } from "./match.ts";
import { IMPERATIVE } from "./references.ts";
import { type Rule, yearlyDates, yearlyWeekdays } from "./rule.ts";
import type { Token } from "./tokens.ts";
import { DAY_PARTS, MONTHS, PLURAL_WEEKDAYS, UNITS, type Unit, WEEKDAYS, WORKDAYS } from "./words.ts";

export interface Pattern {
  readonly rule: Rule;
  /** Minute of the day that the pattern itself names: "every morning". */
  readonly minute?: number;
}

type Tokens = readonly Token[];

const FREQUENCIES: Partial<Record<Unit, { freq: Rule["freq"]; times: number }>> = {
  hour: { freq: "HOURLY", times: 1 },
  day: { freq: "DAILY", times: 1 },
  week: { freq: "WEEKLY", times: 1 },
  month: { freq: "MONTHLY", times: 1 },
  quarter: { freq: "MONTHLY", times: 3 },
  year: { freq: "YEARLY", times: 1 },
};

export const HIGHEST_INTERVAL = 1000;

/** `undefined` for minutes: a task that comes back every few minutes is none. */
export function intervalRule(unit: Unit, count: number): Rule | undefined {
  const frequency = FREQUENCIES[unit];
  if (frequency === undefined || count < 1 || count > HIGHEST_INTERVAL) return undefined;
  return { freq: frequency.freq, interval: count * frequency.times };
}

const workweek = (): Rule => ({ freq: "WEEKLY", interval: 1, byDay: WORKDAYS.map((day) => ({ day })) });
/** Todoist documents "every weekend" as every Saturday. */
const weekend = (): Rule => ({ freq: "WEEKLY", interval: 1, byDay: [{ day: 6 }] });

/** Items of a list: `a, b and c`, `a/b`, `a & b`; stops before a separator that no item follows. */
function listAt<T>(tokens: Tokens, i: number, item: (at: number) => Match<T> | undefined): Match<T[]> | undefined {
  const first = item(i);
  if (first === undefined) return undefined;
  const value = [first.value];
  let to = first.to;
  for (;;) {
    const separated = skip(tokens, skip(tokens, to, ",", "/", "&"), "and", "or");
    if (separated === to) return { to, value };
    const next = item(skip(tokens, skip(tokens, separated, "every", "ev", "on"), "the"));
    if (next === undefined) return { to, value };
    value.push(next.value);
    to = next.to;
  }
}

const weekdayOf = (tokens: Tokens, i: number): number | undefined =>
  WEEKDAYS.get(lowerAt(tokens, i)) ?? PLURAL_WEEKDAYS.get(lowerAt(tokens, i));

/** `mon, wed and fri`, `monday to friday`, `mon-fri` */
export function weekdaysAt(tokens: Tokens, i: number): Match<number[]> | undefined {
  const first = weekdayOf(tokens, i);
  if (first === undefined) return undefined;
  const last = isWord(tokens, i + 1, "-", "–", "to", "through", "thru") ? weekdayOf(tokens, i + 2) : undefined;
  if (last !== undefined) {
    const length = ((last - first + 7) % 7) + 1;
    return { to: i + 3, value: Array.from({ length }, (_, offset) => ((first - 1 + offset) % 7) + 1) };
  }
  return listAt(tokens, i, (at) => {
    const day = weekdayOf(tokens, at);
    return day === undefined ? undefined : { to: at + 1, value: day };
  });
}

const isWorkday = (tokens: Tokens, i: number): boolean =>
  isWord(tokens, i, "workday", "weekday", "workdays", "weekdays");

/** Skips `of the month`, `of every month`, `each month`. */
const ofMonth = (tokens: Tokens, i: number): number =>
  sequence(tokens, i, "of", "the|every|each|a", "month") ??
  sequence(tokens, i, "of", "month") ??
  sequence(tokens, i, "each|every", "month") ??
  i;

/** `3rd friday`, `1st and 3rd monday`, `last day`, `15th workday, last workday`, `1st wed jan, 3rd thu jul` */
function positionalAt(tokens: Tokens, i: number): Match<Rule> | undefined {
  const workdays = listAt(tokens, i, (at) => {
    const nth = ordinalAt(tokens, at);
    return nth && nth.value <= 23 && isWorkday(tokens, nth.to) ? { to: nth.to + 1, value: nth.value } : undefined;
  });
  if (workdays) {
    const byDay = WORKDAYS.map((day) => ({ day }));
    return {
      to: ofMonth(tokens, workdays.to),
      value: { freq: "MONTHLY", interval: 1, byDay, bySetPos: workdays.value },
    };
  }
  const dated = listAt(tokens, i, (at) => {
    const found = nthWeekdayAt(tokens, at);
    const month = found && MONTHS.get(lowerAt(tokens, skip(tokens, found.to, "of", "in")));
    return found && month
      ? { to: skip(tokens, found.to, "of", "in") + 1, value: { ...found.value, month } }
      : undefined;
  });
  if (dated) {
    const value = yearlyWeekdays(dated.value);
    return value && { to: dated.to, value };
  }
  const nths = listAt(tokens, i, (at) => ordinalAt(tokens, at));
  if (nths === undefined) return undefined;
  const day = weekdayOf(tokens, nths.to);
  if (day !== undefined && nths.value.every((nth) => nth <= 5)) {
    const more = listAt(tokens, i, (at) => nthWeekdayAt(tokens, at));
    if (more && more.to > nths.to + 1)
      return { to: ofMonth(tokens, more.to), value: { freq: "MONTHLY", interval: 1, byDay: more.value } };
    return {
      to: ofMonth(tokens, nths.to + 1),
      value: { freq: "MONTHLY", interval: 1, byDay: nths.value.map((nth) => ({ nth, day })) },
    };
  }
  if (nths.value.length === 1 && nths.value[0] === -1 && isWord(tokens, nths.to, "day")) {
    return { to: ofMonth(tokens, nths.to + 1), value: { freq: "MONTHLY", interval: 1, byMonthDay: [-1] } };
  }
  return undefined;
}

function nthWeekdayAt(tokens: Tokens, i: number): Match<{ nth: number; day: number }> | undefined {
  const nth = ordinalAt(tokens, i);
  const day = nth && nth.value <= 5 ? weekdayOf(tokens, nth.to) : undefined;
  return nth && day !== undefined ? { to: nth.to + 1, value: { nth: nth.value, day } } : undefined;
}

/** `1st`, `15th and 30th`, `2, 15, 27`, `15th day of the month` */
export function monthDaysAt(tokens: Tokens, i: number, settled = false): Match<Rule> | undefined {
  const dates = listAt(tokens, skip(tokens, i, "the"), (at) => {
    const last = sequence(tokens, at, "last", "day");
    if (last !== undefined) return { to: last, value: -1 };
    const token = tokens[at];
    const value = token?.kind === "number" ? token.value : (ordinalAt(tokens, at)?.value ?? 0);
    return value >= 1 && value <= 31 ? { to: at + 1, value } : undefined;
  });
  if (dates === undefined) return undefined;
  const rule: Rule = { freq: "MONTHLY", interval: 1, byMonthDay: dates.value };
  const named = isWord(tokens, dates.to, "day") ? dates.to + 1 : dates.to;
  const of = ofMonth(tokens, named);
  if (of > named) return { to: of, value: rule };
  // "every 15th and 30th pay the card" opens a text; "every 2nd street" is no date.
  const task = IMPERATIVE.test(`${lowerAt(tokens, dates.to)} x`) || (dates.value[0] ?? 0) >= 10;
  const opens = i <= 1 && tokens[dates.to - 1]?.kind === "ordinal" && task;
  if (
    named > dates.to ||
    !(
      endsBefore(tokens, dates.to) ||
      isWord(tokens, dates.to + 1, "times") ||
      opens ||
      settled ||
      dates.value.length > 1
    )
  )
    return undefined;
  return { to: dates.to, value: rule };
}

/** `jan 27`, `14 jan, 14 apr, 15 jun`, `27th of january`, `january` */
export function yearDaysAt(tokens: Tokens, i: number): Match<Rule> | undefined {
  const number = (at: number): Match<number> | undefined => {
    const token = tokens[at];
    if (token?.kind === "number" && token.text.length <= 2) return { to: at + 1, value: token.value };
    const nth = ordinalAt(tokens, at);
    return nth && nth.value > 0 ? nth : undefined;
  };
  const dates = listAt(tokens, skip(tokens, i, "the"), (at) => {
    const month = MONTHS.get(lowerAt(tokens, at));
    const date = number(month === undefined ? at : skip(tokens, at + 1, "the"));
    if (month !== undefined) return date && { to: date.to, value: { month, date: date.value } };
    const of = date && skip(tokens, date.to, "of");
    const later = of === undefined ? undefined : MONTHS.get(lowerAt(tokens, of));
    return date && of !== undefined && later ? { to: of + 1, value: { month: later, date: date.value } } : undefined;
  });
  const value = dates && yearlyDates(dates.value);
  if (dates) return value && { to: dates.to, value };
  const month = MONTHS.get(lowerAt(tokens, i));
  if (month === undefined || !(endsBefore(tokens, i + 1) || i <= 1)) return undefined;
  return { to: i + 1, value: { freq: "YEARLY", interval: 1, byMonth: [month], byMonthDay: [1] } };
}

/** What may follow "every week", "every 2 months", "monthly": `on tue and thu`, `on the 15th`, `on jan 27`. */
export function onDaysAt(tokens: Tokens, i: number, rule: Rule): Match<Rule> | undefined {
  const on = skip(tokens, skip(tokens, i, "on"), "the");
  if (rule.freq === "WEEKLY") {
    const days = weekdaysAt(tokens, on);
    return days && { to: days.to, value: { ...rule, byDay: days.value.map((day) => ({ day })) } };
  }
  if (!isWord(tokens, i, "on")) return undefined;
  const found =
    rule.freq === "MONTHLY" ? (positionalAt(tokens, on) ?? monthDaysAt(tokens, on, true)) : yearDaysAt(tokens, on);
  if (found === undefined || (rule.freq !== "MONTHLY" && rule.freq !== "YEARLY")) return undefined;
  return { to: found.to, value: { ...found.value, interval: rule.interval } };
}

function unitsAt(tokens: Tokens, i: number): Match<Rule> | undefined {
  const nth = ordinalAt(tokens, i);
  const count = isWord(tokens, i, "other") ? { to: i + 1, value: 2 } : nth && nth.value > 1 ? nth : countAt(tokens, i);
  const at = count?.to ?? i;
  const word = lowerAt(tokens, at);
  const unit = word === "fortnight" ? "week" : UNITS.get(word);
  if (unit !== undefined && (count === undefined || !["a", "an"].includes(lowerAt(tokens, i)))) {
    const rule = intervalRule(unit, (count?.value ?? 1) * (word === "fortnight" ? 2 : 1));
    return rule && { to: at + 1, value: rule };
  }
  if (!isWord(tokens, i, "other")) return undefined;
  const days = weekdaysAt(tokens, at);
  return days && { to: days.to, value: { freq: "WEEKLY", interval: 2, byDay: days.value.map((day) => ({ day })) } };
}

/** `friday the 13th`: only the months in which both hold. */
function fridayTheThirteenth(tokens: Tokens, days: Match<number[]>): Match<Pattern> | undefined {
  const nth = isWord(tokens, days.to, "the") ? ordinalAt(tokens, days.to + 1) : undefined;
  if (nth === undefined || nth.value < 1) return undefined;
  const byDay = days.value.map((day) => ({ day }));
  return { to: nth.to, value: { rule: { freq: "MONTHLY", interval: 1, byMonthDay: [nth.value], byDay } } };
}

/** What stands behind `every`. */
export function patternAt(tokens: Tokens, start: number): Match<Pattern> | undefined {
  const i = skip(tokens, start, "single");
  const part = DAY_PARTS.get(lowerAt(tokens, i));
  if (part !== undefined) return { to: i + 1, value: { rule: { freq: "DAILY", interval: 1 }, minute: part } };
  const end =
    sequence(tokens, i, "end", "of", "the", "month") ??
    sequence(tokens, i, "end", "of", "month") ??
    sequence(tokens, i, "month", "end");
  if (end !== undefined) return { to: end, value: { rule: { freq: "MONTHLY", interval: 1, byMonthDay: [-1] } } };
  if (isWorkday(tokens, i)) return { to: i + 1, value: { rule: workweek() } };
  if (isWord(tokens, i, "weekend", "weekends")) return { to: i + 1, value: { rule: weekend() } };
  const positional = positionalAt(tokens, i);
  if (positional) return { to: positional.to, value: { rule: positional.value } };
  const units = unitsAt(tokens, i);
  if (units) {
    const days = units.value.byDay ? undefined : onDaysAt(tokens, units.to, units.value);
    return days ? { to: days.to, value: { rule: days.value } } : { to: units.to, value: { rule: units.value } };
  }
  const days = weekdaysAt(tokens, i);
  const thirteenth = days && fridayTheThirteenth(tokens, days);
  if (thirteenth) return thirteenth;
  if (days)
    return { to: days.to, value: { rule: { freq: "WEEKLY", interval: 1, byDay: days.value.map((day) => ({ day })) } } };
  const found = yearDaysAt(tokens, i) ?? monthDaysAt(tokens, i);
  return found && { to: found.to, value: { rule: found.value } };
}
