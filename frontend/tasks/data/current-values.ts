/** What fields of a task say now, for the person whose change they stand against. */
import type { TaskChange } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { text } from "@/text";
import { localDay } from "../local-time.ts";
import { shortDue } from "../words.ts";

/** `Title “Pay rent”, Due Tomorrow` */
export function currentValues(task: Task, fields: readonly (keyof TaskChange)[]): string {
  const today = localDay(Date.now(), task.timeZone);
  return fields.map((field) => `${text.tasks.fields[field]} ${inWords(task, field, today)}`).join(", ");
}

function inWords(task: Task, field: keyof TaskChange, today: string): string {
  const nothing = text.tasks.conflict.empty;
  switch (field) {
    case "due":
    case "deadline":
      return task[field] === null ? nothing : shortDue(task[field], today);
    case "priority":
      return text.tasks.priority[task.priority];
    case "tags":
      return task.tags.length > 0 ? task.tags.map((tag) => `#${tag}`).join(" ") : nothing;
    case "recurrence":
      return task.recurrence ? text.sentences.rule(task.recurrence, today) : nothing;
    case "reminder":
      return task.reminder ? text.sentences.reminder(task.reminder, today) : nothing;
    default:
      return task[field] ? `“${task[field]}”` : nothing;
  }
}
