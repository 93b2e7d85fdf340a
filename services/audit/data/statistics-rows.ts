/** Counting what happens to tasks. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import { type ActivityChange, activityChanges, type TaskState } from "../domain/task-state.ts";
import type { DB, TaskStatesTable } from "./tables.ts";

/**
 * Takes over a task's state unless a later one is known, and counts what changed.
 * @param createdAt of the task
 */
export async function countTask(transaction: Transaction<DB>, after: TaskState, createdAt: Date): Promise<void> {
  // The first event of a task is one statement: of all events the most frequent.
  const first = activityChanges(undefined, after, createdAt);
  if (after.version === 1 && (await writeCounts(transaction, after, first, { isNew: true }))) return;
  const before = await lockState(transaction, after.taskId);
  if (before && before.version >= after.version) return;
  const changes = before ? activityChanges(before, after, createdAt) : first;
  const written = await writeCounts(transaction, after, changes, { isNew: !before });
  // Another event of the task came first in this very moment: now it is the one before.
  if (!written) await countTask(transaction, after, createdAt);
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

/** So many rows of totals: writers seldom meet on one, and hold it for a moment only. */
const SHARDS = 32;

/**
 * State, activity and totals in one statement.
 * @returns false, with nothing written, for a new task that is there meanwhile
 */
async function writeCounts(
  transaction: Transaction<DB>,
  { taskId, userId, version, completedAt, overdueFrom }: TaskState,
  changes: readonly ActivityChange[],
  { isNew }: { readonly isNew: boolean },
): Promise<boolean> {
  const state = isNew
    ? sql`insert into task_states (task_id, user_id, version, completed_at, overdue_from)
        values (${taskId}, ${userId}, ${version}, ${completedAt}, ${overdueFrom})
        on conflict do nothing returning task_id`
    : sql`update task_states set version = ${version}, completed_at = ${completedAt}, overdue_from = ${overdueFrom}
        where task_id = ${taskId} returning task_id`;
  const { rows } = await sql`
    with state as (${state}),
    change as (
      select * from unnest(
        ${changes.map(({ quarter }) => quarter.toISOString())}::timestamptz[],
        ${changes.map(({ created }) => created)}::integer[],
        ${changes.map(({ completed }) => completed)}::integer[]
      ) as change (quarter, created, completed)
    ),
    counted as (
      insert into activity (user_id, quarter, created, completed)
      select ${userId}, quarter, created, completed from state cross join change order by quarter
      on conflict (user_id, quarter) do update
      set created = activity.created + excluded.created, completed = activity.completed + excluded.completed
    ),
    summed as (
      insert into totals (shard, created, completed)
      select ${Math.floor(Math.random() * SHARDS)}::integer, sum(created), sum(completed)
      from state cross join change having count(*) > 0
      on conflict (shard) do update
      set created = totals.created + excluded.created, completed = totals.completed + excluded.completed
    )
    select task_id from state`.execute(transaction);
  return rows.length === 1;
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
