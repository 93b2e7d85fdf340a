import type { Transaction } from "kysely";
import { eraseUser } from "#kit/tombstones";
import { deleteReadable, insertEvent, insertFirstFact } from "../data/event-rows.ts";
import { countTask, firstCount } from "../data/statistics-rows.ts";
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
  if (!isTaskFact(event)) {
    await insertEvent(transaction, event, { erases: false });
    return;
  }
  const [state, createdAt] = [taskStateOf(event), new Date(event.data.task.createdAt)];
  if (state.version === 1) {
    const { kept, counted } = await insertFirstFact(transaction, event, firstCount(state, createdAt));
    if (kept !== "readable" || counted) return;
  } else if ((await insertEvent(transaction, event, { erases: false })) !== "readable") return;
  await countTask(transaction, state, createdAt);
}
