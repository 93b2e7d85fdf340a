/** The verbs that change one task: they differ only in the command. */
import type { Transaction } from "kysely";
import type { TaskChange } from "#contracts/http/tasks";
import { guardUser } from "#kit/tombstones";
import type { TasksContext } from "../context.ts";
import { once } from "../data/idempotency.ts";
import type { DB } from "../data/tables.ts";
import { lockTask } from "../data/task-rows.ts";
import { decide } from "../domain/decide.ts";
import type { TaskState } from "../domain/state.ts";
import { successorId } from "../domain/succeed.ts";
import { actorOf, type Caller, onceKeyOf, requireApproval } from "./approval.ts";
import { carryOut } from "./record.ts";

/** Without `at`: that is now. */
export type TaskVerb =
  | { readonly type: "update"; readonly change: TaskChange }
  | { readonly type: "complete" | "reopen" | "delete" | "restore" };

export interface Changing extends Caller {
  readonly id: string;
  /** Version that the caller saw; undefined: any. */
  readonly ifMatch?: string | undefined;
}

/** @returns the task afterwards; after `delete` as it was deleted */
export async function changeTask(context: TasksContext, changing: Changing, verb: TaskVerb): Promise<TaskState> {
  const { id, ifMatch, principal } = changing;
  // A person's own click is a person's word; the assistant's is not.
  if (verb.type === "delete" && principal.act !== undefined) requireApproval(changing);
  const { userId } = principal;
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const request = [verb.type, id, ifMatch ?? null, "change" in verb ? verb.change : null];
    return once(transaction, { userId, key: onceKeyOf(changing), request }, async () => {
      const state = await lockTask(transaction, id, userId);
      return applyVerb(context, transaction, state, verb, changing);
    });
  });
}

/** @param state read under its lock */
export async function applyVerb(
  context: TasksContext,
  transaction: Transaction<DB>,
  state: TaskState | undefined,
  verb: TaskVerb,
  caller: Caller & Pick<Changing, "ifMatch">,
): Promise<TaskState> {
  const at = context.clock.now();
  const decision = decide(state, { ...verb, expected: caller.ifMatch, at });
  const after = await carryOut(context, transaction, state, decision, actorOf(caller));
  if (verb.type === "reopen" && after !== state) await withdrawSuccessor(context, transaction, after, at);
  return after;
}

/** The next occurrence goes with the completion that made it, unless somebody has worked on it. */
async function withdrawSuccessor(
  context: TasksContext,
  transaction: Transaction<DB>,
  predecessor: TaskState,
  at: Date,
): Promise<void> {
  if (!predecessor.recurrence) return;
  const successor = await lockTask(transaction, successorId(predecessor.id), predecessor.userId);
  if (successor)
    await carryOut(context, transaction, successor, decide(successor, { type: "withdraw", at }), undefined);
}
