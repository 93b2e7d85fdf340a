import type { Transaction } from "kysely";
import { eraseUser } from "#kit/tombstones";
import { isDateOnly } from "#recurrence/local";
import type { TasksContext } from "../context.ts";
import { liveReminder } from "../data/reminder-rows.ts";
import type { DB } from "../data/tables.ts";
import { lockTask } from "../data/task-rows.ts";
import { dayStartOf, deleteEverything, keepSettings } from "../data/user-rows.ts";
import { planAfterChange } from "../domain/reminders.ts";
import { carryOutPlan } from "../verbs/record.ts";

interface Settings {
  readonly timeZone: string;
  readonly dayStart: string;
}

/** Reminders of tasks that are due on a day follow the hour at which the user's day begins. */
export async function settingsChanged(
  context: Pick<TasksContext, "handle" | "clock">,
  transaction: Transaction<DB>,
  userId: string,
  settings: Settings,
): Promise<void> {
  const before = await dayStartOf(transaction, userId);
  await keepSettings(transaction, userId, settings);
  if (before === settings.dayStart) return;
  const waiting = await transaction
    .selectFrom("reminders")
    .innerJoin("tasks", "tasks.id", "reminders.task_id")
    .select("tasks.id")
    .where("reminders.user_id", "=", userId)
    .where("reminders.state", "=", "scheduled")
    .orderBy("tasks.id")
    .execute();
  for (const { id } of waiting) await follow(context, transaction, userId, id, settings.dayStart);
}

async function follow(
  context: Pick<TasksContext, "handle" | "clock">,
  transaction: Transaction<DB>,
  userId: string,
  id: string,
  dayStart: string,
): Promise<void> {
  const task = await lockTask(transaction, id, userId);
  const isRelative = task?.reminder && "minutesBefore" in task.reminder && task.due !== null && isDateOnly(task.due);
  if (!task || !isRelative) return;
  const live = await liveReminder(transaction, id);
  if (live?.state !== "scheduled") return;
  await carryOutPlan(context, transaction, task, planAfterChange(task, dayStart, context.clock.now(), live));
}

export async function userDeleted(transaction: Transaction<DB>, userId: string, deletedAt: Date): Promise<void> {
  await eraseUser(transaction, userId, deletedAt);
  await deleteEverything(transaction, userId);
}
