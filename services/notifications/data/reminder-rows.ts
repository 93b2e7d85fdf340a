import { type Kysely, sql, type Transaction } from "kysely";
import type { DB, RemindersTable } from "./tables.ts";

export type Reminder = Omit<RemindersTable, "state">;

/** Scheduled, cancelled and scheduled again within one version of the task, a reminder is the same one. */
export async function scheduleReminder(transaction: Transaction<DB>, reminder: Reminder): Promise<void> {
  await transaction
    .insertInto("reminders")
    .values({ ...reminder, state: "scheduled" })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet({ state: sql`'scheduled'`, fire_at: reminder.fire_at, task_version: reminder.task_version })
        .where("reminders.state", "=", "cancelled"),
    )
    .execute();
}

/** @returns whether it had not fired yet */
export async function cancelReminder(transaction: Transaction<DB>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("reminders")
    .set({ state: "cancelled" })
    .where("id", "=", id)
    .where("state", "=", "scheduled")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function findReminder(db: Kysely<DB>, id: string): Promise<RemindersTable | undefined> {
  return db.selectFrom("reminders").selectAll().where("id", "=", id).executeTakeFirst();
}

/** @returns undefined when it is not to fire (any more), or another replica is at it */
export async function lockScheduled(transaction: Transaction<DB>, id: string): Promise<RemindersTable | undefined> {
  return transaction
    .selectFrom("reminders")
    .selectAll()
    .where("id", "=", id)
    .where("state", "=", "scheduled")
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function setState(
  transaction: Transaction<DB>,
  id: string,
  state: RemindersTable["state"],
): Promise<void> {
  await transaction.updateTable("reminders").set({ state }).where("id", "=", id).execute();
}

/** Ids of reminders whose moment has come, the oldest first. */
export async function dueReminders(
  db: Kysely<DB>,
  now: Date,
  limit: number,
): Promise<{ readonly id: string; readonly fire_at: Date }[]> {
  return db
    .selectFrom("reminders")
    .select(["id", "fire_at"])
    .where("state", "=", "scheduled")
    .where("fire_at", "<=", now)
    .orderBy("fire_at")
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function countLate(db: Kysely<DB>, before: Date): Promise<number> {
  const { late } = await db
    .selectFrom("reminders")
    .select((eb) => eb.fn.countAll<number>().as("late"))
    .where("state", "=", "scheduled")
    .where("fire_at", "<", before)
    .executeTakeFirstOrThrow();
  return late;
}
