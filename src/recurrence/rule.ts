/** RFC 5545 recurrence rules as far as tasks use them, read strictly: what is not listed here is refused, not ignored. */

export type Frequency = "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

export interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  /** Occurrences that are left, this one included. */
  readonly count: number | undefined;
  /** Last moment, included: a date (`20261231`) or a UTC second (`20261231T080000Z`). */
  readonly until: string | undefined;
  /** The BYxxx and WKST parts as they were written, e.g. `["BYDAY", "MO,FR"]`. */
  readonly parts: readonly (readonly [string, string])[];
}

export type ParsedRule = { readonly ok: true; readonly rule: Rule } | { readonly ok: false; readonly problem: string };

/** Numbers from `min` to `max`, and their negatives where `signed`; never 0 unless `min` is 0. */
interface NumberList {
  readonly min: number;
  readonly max: number;
  readonly signed?: true;
}

const NUMBER_LISTS: Readonly<Record<string, NumberList>> = {
  BYMONTH: { min: 1, max: 12 },
  BYMONTHDAY: { min: 1, max: 31, signed: true },
  BYYEARDAY: { min: 1, max: 366, signed: true },
  BYWEEKNO: { min: 1, max: 53, signed: true },
  BYSETPOS: { min: 1, max: 366, signed: true },
  BYHOUR: { min: 0, max: 23 },
  BYMINUTE: { min: 0, max: 59 },
};

const FREQUENCIES = new Set(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
const WEEKDAYS = "MO|TU|WE|TH|FR|SA|SU";
const WEEKDAY_LIST = new RegExp(`^([+-]?[1-9]\\d?)?(${WEEKDAYS})$`);
const LONGEST_LIST = 62;

/** What a rule may ask for, so that looking for its next date stays a matter of milliseconds. */
export const RULE_LIMITS = { interval: 1_000, count: 1_000 } as const;

/** Parts that RFC 5545 section 3.3.10 (table of BYxxx rules) forbids with a frequency, and those that we do not need there. */
const FORBIDDEN: Readonly<Record<Frequency, readonly string[]>> = {
  HOURLY: ["BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYMINUTE"],
  DAILY: ["BYWEEKNO", "BYYEARDAY"],
  WEEKLY: ["BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"],
  MONTHLY: ["BYWEEKNO", "BYYEARDAY"],
  YEARLY: [],
};

/** @param text without `RRULE:` and `DTSTART` */
export function parseRule(text: string): ParsedRule {
  const given = new Map<string, string>();
  for (const part of text.split(";")) {
    const [, name, value] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (!name || !value) return refuse(`"${part.slice(0, 40)}" is not NAME=VALUE`);
    if (given.has(name)) return refuse(`${name} is given twice`);
    given.set(name, value);
  }
  const freq = given.get("FREQ") ?? "";
  if (!FREQUENCIES.has(freq)) return refuse(`FREQ must be one of ${[...FREQUENCIES].join(", ")}`);
  return complete(freq as Frequency, given);
}

function complete(freq: Frequency, given: ReadonlyMap<string, string>): ParsedRule {
  const interval = wholeNumber(given.get("INTERVAL") ?? "1");
  if (!within(interval, 1, RULE_LIMITS.interval)) return refuse(`INTERVAL goes from 1 to ${RULE_LIMITS.interval}`);
  const count = given.has("COUNT") ? wholeNumber(given.get("COUNT")) : undefined;
  if (count !== undefined && !within(count, 1, RULE_LIMITS.count)) {
    return refuse(`COUNT goes from 1 to ${RULE_LIMITS.count}`);
  }
  const until = given.get("UNTIL");
  if (until !== undefined && !isUntil(until))
    return refuse("UNTIL is a date (20261231) or a UTC time (20261231T080000Z)");
  if (until !== undefined && count !== undefined) return refuse("UNTIL and COUNT exclude each other");
  const parts = [...given].filter(([name]) => !["FREQ", "INTERVAL", "COUNT", "UNTIL"].includes(name));
  for (const [name, value] of parts) {
    const problem = FORBIDDEN[freq].includes(name)
      ? `${name} has no meaning with FREQ=${freq}`
      : partProblem(name, value, freq);
    if (problem) return refuse(problem);
  }
  const impossible = impossibleDate(given);
  if (impossible) return refuse(impossible);
  return { ok: true, rule: Object.freeze({ freq, interval, count, until, parts }) };
}

/** The rule's text in the order FREQ, INTERVAL, BYxxx, UNTIL or COUNT. */
export function formatRule({ freq, interval, count, until, parts }: Rule): string {
  return [
    `FREQ=${freq}`,
    ...(interval > 1 ? [`INTERVAL=${interval}`] : []),
    ...parts.map(([name, value]) => `${name}=${value}`),
    ...(until === undefined ? [] : [`UNTIL=${until}`]),
    ...(count === undefined ? [] : [`COUNT=${count}`]),
  ].join(";");
}

const refuse = (problem: string): ParsedRule => ({ ok: false, problem });

const wholeNumber = (text = ""): number => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN);

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;

function partProblem(name: string, value: string, freq: Frequency): string | undefined {
  const items = value.split(",");
  if (items.length > LONGEST_LIST && name !== "BYSETPOS" && name !== "BYYEARDAY") return `${name} is too long a list`;
  if (name === "WKST") return new RegExp(`^(${WEEKDAYS})$`).test(value) ? undefined : `WKST is one of ${WEEKDAYS}`;
  if (name === "BYDAY") return weekdayProblem(items, freq);
  const list = NUMBER_LISTS[name];
  if (!list) return `${name} is not a part of a recurrence rule that tasks know`;
  const sign = list.signed ? "[+-]?" : "";
  const wrong = items.find((item) => {
    const number = new RegExp(`^${sign}\\d{1,3}$`).test(item) ? Math.abs(Number(item)) : Number.NaN;
    return !within(number, list.min, list.max);
  });
  return wrong === undefined ? undefined : `${name} takes numbers from ${list.min} to ${list.max}, not "${wrong}"`;
}

function weekdayProblem(items: readonly string[], freq: Frequency): string | undefined {
  const wrong = items.find((item) => !WEEKDAY_LIST.test(item));
  if (wrong !== undefined) return `BYDAY takes weekdays such as MO or -1FR, not "${wrong}"`;
  const counted = items.some((item) => item.length > 2);
  return counted && freq !== "MONTHLY" && freq !== "YEARLY"
    ? `BYDAY counts weekdays only in months and years`
    : undefined;
}

function isUntil(text: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ)?$/.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000;
}

const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** 30 February never comes: found here, it costs no search. */
function impossibleDate(given: ReadonlyMap<string, string>): string | undefined {
  const months = given.get("BYMONTH")?.split(",").map(Number);
  const days = given
    .get("BYMONTHDAY")
    ?.split(",")
    .map((day) => Math.abs(Number(day)));
  if (!months || !days) return undefined;
  const exists = months.some((month) => days.some((day) => day <= (LONGEST_MONTH[month - 1] ?? 31)));
  return exists ? undefined : "none of these months has such a day";
}
