/** A task in one line: what a card shows and what the offline assistant says. */
import type { Reminder, Task } from "#contracts/task";
import { dateInWords, dueInWords, minutesInWords } from "./dates.ts";
import { ruleInWords } from "./rule-words.ts";

/** Lists leave notes out. */
export type ListedTask = Omit<Task, "notes" | "predecessorId">;

/** `every 1st, next tomorrow, reminder the day before, p1, #home`; empty for a task that has only a title. */
export function detailsInWords(task: ListedTask, today: string): string[] {
  const words: string[] = [];
  if (task.recurrence) words.push(ruleInWords(task.recurrence, today));
  if (task.due !== null) words.push(`${task.recurrence ? "next " : "due "}${dueInWords(task.due, today)}`);
  if (task.deadline !== null) words.push(`deadline ${dateInWords(task.deadline, today)}`);
  if (task.reminder) words.push(`reminder ${reminderInWords(task.reminder, today)}`);
  if (task.priority !== "p4") words.push(task.priority);
  if (task.tags.length > 0) words.push(task.tags.map((tag) => `#${tag}`).join(" "));
  return words;
}

export function reminderInWords(reminder: Reminder, today: string): string {
  if ("minutesBefore" in reminder) return minutesInWords(reminder.minutesBefore);
  if ("at" in reminder) return reminder.at.length > 5 ? dueInWords(reminder.at, today) : `at ${reminder.at} on the day`;
  return `${ruleInWords({ rrule: reminder.rrule, anchor: "schedule" }, today)} at ${reminder.time}`;
}

export const taskInWords = (task: ListedTask, today: string): string =>
  [sentenceCase(task.title), ...detailsInWords(task, today)].join(", ");

const sentenceCase = (text: string): string => text.charAt(0).toLocaleUpperCase("en") + text.slice(1);
