import type { Task } from "#contracts/task";

/** A task with what only this service knows of it. */
export interface TaskState extends Task {
  readonly userId: string;
  /** Where the series puts this occurrence; differs from `due` when it was moved. Null without a recurrence. */
  readonly slot: string | null;
  /** Deleted tasks are kept for a while, so that deletion can be undone. */
  readonly deletedAt: string | null;
  /** Deleted because its predecessor was reopened, not by a person: completing that one again brings it back. */
  readonly withdrawn: boolean;
  /** Made by a recurrence, and nobody has done anything with it since. */
  readonly untouched: boolean;
}

/** What a task says, as far as people decide it. */
export type TaskFields = Pick<
  TaskState,
  "title" | "notes" | "priority" | "tags" | "due" | "deadline" | "timeZone" | "recurrence" | "reminder"
>;

export const isActive = (state: TaskState): boolean => state.status === "open" && state.deletedAt === null;
