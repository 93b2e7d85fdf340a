import type { EventOf } from "#contracts/events/define";
import type { reminders } from "#contracts/events/reminders";
import type { EventDelivery } from "#kit/inbox/subscriber";
import type { NotificationsContext } from "../context.ts";
import { cancelReminder, scheduleReminder } from "../data/reminder-rows.ts";
import type { DB } from "../data/tables.ts";

type ReminderEvent<T extends string> = Extract<EventOf<typeof reminders>, { readonly type: T }>;

type Context = Pick<NotificationsContext, "handle" | "log">;

/** The row is the truth and the timer a convenience: without one the sweep fires the reminder. */
export async function scheduled(
  { handle, log }: Context,
  { data, userid }: ReminderEvent<"dev.todo.reminder.scheduled.v1">,
  { transaction, afterCommit }: EventDelivery<DB>,
): Promise<void> {
  const { reminderId: id, taskId, taskVersion } = data;
  const fireAt = new Date(data.fireAt);
  await scheduleReminder(transaction, {
    id,
    task_id: taskId,
    user_id: userid,
    task_version: taskVersion,
    fire_at: fireAt,
  });
  afterCommit(() => {
    handle.jobs
      .schedule("reminder", id, { dueTime: fireAt })
      .catch((err: unknown) => log.warn({ err, reminderId: id }, "no timer could be set: the sweep will fire it"));
  });
}

export async function cancelled(
  { handle, log }: Context,
  { data: { reminderId: id } }: ReminderEvent<"dev.todo.reminder.cancelled.v1">,
  { transaction, afterCommit }: EventDelivery<DB>,
): Promise<void> {
  if (!(await cancelReminder(transaction, id))) return;
  afterCommit(() => {
    // A timer that is left over finds nothing to fire.
    handle.jobs.delete("reminder", id).catch((err: unknown) => log.debug({ err, reminderId: id }, "a timer is left"));
  });
}
