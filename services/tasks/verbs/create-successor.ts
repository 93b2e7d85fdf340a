import type { SuccessorOutcome } from "#contracts/http/tasks";
import { isErased } from "#kit/tombstones";
import type { TasksContext } from "../context.ts";
import { lockTask, nextNumber, ownerOf } from "../data/task-rows.ts";
import type { TaskState } from "../domain/state.ts";
import { outcomeOf, succeed, successorId } from "../domain/succeed.ts";
import { record } from "./record.ts";

export interface Successor {
  readonly outcome: SuccessorOutcome;
  readonly task: TaskState | null;
}

/** For recurring, after a completion. Asked twice, or at the same time, it makes one. */
export async function createSuccessor(context: TasksContext, id: string): Promise<Successor> {
  const userId = await ownerOf(context.db, id);
  if (userId === undefined) return { outcome: "gone", task: null };
  return context.transaction(async (transaction) => {
    if (await isErased(transaction, userId)) return { outcome: "gone", task: null };
    // The predecessor's lock lets one at a time through, and holds off its being reopened.
    const predecessor = await lockTask(transaction, id, userId);
    const existing = await lockTask(transaction, successorId(id), userId);
    const at = context.clock.now();
    const outcome = outcomeOf(predecessor, existing, at);
    if (typeof outcome === "string" || !predecessor) {
      const isThere = outcome === "exists" && existing?.deletedAt === null;
      return { outcome: typeof outcome === "string" ? outcome : "gone", task: isThere ? existing : null };
    }
    const number = existing?.number ?? (await nextNumber(transaction, userId));
    const event = succeed(predecessor, outcome, { number, at });
    return { outcome: "created", task: await record(context, transaction, existing, event, undefined) };
  });
}
