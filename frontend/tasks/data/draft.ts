/** A task that is on its way to the service, as the list shows it until then. */
import type { NewTask } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";

/** Of tasks that the service has not seen: real ones are counted from 1. */
const NOT_YET = 0;

export const isDraft = ({ version }: Task): boolean => version === NOT_YET;

export function draftOf(task: NewTask, timeZone: string): Task {
  const now = new Date().toISOString();
  return {
    id: crypto.randomUUID(),
    number: NOT_YET,
    title: task.title,
    notes: task.notes ?? "",
    status: "open",
    priority: task.priority ?? "p4",
    tags: task.tags ?? [],
    due: task.due ?? null,
    deadline: task.deadline ?? null,
    timeZone: task.timeZone ?? timeZone,
    recurrence: task.recurrence ?? null,
    reminder: task.reminder ?? null,
    predecessorId: null,
    version: NOT_YET,
    createdAt: now,
    updatedAt: now,
    completedAt: null,
  };
}
