/** RFC 5545 rules in words, as people say them: `every 1st`, `every other Tuesday`, `every last Friday`. */
import type { Recurrence } from "#contracts/task";
import { dateInWords, monthName, ordinal } from "./dates.ts";

const DAYS: Readonly<Record<string, string>> = {
  MO: "Monday",
  TU: "Tuesday",
  WE: "Wednesday",
  TH: "Thursday",
  FR: "Friday",
  SA: "Saturday",
  SU: "Sunday",
};
const UNITS: Readonly<Record<string, string>> = {
  HOURLY: "hour",
  DAILY: "day",
  WEEKLY: "week",
  MONTHLY: "month",
  YEARLY: "year",
};
const WEEKDAYS = "MO,TU,WE,TH,FR";
const WEEKEND = "SA,SU";

/** Rules beyond these words are given as they are: nothing is said that the rule does not say. */
export function ruleInWords({ rrule, anchor }: Recurrence, today: string): string {
  const { FREQ = "", INTERVAL = "1", ...rest } = fieldsOf(rrule);
  const words = rhythm(FREQ, Number(INTERVAL), rest);
  if (words === undefined) return `by the rule ${rrule}`;
  const ends = endInWords(rest, today);
  return `${words}${ends}${anchor === "completion" ? ", counted from when it is done" : ""}`;
}

const fieldsOf = (rrule: string): Readonly<Record<string, string>> =>
  Object.fromEntries(rrule.split(";").map((field) => field.split("=", 2) as [string, string]));

const KNOWN = new Set(["BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSETPOS", "WKST", "UNTIL", "COUNT"]);

function rhythm(freq: string, interval: number, fields: Readonly<Record<string, string>>): string | undefined {
  const unit = UNITS[freq];
  if (unit === undefined || Object.keys(fields).some((field) => !KNOWN.has(field))) return undefined;
  const { BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS } = fields;
  if (BYSETPOS !== undefined || (BYDAY !== undefined && BYMONTHDAY !== undefined)) return undefined;
  const every = interval === 1 ? "every" : interval === 2 ? "every other" : undefined;
  const each = every ? `${every} ${unit}` : `every ${interval} ${unit}s`;
  const months = BYMONTH?.split(",").map((month) => monthName(Number(month)));
  const inMonths = months ? ` of ${listed(months)}` : "";

  if (BYMONTHDAY !== undefined) {
    const days = BYMONTHDAY.split(",").map((day) => (day === "-1" ? "last day" : ordinal(Number(day))));
    if (freq === "YEARLY" && months?.length === 1) return `${each} on the ${listed(days)}${inMonths}`;
    if (freq !== "MONTHLY") return undefined;
    return interval === 1 ? `every ${listed(days)}${inMonths}` : `${each} on the ${listed(days)}${inMonths}`;
  }
  if (BYDAY !== undefined) {
    const days = daysInWords(BYDAY);
    if (days === undefined) return undefined;
    if (freq === "WEEKLY" && every) return `${every} ${days}${inMonths}`;
    if (freq === "MONTHLY" && interval === 1) return `every ${days}${inMonths}`;
    return `${each} on ${days}${inMonths}`;
  }
  return freq === "YEARLY" && months ? `${each} in ${listed(months)}` : `${each}${inMonths}`;
}

function daysInWords(list: string): string | undefined {
  if (list === WEEKDAYS) return "weekday";
  if (list === WEEKEND) return "weekend";
  const days = list.split(",").map((day) => {
    const [, position, name = ""] = /^([+-]?\d+)?([A-Z]{2})$/.exec(day) ?? [];
    const word = DAYS[name];
    return word && (position === undefined ? word : `${ordinal(Number(position))} ${word}`);
  });
  return days.every((day) => day !== undefined) ? listed(days as string[]) : undefined;
}

function endInWords({ UNTIL, COUNT }: Readonly<Record<string, string>>, today: string): string {
  if (COUNT !== undefined) return `, ${COUNT} times`;
  if (UNTIL === undefined) return "";
  return ` until ${dateInWords(`${UNTIL.slice(0, 4)}-${UNTIL.slice(4, 6)}-${UNTIL.slice(6, 8)}`, today)}`;
}

/** `a, b and c` */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
