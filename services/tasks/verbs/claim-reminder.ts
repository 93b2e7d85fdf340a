import { AppError } from "#kit/errors";
import { isErased } from "#kit/tombstones";
import type { TasksContext } from "../context.ts";
import { findReminder, liveReminder, setState } from "../data/reminder-rows.ts";
import { lockTask } from "../data/task-rows.ts";
import { isActive, type TaskState } from "../domain/state.ts";

export interface Claimed {
  readonly userId: string;
  readonly fireAt: Date;
  readonly task: TaskState;
}

/**
 * For notifications, the moment before a reminder is delivered. Claimed once, it may be claimed again: who asked may have
 * died before delivering.
 * @throws AppError `gone` when it was changed, cancelled or sent; `conflict` before its time
 */
export async function claimReminder(context: TasksContext, id: string, taskVersion: number): Promise<Claimed> {
  const gone = () => new AppError("gone", "The reminder was changed, cancelled or sent");
  const known = await findReminder(context.db, id);
  if (!known) throw gone();
  return context.transaction(async (transaction) => {
    if (await isErased(transaction, known.userId)) throw gone();
    // Read again under the task's lock: whoever changes the task changes its reminder under it.
    const task = await lockTask(transaction, known.taskId, known.userId);
    const live = task && isActive(task) ? await liveReminder(transaction, task.id) : undefined;
    if (!task || live?.id !== id || live.taskVersion !== taskVersion) throw gone();
    if (live.fireAt > context.clock.now()) {
      throw new AppError("conflict", `The reminder is for ${live.fireAt.toISOString()}`, { retryAfterSeconds: 1 });
    }
    if (live.state === "scheduled") await setState(transaction, id, "claimed");
    return { userId: task.userId, fireAt: live.fireAt, task };
  });
}
