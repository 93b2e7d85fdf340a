import type { Transaction } from "kysely";
import { eraseUser } from "#kit/tombstones";
import { deleteReadable, insertEvent } from "../data/event-rows.ts";
import { countTask } from "../data/statistics-rows.ts";
import type { DB } from "../data/tables.ts";
import { type AuditedEvent, isTaskFact } from "../domain/audited.ts";
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
  const kept = await insertEvent(transaction, event, { erases: false });
  if (kept !== "readable" || !isTaskFact(event)) return;
  await countTask(transaction, taskStateOf(event), new Date(event.data.task.createdAt));
}
