/** Completing or deleting every task that a filter matches: always with the user's word. */
import type { Kysely } from "kysely";
import { type BulkResult, MAX_BULK, type TaskFilter } from "#contracts/http/tasks";
import { AppError } from "#kit/errors";
import { guardUser } from "#kit/tombstones";
import type { TasksContext } from "../context.ts";
import { once } from "../data/idempotency.ts";
import { countTasks, listTasks } from "../data/list.ts";
import type { DB } from "../data/tables.ts";
import { lockTask } from "../data/task-rows.ts";
import { type Caller, onceKeyOf, requireApproval } from "./approval.ts";
import { applyVerb } from "./change-task.ts";

export interface Matching extends Caller {
  readonly filter: TaskFilter;
  /** How many the person was shown. */
  readonly expected?: number | undefined;
}

/** Changes at most MAX_BULK, in the order of their numbers; all of them or none. */
export async function changeMatching(
  context: TasksContext,
  matching: Matching,
  verb: "complete" | "delete",
): Promise<BulkResult> {
  requireApproval(matching);
  const { userId } = matching.principal;
  const { filter, expected } = matching;
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const request = [`${verb} matching`, filter, expected ?? null];
    return once(transaction, { userId, key: onceKeyOf(matching), request }, async () => {
      await requireExpected(transaction, userId, filter, expected);
      const matches = await listTasks(transaction, userId, { filter, sort: "created", limit: MAX_BULK + 1 });
      const changed: BulkResult["changed"] = [];
      for (const { task } of matches.slice(0, MAX_BULK)) {
        const state = await lockTask(transaction, task.id, userId);
        // Gone or done since it was listed.
        if (!state || state.deletedAt !== null || (verb === "complete" && state.status === "completed")) continue;
        const { id, number, title } = await applyVerb(context, transaction, state, { type: verb }, matching);
        changed.push({ id, number, title });
      }
      return { changed, more: matches.length > MAX_BULK };
    });
  });
}

async function requireExpected(
  db: Kysely<DB>,
  userId: string,
  filter: TaskFilter,
  expected: number | undefined,
): Promise<void> {
  if (expected === undefined) return;
  const count = await countTasks(db, userId, filter, expected + 1);
  if (count !== expected) {
    throw new AppError("conflict", `Other tasks match now than the ${expected} that were approved: show them again`);
  }
}
