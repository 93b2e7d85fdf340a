import type { Transaction } from "kysely";
import type { EventOf } from "#contracts/events/define";
import type { reminders } from "#contracts/events/reminders";
import type { TasksContext } from "../context.ts";
import { liveReminder, setState } from "../data/reminder-rows.ts";
import type { DB } from "../data/tables.ts";
import { lockTask } from "../data/task-rows.ts";
import { dayStartOf } from "../data/user-rows.ts";
import { fireAtOf, planReminder } from "../domain/reminders.ts";
import { carryOutPlan } from "../verbs/record.ts";

type ReminderSent = Extract<EventOf<typeof reminders>, { readonly type: "dev.todo.reminder.sent.v1" }>;

/** The reminder is done; one with a rhythm of its own gets its next time. */
export async function reminderSent(
  context: Pick<TasksContext, "handle" | "clock">,
  transaction: Transaction<DB>,
  { data, userid }: ReminderSent,
): Promise<void> {
  const task = await lockTask(transaction, data.taskId, userid);
  const live = task && (await liveReminder(transaction, task.id));
  if (!task || live?.id !== data.reminderId) return;
  await setState(transaction, live.id, "sent", new Date(data.sentAt));
  const after = new Date(Math.max(context.clock.now().getTime(), live.fireAt.getTime()));
  const next = fireAtOf(task, await dayStartOf(transaction, userid), after);
  await carryOutPlan(context, transaction, task, planReminder(task, undefined, next));
}
