import type { Transaction } from "kysely";
import { eraseUser } from "#kit/tombstones";
import { deleteReadable, insertEvent, insertFirstFact } from "../data/event-rows.ts";
import { countTask, firstCount } from "../data/statistics-rows.ts";
import type { DB } from "../data/tables.ts";
import { type AuditedEvent, isTaskFact, type TaskFact } from "../domain/audited.ts";
import { taskStateOf } from "../domain/task-state.ts";

/**
 * Keeps an event, once however often and in whatever order it comes. Events of an erased account keep their place in its chain,
 * and nothing else.
 */
export async function record(transaction: Transaction<DB>, event: AuditedEvent): Promise<void> {
  if (event.type === "dev.todo.user.deleted.v1") {
    await eraseUser(transaction, event.data.userId, new Date(event.data.deletedAt));
    await deleteReadable(transaction, event.data.userId);
    await insertEvent(transaction, event, { erases: true });
    return;
  }
  if (isTaskFact(event)) await recordFact(transaction, event);
  else await insertEvent(transaction, event, { erases: false });
}

/** Kept, and counted where it can be read; the first fact of a task in one statement, unless another came in this very moment. */
async function recordFact(transaction: Transaction<DB>, event: TaskFact): Promise<void> {
  const [state, createdAt] = [taskStateOf(event), new Date(event.data.task.createdAt)];
  const { kept, counted } =
    state.version === 1
      ? await insertFirstFact(transaction, event, firstCount(state, createdAt))
      : { kept: await insertEvent(transaction, event, { erases: false }), counted: false };
  if (kept === "readable" && !counted) await countTask(transaction, state, createdAt);
}
