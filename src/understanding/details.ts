import { readDeadline, readPriority, readTags } from "./marks.ts";
import type { Reading } from "./reading.ts";
import { readDue, readRecurrence } from "./recurrence.ts";
import { readReminder, resolveReminder } from "./reminders.ts";
import type { Understanding } from "./types.ts";

export type Details = Pick<Understanding, "due" | "priority" | "tags" | "deadline" | "recurrence" | "reminder">;

/**
 * Everything that a text says about a task besides its title, in the order in which the recognisers may take words:
 * signs first, then clauses, then what reads dates anywhere. `asked`: the text began with "remind me".
 */
export function readDetails(reading: Reading, asked = false): Details {
  const details: Details = {};
  const deadline = readDeadline(reading);
  const tags = readTags(reading);
  const pending = readReminder(reading, asked);
  const priority = readPriority(reading);
  const repeated = readRecurrence(reading);
  const due = repeated ? repeated.due : readDue(reading);
  if (due !== undefined) details.due = due;
  if (priority !== undefined) details.priority = priority;
  if (tags.length > 0) details.tags = tags;
  if (deadline !== undefined) details.deadline = deadline;
  if (repeated) details.recurrence = repeated.recurrence;
  if (pending) details.reminder = resolveReminder(pending, due, repeated !== undefined);
  return details;
}
