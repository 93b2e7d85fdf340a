/** What an event of a task means for statistics. */
import type { Task } from "#contracts/task";
import { addDays, instantOf, isDateOnly } from "#recurrence/local";
import type { TaskFact } from "./audited.ts";

export interface TaskState {
  readonly taskId: string;
  readonly userId: string;
  readonly version: number;
  readonly completedAt: Date | null;
  /** From when on the task is overdue; null while it cannot be: done, deleted, due at no time. */
  readonly overdueFrom: Date | null;
}

/** Every event carries the whole task, so that the newest alone says what there is to know. */
export function taskStateOf({ type, userid, data: { task } }: TaskFact): TaskState {
  const isLive = type !== "dev.todo.task.deleted.v1" && task.status === "open";
  return {
    taskId: task.id,
    userId: userid,
    version: task.version,
    completedAt: task.completedAt === null ? null : new Date(task.completedAt),
    overdueFrom: isLive ? overdueFrom(task) : null,
  };
}

/** A task that is due on a day is overdue when that day is over where the task is. */
const overdueFrom = ({ due, timeZone }: Task): Date | null => {
  if (due === null) return null;
  return instantOf(isDateOnly(due) ? `${addDays(due, 1)}T00:00` : due, timeZone);
};

export interface ActivityChange {
  readonly quarter: Date;
  readonly created: number;
  readonly completed: number;
}

const QUARTER_MS = 900_000;

const quarterOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / QUARTER_MS) * QUARTER_MS);

/**
 * How counts change from one state to a later one, in the order of their quarters: two events that touch the same ones then wait for
 * each other instead of deadlocking. A completion that is undone is taken back where it was counted.
 * @param createdAt of the task
 */
export function activityChanges(before: TaskState | undefined, after: TaskState, createdAt: Date): ActivityChange[] {
  const changes = new Map<number, ActivityChange>();
  const add = (instant: Date, created: number, completed: number): void => {
    const quarter = quarterOf(instant);
    const known = changes.get(quarter.getTime()) ?? { quarter, created: 0, completed: 0 };
    changes.set(quarter.getTime(), {
      quarter,
      created: known.created + created,
      completed: known.completed + completed,
    });
  };
  if (!before) add(createdAt, 1, 0);
  if (before?.completedAt) add(before.completedAt, 0, -1);
  if (after.completedAt) add(after.completedAt, 0, 1);
  return [...changes.values()]
    .filter(({ created, completed }) => created !== 0 || completed !== 0)
    .sort((a, b) => a.quarter.getTime() - b.quarter.getTime());
}
