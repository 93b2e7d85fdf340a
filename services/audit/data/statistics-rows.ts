/** Counting what happens to tasks. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import { type ActivityChange, activityChanges, type TaskState } from "../domain/task-state.ts";
import type { DB, TaskStatesTable } from "./tables.ts";

/**
 * Takes over a task's state unless a later one is known, and counts what changed.
 * @param createdAt of the task
 */
export async function countTask(transaction: Transaction<DB>, after: TaskState, createdAt: Date): Promise<void> {
  const before = await lockState(transaction, after.taskId);
  if (before && before.version >= after.version) return;
  const values = { version: after.version, completed_at: after.completedAt, overdue_from: after.overdueFrom };
  if (before) {
    await transaction.updateTable("task_states").set(values).where("task_id", "=", after.taskId).execute();
  } else {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto("task_states")
      .values({ ...values, task_id: after.taskId, user_id: after.userId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    // Another event of the task came first in this very moment: now it is the one before.
    if (numInsertedOrUpdatedRows === 0n) return countTask(transaction, after, createdAt);
  }
  const changes = activityChanges(before, after, createdAt);
  for (const change of changes) await addActivity(transaction, after.userId, change);
  if (changes.length > 0) await addTotals(transaction, changes);
}

async function lockState(transaction: Transaction<DB>, taskId: string): Promise<TaskState | undefined> {
  const row = await transaction
    .selectFrom("task_states")
    .selectAll()
    .where("task_id", "=", taskId)
    .forUpdate()
    .executeTakeFirst();
  return row && stateOf(row);
}

const stateOf = (row: Selectable<TaskStatesTable>): TaskState => ({
  taskId: row.task_id,
  userId: row.user_id,
  version: row.version,
  completedAt: row.completed_at,
  overdueFrom: row.overdue_from,
});

async function addActivity(transaction: Transaction<DB>, userId: string, change: ActivityChange): Promise<void> {
  await transaction
    .insertInto("activity")
    .values({ user_id: userId, ...change })
    .onConflict((conflict) =>
      conflict.columns(["user_id", "quarter"]).doUpdateSet({
        created: sql`activity.created + excluded.created`,
        completed: sql`activity.completed + excluded.completed`,
      }),
    )
    .execute();
}

const SHARDS = 32;

/** The last write of the transaction, so that a shard is held for a moment only. */
async function addTotals(transaction: Transaction<DB>, changes: readonly ActivityChange[]): Promise<void> {
  const sum = (of: "created" | "completed"): number => changes.reduce((total, change) => total + change[of], 0);
  await transaction
    .insertInto("totals")
    .values({ shard: Math.floor(Math.random() * SHARDS), created: sum("created"), completed: sum("completed") })
    .onConflict((conflict) =>
      conflict.column("shard").doUpdateSet({
        created: sql`totals.created + excluded.created`,
        completed: sql`totals.completed + excluded.completed`,
      }),
    )
    .execute();
}

export async function readTotals(db: Kysely<DB>): Promise<{ created: number; completed: number }> {
  const { created, completed } = await db
    .selectFrom("totals")
    .select(({ fn }) => [fn.sum<string>("created").as("created"), fn.sum<string>("completed").as("completed")])
    .executeTakeFirstOrThrow();
  return { created: Number(created ?? 0), completed: Number(completed ?? 0) };
}

/** @param userId undefined: of everybody */
export async function countOverdue(db: Kysely<DB>, now: Date, userId?: string): Promise<number> {
  const { count } = await db
    .selectFrom("task_states")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("overdue_from", "<=", now)
    .$if(userId !== undefined, (query) => query.where("user_id", "=", userId ?? ""))
    .executeTakeFirstOrThrow();
  return count;
}

export interface QuarterCounts {
  readonly quarter: Date;
  readonly created: number;
  readonly completed: number;
}

/** Of a user's whole time, oldest first: at most 96 rows a day on which something happened. */
export const readActivity = (db: Kysely<DB>, userId: string): Promise<QuarterCounts[]> =>
  db
    .selectFrom("activity")
    .select(["quarter", "created", "completed"])
    .where("user_id", "=", userId)
    .orderBy("quarter")
    .execute();
