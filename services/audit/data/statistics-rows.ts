/** Counting what happens to tasks. */
import { type Kysely, type RawBuilder, type Selectable, sql, type Transaction } from "kysely";
import { type ActivityChange, activityChanges, type TaskState } from "../domain/task-state.ts";
import type { DB, TaskStatesTable } from "./tables.ts";

/** What a task is after an event, and what that changes in the counts. */
export interface TaskCount {
  readonly state: TaskState;
  readonly changes: readonly ActivityChange[];
}

/** @param createdAt of the task */
export const firstCount = (state: TaskState, createdAt: Date): TaskCount => ({
  state,
  changes: activityChanges(undefined, state, createdAt),
});

/**
 * Takes over a task's state unless a later one is known, and counts what changed.
 * @param createdAt of the task
 */
export async function countTask(transaction: Transaction<DB>, state: TaskState, createdAt: Date): Promise<void> {
  const before = await lockState(transaction, state.taskId);
  if (before && before.version >= state.version) return;
  const changes = activityChanges(before, state, createdAt);
  const written = await writeCounts(transaction, before ? changedState(state) : newState(state), { state, changes });
  // Another event of the task came first in this very moment: now it is the one before.
  if (!written) await countTask(transaction, state, createdAt);
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

/** @returns false, with nothing written, for a new task that is there meanwhile */
async function writeCounts(
  transaction: Transaction<DB>,
  state: RawBuilder<unknown>,
  count: TaskCount,
): Promise<boolean> {
  const { rows } = await sql`with ${counting(state, count)} select task_id from state`.execute(transaction);
  return rows.length === 1;
}

/**
 * @param from whose single row says that the state is to be kept
 * @returns the part of a statement that gives the task's id back when it was new
 */
export const newState = (
  { taskId, userId, version, completedAt, overdueFrom }: TaskState,
  from: RawBuilder<unknown> = sql`(select) as always`,
): RawBuilder<unknown> => sql`
  insert into task_states (task_id, user_id, version, completed_at, overdue_from)
  select ${taskId}::uuid, ${userId}, ${version}::integer, ${completedAt}::timestamptz, ${overdueFrom}::timestamptz
  from ${from}
  on conflict do nothing returning task_id`;

const changedState = ({ taskId, version, completedAt, overdueFrom }: TaskState): RawBuilder<unknown> => sql`
  update task_states set version = ${version}, completed_at = ${completedAt}, overdue_from = ${overdueFrom}
  where task_id = ${taskId} returning task_id`;

/** Parts of a statement: `state`, and activity and totals where it wrote something. */
export const counting = (
  state: RawBuilder<unknown>,
  { state: { userId }, changes }: TaskCount,
): RawBuilder<unknown> => sql`
  state as (${state}),
  change as (
    select quarter, created, completed from unnest(
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
  )`;

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
