/** The next occurrence of a completed task that repeats: exactly one, however often it is asked for. */
import type { SuccessorOutcome } from "#contracts/http/tasks";
import { derivedId } from "#kit/clock";
import { addDays, daysBetween } from "#recurrence/local";
import { NoOccurrenceError } from "#recurrence/occurrences";
import { type NextOccurrence, successorOf } from "#recurrence/successor";
import type { TaskEvent } from "./events.ts";
import { shiftedReminder } from "./fields.ts";
import type { TaskState } from "./state.ts";

/** UUID v5: completing, undoing and completing again names the same successor. */
export const successorId = (predecessorId: string): string => derivedId(predecessorId, "successor");

export interface SucceedCommand {
  /** Short number of the successor, if one is made; one that comes back keeps its own. */
  readonly number: number;
  readonly at: Date;
}

/**
 * Whether a successor is to be made.
 * @param predecessor undefined where there is none of that id, or its account was erased
 * @param existing the task with the successor's id, deleted ones too
 */
export function outcomeOf(
  predecessor: TaskState | undefined,
  existing: TaskState | undefined,
  at: Date,
): Exclude<SuccessorOutcome, "created"> | NextOccurrence {
  if (!predecessor || predecessor.deletedAt !== null) return "gone";
  if (!predecessor.recurrence) return "not-recurring";
  if (predecessor.status !== "completed") return "not-completed";
  // One that a person deleted stays deleted; one that was withdrawn comes back.
  if (existing && !existing.withdrawn) return "exists";
  return nextOf(predecessor, at) ?? "ended";
}

export function succeed(predecessor: TaskState, next: NextOccurrence, { number, at }: SucceedCommand): TaskEvent {
  const days = predecessor.due === null ? 0 : daysBetween(predecessor.due, next.due);
  const { id, title, notes, priority, tags, deadline, timeZone, reminder, userId } = predecessor;
  return {
    type: "succeeded",
    at: at.toISOString(),
    task: {
      ...next,
      ...{ title, notes, priority, tags, timeZone, userId, number },
      id: successorId(id),
      predecessorId: id,
      deadline: deadline === null ? null : addDays(deadline, days),
      reminder: shiftedReminder(reminder, days),
    },
  };
}

/** Counted from when it was completed, and in the future also when the event came late. */
function nextOf({ due, slot, recurrence, timeZone, completedAt }: TaskState, at: Date): NextOccurrence | undefined {
  if (!recurrence) return undefined;
  try {
    const completed = completedAt === null ? at : new Date(completedAt);
    const after = (instant: Date) => successorOf({ due, slot, recurrence, timeZone }, instant);
    if (recurrence.anchor === "completion" || at <= completed) return after(completed);
    // Only of a rule that has ended meanwhile there is another one to look for.
    return after(at) ?? after(completed);
  } catch (error) {
    // Checked when the task was written; a rule that ran dry since has ended.
    if (error instanceof NoOccurrenceError) return undefined;
    throw error;
  }
}
