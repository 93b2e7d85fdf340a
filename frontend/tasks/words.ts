/** Dates of tasks in few words, the same on the server and in every browser. */
import { text } from "@/text";

const DAY_MS = 86_400_000;
const words = text.dates;

/** Days from `from` to `to`, both local dates. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

const monthOf = (date: string): string => words.months[Number(date.slice(5, 7)) - 1] ?? "";

/** `Today`, `Tomorrow`, `Fri`, `1 Dec`, `1 Mar 2028`. */
export function shortDay(date: string, today: string): string {
  const distance = daysBetween(today, date);
  if (distance === 0) return words.today;
  if (distance === 1) return words.tomorrow;
  if (distance === -1) return words.yesterday;
  if (distance > 1 && distance < 7) return words.weekdaysShort[weekday(date)] ?? "";
  const year = Math.abs(distance) < 180 || date.slice(0, 4) === today.slice(0, 4) ? "" : ` ${date.slice(0, 4)}`;
  return `${Number(date.slice(8))} ${monthOf(date).slice(0, 3)}${year}`;
}

/** A day, or a minute of it: `Tomorrow 09:00`. */
export const shortDue = (due: string, today: string): string =>
  due.length > 10 ? `${shortDay(due.slice(0, 10), today)} ${due.slice(11)}` : shortDay(due, today);

/** The heading under which a day stands: far days share their month. */
export function dayGroup(date: string | undefined, today: string): { readonly id: string; readonly title: string } {
  if (date === undefined) return { id: "none", title: words.noDate };
  const distance = daysBetween(today, date);
  if (distance < 0) return { id: "overdue", title: words.overdue };
  if (distance === 0) return { id: "today", title: words.today };
  if (distance === 1) return { id: "tomorrow", title: words.tomorrow };
  if (distance < 7) return { id: date, title: words.weekdays[weekday(date)] ?? "" };
  return { id: date.slice(0, 7), title: `${monthOf(date)} ${date.slice(0, 4)}` };
}
