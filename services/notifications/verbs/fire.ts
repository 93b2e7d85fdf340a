/** The moment of a reminder: asked about at tasks, shown in the app, and handed to the other channels, all or nothing. */
import type { Transaction } from "kysely";
import { ProblemError } from "#contracts/http/problem";
import type { Task } from "#contracts/task";
import { derivedId } from "#kit/clock";
import { isErased } from "#kit/tombstones";
import type { NotificationsContext } from "../context.ts";
import { readChannels } from "../data/channel-rows.ts";
import { addDelivery } from "../data/delivery-rows.ts";
import { addNotification } from "../data/notification-rows.ts";
import { findReminder, lockScheduled, setState } from "../data/reminder-rows.ts";
import type { DB, RemindersTable } from "../data/tables.ts";
import type { Reach } from "./reach.ts";

/** `nothing`: fired or cancelled before, or another replica is at it. */
export type Fired = "fired" | "cancelled" | "early" | "nothing";

/** The reminder's row and a connection wait for the answer. */
const CLAIM_TIMEOUT_MS = 5_000;

type FireContext = Pick<NotificationsContext, "db" | "transaction" | "handle" | "clock" | "metrics"> & {
  readonly reach: Reach;
  /** There is something to deliver. */
  readonly deliver: () => void;
};

/**
 * Fires one reminder. The row is locked while tasks is asked, and everything that follows is one transaction: a process that
 * dies leaves the reminder as it was, and the next one asks again.
 * @throws what the call to tasks throws when tasks is away: the sweep tries again
 */
export async function fireReminder(context: FireContext, id: string): Promise<Fired> {
  const known = await findReminder(context.db, id);
  if (known?.state !== "scheduled") return "nothing";
  if (known.fire_at > context.clock.now()) return "early";
  const outcome = await context.transaction(async (transaction): Promise<Fired> => {
    if (await isErased(transaction, known.user_id)) return "nothing";
    const reminder = await lockScheduled(transaction, id);
    if (!reminder) return "nothing";
    const claimed = await claim(context, reminder);
    if (claimed === "early") return "early";
    await setState(transaction, id, claimed ? "fired" : "cancelled");
    if (!claimed) return "cancelled";
    await notify(context, transaction, reminder, claimed.task);
    return "fired";
  });
  if (outcome === "fired") {
    context.metrics.counter("todo_reminders_delivered_total").inc({ channel: "app", outcome: "sent" });
    context.deliver();
  }
  return outcome;
}

/** @returns undefined when the reminder was changed, cancelled or sent in the meantime */
async function claim(
  { handle }: FireContext,
  { id, task_version: taskVersion }: RemindersTable,
): Promise<{ readonly task: Task } | "early" | undefined> {
  try {
    const input = { params: { id }, body: { taskVersion } };
    const { body } = await handle.invoke.tasks.claimReminder(input, { signal: AbortSignal.timeout(CLAIM_TIMEOUT_MS) });
    return body;
  } catch (error) {
    if (error instanceof ProblemError && error.code === "gone") return undefined;
    // Its clock is behind ours.
    if (error instanceof ProblemError && error.code === "conflict") return "early";
    throw error;
  }
}

async function notify(
  { handle, clock, reach }: FireContext,
  transaction: Transaction<DB>,
  { id: reminderId, task_id: taskId, user_id: userId, task_version: taskVersion }: RemindersTable,
  task: Task,
): Promise<void> {
  const now = clock.now();
  const sentAt = now.toISOString();
  const notificationId = derivedId(reminderId, "notification");
  const { title, due, timeZone } = task;
  await addNotification(transaction, { id: notificationId, user_id: userId, task_id: taskId, title, sent_at: now });
  const targets = reach.targetsOf(await readChannels(transaction, userId));
  for (const { channel, target } of targets) {
    await addDelivery(transaction, {
      id: derivedId(notificationId, channel),
      user_id: userId,
      notification_id: notificationId,
      channel,
      target,
      message: { kind: "reminder", taskId, title, due, timeZone, sentAt },
      created_at: now,
    });
  }
  await handle.publish(transaction, "task-updates", {
    type: "dev.todo.screen.notification_added.v1",
    userId,
    aggregateVersion: 1,
    subject: notificationId,
    data: { userId, notificationId, taskId, title, sentAt },
  });
  await handle.publish(transaction, "reminders", {
    type: "dev.todo.reminder.sent.v1",
    userId,
    aggregateVersion: task.version,
    data: { taskId, reminderId, taskVersion, sentAt, channels: ["in-app", ...targets.map(({ channel }) => channel)] },
  });
}
