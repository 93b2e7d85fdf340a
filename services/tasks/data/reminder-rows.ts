import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import type { ReminderPlan, ScheduledReminder } from "../domain/reminders.ts";
import type { DB, RemindersTable } from "./tables.ts";

const columns = ["id", "task_id", "user_id", "task_version", "fire_at", "state"] as const;

type Row = Pick<RemindersTable, (typeof columns)[number]>;

export interface ReminderState extends ScheduledReminder {
  readonly state: RemindersTable["state"];
}

const reminderOf = (row: Row): ReminderState => ({
  id: row.id,
  taskId: row.task_id,
  userId: row.user_id,
  taskVersion: row.task_version,
  fireAt: row.fire_at,
  state: row.state,
});

/** The one that may still fire. The task's row must be locked. */
export async function liveReminder(transaction: Transaction<DB>, taskId: string): Promise<ReminderState | undefined> {
  const row = await transaction
    .selectFrom("reminders")
    .select(columns)
    .where("task_id", "=", taskId)
    .where("state", "in", ["scheduled", "claimed"])
    .executeTakeFirst();
  return row && reminderOf(row);
}

export async function findReminder(db: Kysely<DB>, id: string): Promise<ReminderState | undefined> {
  const row = await db.selectFrom("reminders").select(columns).where("id", "=", id).executeTakeFirst();
  return row && reminderOf(row);
}

export async function applyPlan(transaction: Transaction<DB>, { cancel, schedule }: ReminderPlan): Promise<void> {
  if (cancel) await setState(transaction, cancel.id, "cancelled");
  if (!schedule) return;
  const row = transaction.insertInto("reminders").values({
    id: schedule.id,
    task_id: schedule.taskId,
    user_id: schedule.userId,
    task_version: schedule.taskVersion,
    fire_at: schedule.fireAt,
    state: "scheduled",
    sent_at: null,
  });
  // Planned, cancelled and planned again within one version of the task.
  const again = row.onConflict((conflict) =>
    conflict.column("id").doUpdateSet({ state: sql`'scheduled'` }).where("reminders.state", "=", "cancelled"),
  );
  await later(transaction, again);
}

export async function setState(
  transaction: Transaction<DB>,
  id: string,
  state: RemindersTable["state"],
  sentAt: Date | null = null,
): Promise<void> {
  await later(transaction, transaction.updateTable("reminders").set({ state, sent_at: sentAt }).where("id", "=", id));
}
