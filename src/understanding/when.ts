import { type Day, formatDue } from "./calendar.ts";
import { type DateValue, dateAt, holidayDateAt } from "./dates.ts";
import { endsBefore, isWord, lowerAt, type Match, sequence, skip } from "./match.ts";
import { bareOrdinalAt, isPast } from "./month-dates.ts";
import { isNamePart } from "./names.ts";
import type { Reading } from "./reading.ts";
import { inDayPart, type TimeOfDay, timeAt, timeRangeAt } from "./times.ts";
import { DAY_PARTS, WEEKDAYS } from "./words.ts";
import { type Clock, existing, instantOf } from "./zone.ts";

export interface When {
  readonly date?: DateValue;
  readonly time?: TimeOfDay;
}

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly date: DateValue;
  /** How clearly the words say "due": 3 by, due; 2 on or nothing; 1 for. */
  readonly rank: number;
}

/** What a date behind one of these words is, it is not the day on which the task is due. */
const BLOCKING = [
  "before",
  "from",
  "since",
  "after",
  "until",
  "till",
  "than",
  "of",
  "about",
  "last",
  "past",
  "previous",
  "between",
  "called",
];

/** Skips `due by`, `on`, `for`...; the rank says how clearly these words make a due date. */
function dueWords(reading: Reading, i: number): { to: number; rank: number } {
  const { tokens } = reading;
  const later = sequence(tokens, i, "no|not", "later", "than") ?? sequence(tokens, i, "on", "or", "before");
  if (later !== undefined) return { to: later, rank: 3 };
  const due =
    sequence(tokens, i, "is|are|it's", "due") ??
    sequence(tokens, i, "due", "date", "is|on") ??
    sequence(tokens, i, "due", "date") ??
    sequence(tokens, i, "due");
  if (due !== undefined) return { to: skip(tokens, skip(tokens, due, ":"), "on", "by", "before", "in", "at"), rank: 3 };
  if (isWord(tokens, i, "by", "before")) return { to: i + 1, rank: 3 };
  if (isWord(tokens, i, "on")) return { to: i + 1, rank: 2 };
  if (isWord(tokens, i, "for")) return { to: i + 1, rank: 1 };
  return { to: i, rank: 2 };
}

/** `27th` and `halloween` stand alone only behind a preposition or where the phrase ends. */
function dependentDateAt(reading: Reading, i: number, prefixed: boolean): Match<DateValue> | undefined {
  const { tokens, clock } = reading;
  const holiday = holidayDateAt(tokens, i, clock);
  if (holiday)
    return endsBefore(tokens, holiday.to) && (prefixed || holiday.to === tokens.length) ? holiday : undefined;
  const nth = bareOrdinalAt(tokens, i, clock.today);
  if (nth === undefined || !endsBefore(tokens, nth.to) || isWord(tokens, nth.to, "and", "or", "to", "&", "-"))
    return undefined;
  const before = reading.wordBefore(i);
  if (["and", "or", "&"].includes(before) && tokens[i - 2]?.kind === "ordinal") return undefined;
  const ranked = [
    "a",
    "an",
    "my",
    "our",
    "come",
    "came",
    "finish",
    "finished",
    "be",
    "is",
    "was",
    "in",
    "priority",
    "place",
  ];
  if (
    !prefixed &&
    (ranked.includes(before) || (isWord(tokens, i, "the") && tokens[i - 1]?.capital === true && i > 1))
  ) {
    return undefined;
  }
  return { to: nth.to, value: { day: nth.value } };
}

function candidateAt(reading: Reading, i: number): Candidate | undefined {
  const { tokens, clock } = reading;
  const words = dueWords(reading, i);
  const prefixed = words.to > i;
  if (["not", "never"].includes(reading.wordBefore(i))) return undefined;
  if (!prefixed && BLOCKING.includes(reading.wordBefore(i))) return undefined;
  const found = dateAt(tokens, words.to, clock) ?? dependentDateAt(reading, words.to, prefixed);
  if (found === undefined || isNamePart(reading, words.to, found.to, words.rank !== 1 && prefixed)) return undefined;
  if (isOneOfSeveral(reading, i, words.to, found.to)) return undefined;
  // "yesterday" and "3 days ago" mostly tell a story: due only where they end the text or are called due.
  if (
    found.value.day < clock.today &&
    tokens[words.to]?.kind === "word" &&
    isWord(tokens, found.to - 1, "yesterday", "ago")
  ) {
    const told = tokens
      .slice(0, i)
      .some(({ lower }) => ["what", "who", "that", "which", "where", "how"].includes(lower));
    if (words.rank !== 3 && (told || found.to < tokens.length || reading.wordBefore(i) === "")) return undefined;
  }
  return { from: i, to: found.to, date: found.value, rank: words.rank };
}

/** `gym mon/wed/fri`, `call tuesday or thursday`: several days without "every" are no single date. */
function isOneOfSeveral({ tokens }: Reading, i: number, from: number, to: number): boolean {
  const isDay = (at: number): boolean => WEEKDAYS.has(lowerAt(tokens, at)) || isWord(tokens, at, "today", "tomorrow");
  if (to !== from + 1 || !isDay(from)) return false;
  const joins = ["/", "-", "–", ",", "&", "and", "or"];
  const next = isWord(tokens, to, ...joins) && isDay(to + 1);
  return next || (isWord(tokens, i - 1, ...joins) && isDay(i - 2));
}

function bestDate(reading: Reading): Candidate | undefined {
  let best: Candidate | undefined;
  for (let i = 0; i < reading.tokens.length; i++) {
    const found = candidateAt(reading, i);
    if (found === undefined) continue;
    if (best === undefined || found.rank > best.rank) best = found;
    i = found.to - 1;
  }
  return best;
}

const RATIO_WORDS = [
  "ratio",
  "aspect",
  "monitor",
  "screen",
  "display",
  "score",
  "scale",
  "resolution",
  "min",
  "mins",
  "minutes",
];
const BOOKS =
  /^(?:genesis|exodus|psalms?|proverbs|isaiah|matthew|mark|luke|john|acts|romans|corinthians|hebrews|james|peter|revelation)$/;

const ARTICLES = ["the", "a", "an", "my", "our", "this", "for"];

/** A clock that measures, compares or cites: `16:10 monitor`, `5k in 24:30`, `John 3:16`. */
function isNoTime(reading: Reading, from: number, to: number): boolean {
  const before = reading.wordBefore(from);
  if (["until", "till", "since", "than", "between", "to"].includes(before)) return true;
  if (isWord(reading.tokens, to, "is", "was", "are", "were")) return true;
  // "tickets for the 8pm show": the time is the show's.
  if (ARTICLES.includes(before) && !endsBefore(reading.tokens, to)) return true;
  if (reading.tokens[from]?.unit !== "24") return false;
  return (
    RATIO_WORDS.includes(before) ||
    RATIO_WORDS.includes(reading.wordBefore(from - 1)) ||
    isWord(reading.tokens, to, ...RATIO_WORDS) ||
    ["in", "under"].includes(before) ||
    BOOKS.test(before)
  );
}

/** The first time of day in the text that is one, its preposition included. */
function firstTime(reading: Reading): (Match<TimeOfDay> & { from: number }) | undefined {
  const { tokens } = reading;
  for (let i = 0; i < tokens.length; i++) {
    const range = timeRangeAt(tokens, i);
    if (range !== undefined) {
      i = range - 1;
      continue;
    }
    const found = timeAt(tokens, i, false);
    if (found && !isNoTime(reading, i, found.to)) return { from: i, ...found };
  }
  return undefined;
}

/** A time right before token `i`: `6pm tomorrow`, `at 9 on friday`. */
function timeBefore(reading: Reading, i: number): (Match<TimeOfDay> & { from: number }) | undefined {
  for (let from = Math.max(0, i - 4); from < i; from++) {
    const found = timeAt(reading.tokens, from, false);
    if (found?.to === i && !isNoTime(reading, from, i)) return { from, ...found };
  }
  return undefined;
}

const hourIn = ({ minute, bare }: TimeOfDay): number => (bare ? minute % 720 : minute);

/** Finds, claims and returns the date and, unless one was said already, the time that the text gives the task. */
export function readWhen(reading: Reading, said?: TimeOfDay): When {
  const { tokens } = reading;
  const date = bestDate(reading);
  if (date === undefined) readNoDate(reading);
  if (date === undefined) return readTime(reading, said);
  if (said !== undefined) {
    reading.claim(date.from, date.to, "due");
    return { date: date.date, time: said };
  }
  const range = timeRangeAt(tokens, skip(tokens, date.to, ",", "at"));
  const comma = isWord(tokens, date.to, ",") && timeAt(tokens, date.to + 1, true) ? date.to + 1 : date.to;
  const after = range === undefined && date.date.minute === undefined ? timeAt(tokens, comma, true) : undefined;
  const before = date.date.minute === undefined ? timeBefore(reading, date.from) : undefined;
  const part = after && DAY_PARTS.has(lowerAt(tokens, after.to - 1)) ? lowerAt(tokens, after.to - 1) : undefined;
  reading.claim(date.from, date.to, "due");
  if (after) reading.claim(date.to, after.to, "time");
  if (before && (after === undefined || part !== undefined)) {
    reading.claim(before.from, before.to, "time");
    const { value } = before;
    // "at 6:30 tomorrow evening": the clock decides, the part of the day says which half.
    return { date: date.date, time: part === undefined ? value : { minute: inDayPart(hourIn(value), part) } };
  }
  if (after) return { date: date.date, time: after.value };
  return date.date.minute === undefined ? { date: date.date, ...readTime(reading) } : { date: date.date };
}

/** "no date" at the end says that there is none, as Todoist documents it. */
function readNoDate(reading: Reading): void {
  const { length } = reading.tokens;
  for (const from of [length - 3, length - 2]) {
    const to = sequence(reading.tokens, from, "no", "date") ?? sequence(reading.tokens, from, "no", "due", "date");
    if (from > 0 && to === length) reading.claim(from, to, "due");
  }
}

/** Finds, claims and returns a time of day, unless one was said already. */
export function readTime(reading: Reading, said?: TimeOfDay): { time?: TimeOfDay } {
  if (said !== undefined) return { time: said };
  const found = firstTime(reading);
  if (found === undefined) return {};
  reading.claim(found.from, found.to, "time");
  return { time: found.value };
}

/** The first day from `from` on which this minute exists and is not past. */
export function nextDayAt(from: Day, minute: number, clock: Clock): Day {
  for (let day = from; day < from + 8; day++) {
    if (instantOf(day, minute, clock.timeZone) !== undefined && !isPast(day, minute, clock)) return day;
  }
  return from;
}

const EVENING_WORDS = ["dinner", "supper"];
const MORNING_WORDS = ["wake", "breakfast", "sunrise"];

/** A bare hour takes the half of the day that the text speaks of. */
export function hourOf(time: TimeOfDay, reading: Reading): number {
  if (!time.bare) return time.minute;
  const says = (words: readonly string[]): boolean =>
    reading.tokens.some((_, i) => words.includes(lowerAt(reading.tokens, i)));
  if (time.minute < 720 && says(EVENING_WORDS)) return time.minute + 720;
  if (time.minute >= 780 && says(MORNING_WORDS)) return time.minute - 720;
  return time.minute;
}

/** Day and minute of a date and time: a time alone is its next occurrence, a skipped minute is read as RFC 5545 does. */
export function momentOf({ date, time }: When, reading: Reading): DateValue | undefined {
  const { clock } = reading;
  if (time === undefined) {
    if (date?.minute === undefined) return date;
    return existing(date.day, date.minute, clock.timeZone);
  }
  let minute = hourOf(time, reading);
  if (date === undefined && !time.today) return { day: nextDayAt(clock.today, minute, clock), minute };
  const day = date?.day ?? clock.today;
  if (time.midnight && day === clock.today) return { day: day + 1, minute: 0 };
  if (day === clock.today && isPast(day, minute, clock)) {
    if (time.bare && minute < 720 && !isPast(day, minute + 720, clock)) minute += 720;
    else if (time.today && minute === 1140 && !isPast(day, 1320, clock)) minute = 1320;
    else if (time.today) return { day };
  }
  return existing(day, minute, clock.timeZone);
}

export function formatMoment(moment: DateValue): string {
  return formatDue(moment.day, moment.minute);
}
