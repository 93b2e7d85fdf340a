/** Dates in words, as seen from the user's day. */

const DAY_MS = 86_400_000;
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

const dayNumber = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);

export const weekdayOf = (date: string): string => WEEKDAYS[(dayNumber(date) + 4) % 7] ?? "";

export const monthName = (month: number): string => MONTHS[month - 1] ?? "";

/** 1st, 2nd, 3rd, 11th; -1 is the last, -2 the second to last. */
export function ordinal(n: number): string {
  if (n === -1) return "last";
  if (n < 0) return `${ordinal(-n)} to last`;
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** `today`, `tomorrow`, `Friday`, `Tuesday 1 December`, `1 March 2028`. */
export function dateInWords(date: string, today: string): string {
  const distance = dayNumber(date) - dayNumber(today);
  if (distance === 0) return "today";
  if (distance === 1) return "tomorrow";
  if (distance === -1) return "yesterday";
  if (distance > 1 && distance < 7) return weekdayOf(date);
  const [year = "", month = "", day = ""] = date.split("-");
  const words = `${Number(day)} ${monthName(Number(month))}`;
  return year === today.slice(0, 4) || (distance > 0 && distance < 180)
    ? `${weekdayOf(date)} ${words}`
    : `${words} ${year}`;
}

/** A date, or a minute of it: `tomorrow at 09:00`. */
export function dueInWords(due: string, today: string): string {
  const day = dateInWords(due.slice(0, 10), today);
  return due.length > 10 ? `${day} at ${due.slice(11)}` : day;
}

/** 1440 is the day before. */
export function minutesInWords(minutes: number): string {
  if (minutes === 0) return "when it is due";
  for (const [size, one] of [
    [10_080, "week"],
    [1_440, "day"],
    [60, "hour"],
  ] as const) {
    if (minutes % size !== 0) continue;
    const count = minutes / size;
    if (count === 1) return one === "hour" ? "an hour before" : `the ${one} before`;
    return `${count} ${one}s before`;
  }
  return minutes === 1 ? "a minute before" : `${minutes} minutes before`;
}
