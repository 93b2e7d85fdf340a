/** What a tool answered, as a card shows it: one line, the result itself, and the requests that take it back. */
import type { ToolOutput, UndoStep } from "#contracts/http/chat";
import type { Task } from "#contracts/task";
import { localDateOf } from "#recurrence/local";

import { detailsInWords, type ListedTask, taskInWords } from "./task-words.ts";

export interface Reader {
  readonly now: Date;
  readonly timeZone: string;
}

interface TaskRef {
  readonly id: string;
  readonly number: number;
  readonly title: string;
}

/** @param before the task as it was, for changes */
export function outputOf(
  tool: string,
  result: Readonly<Record<string, unknown>>,
  reader: Reader,
  before?: Task,
): ToolOutput {
  const today = localDateOf(reader.now, reader.timeZone);
  return { summary: summaryOf(tool, result, today), result: { ...result }, undo: undoOf(tool, result, before) };
}

export function summaryOf(tool: string, result: Readonly<Record<string, unknown>>, today: string): string {
  const { task, tasks, deleted, changed } = result as {
    task?: Task;
    tasks?: readonly ListedTask[];
    deleted?: TaskRef;
    changed?: readonly TaskRef[];
  };
  if (task) return `${TASK_VERBS[tool] ?? "Task"}: ${oneTask(tool, task, today)}`;
  if (tasks) return countInWords((result.total as { count: number; exact: boolean } | undefined) ?? exactly(tasks));
  if (deleted) return `Deleted: ${deleted.title}`;
  if (changed) return `${tool.startsWith("delete") ? "Deleted" : "Completed"} ${taskCount(changed.length)}`;
  return "Done";
}

const TASK_VERBS: Readonly<Record<string, string>> = {
  add_task: "Added",
  update_task: "Changed",
  complete_task: "Completed",
  reopen_task: "Reopened",
  restore_task: "Restored",
};

const oneTask = (tool: string, task: Task, today: string): string =>
  tool === "complete_task" ? task.title : taskInWords(task, today);

const exactly = (tasks: readonly unknown[]) => ({ count: tasks.length, exact: true });

const countInWords = ({ count, exact }: { count: number; exact: boolean }): string =>
  exact ? taskCount(count) : `More than ${count} tasks`;

export const taskCount = (count: number): string =>
  count === 1 ? "1 task" : count === 0 ? "No tasks" : `${count} tasks`;

/** `3. Pay rent (due tomorrow, p1)`: by the number that people say. */
export function listedInWords(task: ListedTask, today: string): string {
  const details = detailsInWords(task, today);
  return `${task.number}. ${task.title}${details.length > 0 ? ` (${details.join(", ")})` : ""}`;
}

function undoOf(tool: string, result: Readonly<Record<string, unknown>>, before?: Task): UndoStep[] {
  const { task, deleted, changed } = result as { task?: Task; deleted?: TaskRef; changed?: readonly TaskRef[] };
  if (deleted) return [post(deleted.id, "restore")];
  if (changed) return changed.map(({ id }) => post(id, tool.startsWith("delete") ? "restore" : "reopen"));
  if (!task) return [];
  switch (tool) {
    case "add_task":
    case "restore_task":
      return [{ method: "DELETE", path: `/v1/tasks/${task.id}` }];
    case "complete_task":
      return [post(task.id, "reopen")];
    case "reopen_task":
      return [post(task.id, "complete")];
    case "update_task":
      return before && before.version !== task.version ? [asBefore(before, task)] : [];
    default:
      return [];
  }
}

const post = (id: string, verb: string): UndoStep => ({ method: "POST", path: `/v1/tasks/${id}/${verb}` });

const FIELDS = [
  "title",
  "notes",
  "priority",
  "tags",
  "due",
  "deadline",
  "timeZone",
  "recurrence",
  "reminder",
] as const satisfies readonly (keyof Task)[];

/** Only over what the assistant left behind: a later change of somebody else stays. */
function asBefore(before: Task, task: Task): UndoStep {
  const changed = FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(task[field]));
  return {
    method: "PATCH",
    path: `/v1/tasks/${task.id}`,
    body: Object.fromEntries(changed.map((field) => [field, before[field]])),
    version: String(task.version),
  };
}
