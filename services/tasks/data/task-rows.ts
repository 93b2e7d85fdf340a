/** Reading and writing single tasks. */
import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import type { TaskState } from "../domain/state.ts";
import { rowOf, stateOf, taskColumns } from "./rows.ts";
import type { DB } from "./tables.ts";

/** One of the user's, deleted ones left out. */
export async function findTask(db: Kysely<DB>, userId: string, id: string): Promise<TaskState | undefined> {
  const row = await db
    .selectFrom("tasks")
    .select(taskColumns)
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && stateOf(row);
}

/** The id behind a short number, deleted tasks too. */
export async function idOfNumber(db: Kysely<DB>, userId: string, number: number): Promise<string | undefined> {
  const row = await db
    .selectFrom("tasks")
    .select("id")
    .where("user_id", "=", userId)
    .where("number", "=", number)
    .executeTakeFirst();
  return row?.id;
}

/**
 * The task, deleted ones too, locked until the transaction ends: events of one task are then written in the order of its
 * versions.
 * @param userId undefined: whoever's it is
 */
export async function lockTask(
  transaction: Transaction<DB>,
  id: string,
  userId?: string,
): Promise<TaskState | undefined> {
  const row = await transaction
    .selectFrom("tasks")
    .select(taskColumns)
    .where("id", "=", id)
    .$if(userId !== undefined, (query) => query.where("user_id", "=", userId ?? ""))
    .forUpdate()
    .executeTakeFirst();
  return row && stateOf(row);
}

/** Whose task it is, deleted ones too. */
export async function ownerOf(db: Kysely<DB>, id: string): Promise<string | undefined> {
  const row = await db.selectFrom("tasks").select("user_id").where("id", "=", id).executeTakeFirst();
  return row?.user_id;
}

export async function insertTask(transaction: Transaction<DB>, state: TaskState): Promise<void> {
  await later(transaction, transaction.insertInto("tasks").values(rowOf(state)));
}

/** The row must be locked. */
export async function updateTask(transaction: Transaction<DB>, state: TaskState): Promise<void> {
  const { id, user_id: _, ...changes } = rowOf(state);
  await later(transaction, transaction.updateTable("tasks").set(changes).where("id", "=", id));
}

/** The user's next short number. Creating waits here for the user's other creations, so that none comes twice. */
export async function nextNumber(transaction: Transaction<DB>, userId: string): Promise<number> {
  const row = await transaction
    .insertInto("counters")
    .values({ user_id: userId, last_number: 1 })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ last_number: sql`counters.last_number + 1` }))
    .returning("last_number")
    .executeTakeFirstOrThrow();
  return row.last_number;
}
