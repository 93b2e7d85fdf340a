import { formatDay, formatDue, formatMinute } from "./calendar.ts";
import { expectedDateAt } from "./dates.ts";
import { type Amount, amountAt, isWord, lowerAt, type Match, sequence, skip } from "./match.ts";
import type { Reading } from "./reading.ts";
import { recurringTime } from "./recurrence.ts";
import { timeAt } from "./times.ts";
import type { Reminder } from "./types.ts";
import { hourOf, momentOf } from "./when.ts";
import { DAY_PARTS, type Unit } from "./words.ts";

/** A reminder on an earlier day at a time of its own needs the due date to become one of the stored forms. */
interface DayBefore {
  readonly daysBefore: number;
  readonly minute: number;
}
export type PendingReminder = Reminder | DayBefore;

const MINUTES: Record<Unit, number> = {
  minute: 1,
  hour: 60,
  day: 1440,
  week: 10_080,
  month: 43_200,
  quarter: 129_600,
  year: 525_600,
};
const LONGEST_MINUTES = 525_600;
/** Where a date without a time counts from. */
const MORNING = 540;

const minutesOf = ({ count, unit }: Amount): number | undefined => {
  const minutes = count * MINUTES[unit];
  return minutes <= LONGEST_MINUTES ? minutes : undefined;
};

/** `the day before`, `30 min before`, `an hour earlier`, `2 days in advance`; a bare `30 min` with `bare`. */
function beforeAt(reading: Reading, i: number, bare: boolean): Match<PendingReminder> | undefined {
  const { tokens } = reading;
  const start = skip(tokens, i, "the");
  const part = isWord(tokens, start + 1, "before") ? DAY_PARTS.get(lowerAt(tokens, start)) : undefined;
  if (part !== undefined) return { to: start + 2, value: { daysBefore: 1, minute: part } };
  const unit = ({ day: "day", week: "week", hour: "hour", month: "month" } as const)[lowerAt(tokens, start)];
  const amount: Match<Amount> | undefined = unit ? { to: start + 1, value: { count: 1, unit } } : amountAt(tokens, i);
  if (amount === undefined) return undefined;
  const before =
    sequence(tokens, amount.to, "in", "advance") ??
    sequence(tokens, amount.to, "ahead", "of", "time") ??
    sequence(tokens, amount.to, "before|beforehand|earlier|prior|ahead|early");
  if (before === undefined && (!bare || unit !== undefined)) return undefined;
  const value = minutesOf(amount.value);
  if (value === undefined) return undefined;
  const object =
    before === undefined
      ? amount.to
      : (sequence(tokens, before, "it|that|then|hand") ??
        sequence(tokens, before, "it's|it", "due") ??
        sequence(tokens, before, "the", "due", "date|time") ??
        before);
  const time = amount.value.unit === "day" ? timeAt(tokens, object, false) : undefined;
  if (time) return { to: time.to, value: { daysBefore: amount.value.count, minute: hourOf(time.value, reading) } };
  return { to: object, value: { minutesBefore: value } };
}

/** What stands behind `!` or `remind me`; `bare` takes "30 min" without "before" as well. */
export function specAt(reading: Reading, i: number, bare: boolean): Match<PendingReminder> | undefined {
  const { tokens, clock } = reading;
  const before = beforeAt(reading, skip(tokens, i, "for"), bare);
  if (before) return before;
  const due =
    sequence(tokens, i, "when", "it's|its|that's", "due") ??
    sequence(tokens, i, "when", "it|that", "is", "due") ??
    sequence(tokens, i, "when", "due") ??
    sequence(tokens, i, "when", "the", "time", "comes") ??
    sequence(tokens, i, "on", "time") ??
    sequence(tokens, i, "on", "the", "day") ??
    sequence(tokens, i, "at", "the", "due", "time") ??
    sequence(tokens, i, "at", "the|that", "time");
  if (due !== undefined) return { to: due, value: { minutesBefore: 0 } };
  const again = recurringTime(reading, i, tokens.length, clock);
  if (again) return { to: again.to, value: { rrule: again.rrule, time: formatMinute(again.minute ?? MORNING) } };
  const time = timeAt(tokens, i, false);
  const late = time && (expectedDateAt(tokens, time.to, clock) as Match<{ day: number }> | undefined);
  if (time && late) return moment(reading, late.to, { date: late.value, time: time.value });
  if (time?.value.today) return moment(reading, time.to, { time: time.value });
  if (time) return { to: time.to, value: { at: formatMinute(hourOf(time.value, reading)) } };
  const date = expectedDateAt(tokens, skip(tokens, i, "on", "for"), clock);
  if (date === undefined) return undefined;
  if (date.value.minute !== undefined)
    return { to: date.to, value: { at: formatDue(date.value.day, date.value.minute) } };
  const after = timeAt(tokens, skip(tokens, date.to, ","), true);
  return moment(reading, after?.to ?? date.to, { date: date.value, time: after?.value ?? { minute: MORNING } });
}

function moment(reading: Reading, to: number, when: Parameters<typeof momentOf>[0]): Match<Reminder> | undefined {
  const found = momentOf(when, reading);
  return (
    found && {
      to,
      value: { at: found.minute === undefined ? formatDue(found.day, MORNING) : formatDue(found.day, found.minute) },
    }
  );
}

/** `remind me`, `with a reminder`, `and notify me`: the index behind it. */
function clauseAt(reading: Reading, i: number): number | undefined {
  const { tokens } = reading;
  const lead = skip(tokens, skip(tokens, skip(tokens, i, ","), "and", "but", "then", "plus"), "please", "also");
  const verb = sequence(tokens, lead, "remind|notify|alert|ping", "me");
  if (verb !== undefined) return verb;
  const set =
    sequence(tokens, lead, "set|add|with", "a", "reminder") ??
    sequence(tokens, lead, "with", "reminder") ??
    sequence(tokens, lead, "reminder");
  return set === undefined ? undefined : skip(tokens, set, ":");
}

const SOMEONE_ELSE = [
  "to",
  "will",
  "can",
  "could",
  "should",
  "would",
  "that",
  "who",
  "not",
  "don't",
  "let",
  "asked",
  "you",
];

/** The reminder clause at token `i`: `!14:00`, `remind me the day before`. */
export function reminderAt(reading: Reading, i: number): Match<PendingReminder> | undefined {
  if (reading.tokens[i]?.kind === "bang") return specAt(reading, i + 1, true);
  if (SOMEONE_ELSE.includes(reading.wordBefore(i))) return undefined;
  const clause = clauseAt(reading, i);
  return clause === undefined ? undefined : specAt(reading, clause, false);
}

/**
 * Claims every reminder clause and returns the last: a task has one. With `asked` the text began with "remind me", and
 * a distance at its end says when: "remind me to pay rent every 1st, the day before".
 */
export function readReminder(reading: Reading, asked = false): PendingReminder | undefined {
  let pending: PendingReminder | undefined;
  for (let i = 0; i < reading.tokens.length; i++) {
    const found = reminderAt(reading, i) ?? (asked ? closingDistance(reading, i) : undefined);
    if (found === undefined) continue;
    reading.claim(i, found.to, "reminder");
    pending = found.value;
  }
  return pending;
}

function closingDistance(reading: Reading, i: number): Match<PendingReminder> | undefined {
  const found = beforeAt(reading, skip(reading.tokens, i, ","), false);
  return found && reading.tokens.slice(found.to).every(({ kind }) => kind === "punct") ? found : undefined;
}

/** A reminder on an earlier day at its own time: a moment for one date, a distance for dates that repeat. */
export function resolveReminder(pending: PendingReminder, due: string | undefined, repeats: boolean): Reminder {
  if (!("daysBefore" in pending)) return pending;
  const { daysBefore, minute } = pending;
  if (due !== undefined && !repeats) {
    const day = Math.floor(Date.parse(`${due.slice(0, 10)}T00:00:00Z`) / 86_400_000) - daysBefore;
    return { at: `${formatDay(day)}T${formatMinute(minute)}` };
  }
  const dueMinute = due?.[10] === "T" ? Number(due.slice(11, 13)) * 60 + Number(due.slice(14)) : MORNING;
  return { minutesBefore: Math.max(0, daysBefore * 1440 + dueMinute - minute) };
}
