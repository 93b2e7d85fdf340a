/** Writes what was decided: row, reminder and events, all in one transaction. */
import type { Transaction } from "kysely";
import type { taskEvents } from "#contracts/events/task-events";
import type { Task } from "#contracts/task";
import { AppError } from "#kit/errors";
import type { EventInput } from "#kit/outbox/event";
import type { TasksContext } from "../context.ts";
import { applyPlan, liveReminder } from "../data/reminder-rows.ts";
import { viewOf } from "../data/rows.ts";
import type { DB } from "../data/tables.ts";
import { insertTask, updateTask } from "../data/task-rows.ts";
import { dayStartOf } from "../data/user-rows.ts";
import type { Decision } from "../domain/decision.ts";
import { evolve, type TaskEvent } from "../domain/events.ts";
import { planAfterChange, type ReminderPlan } from "../domain/reminders.ts";
import type { TaskState } from "../domain/state.ts";

type Publishing = Pick<TasksContext, "handle">;

/** Who asked for a change; undefined where it follows by itself. */
export type Actor = "user" | "chat" | undefined;

/**
 * Carries out a decision.
 * @param before the task as it was read under its lock; undefined where it begins
 * @returns the task afterwards; as it was where nothing happened
 * @throws AppError for a refusal
 */
export async function carryOut(
  context: Publishing,
  transaction: Transaction<DB>,
  before: TaskState | undefined,
  decision: Decision,
  by: Actor,
): Promise<TaskState> {
  if (decision.kind === "refused") {
    const { code, detail, errors } = decision.refusal;
    throw new AppError(code, detail, errors ? { errors } : {});
  }
  let state = before;
  for (const event of decision.events) state = await record(context, transaction, state, event, by);
  if (!state) throw new TypeError("a decision about no task has no events");
  return state;
}

export async function record(
  { handle }: Publishing,
  transaction: Transaction<DB>,
  before: TaskState | undefined,
  event: TaskEvent,
  by: Actor,
): Promise<TaskState> {
  const after = evolve(before, event);
  if (before) await updateTask(transaction, after);
  else await insertTask(transaction, after);

  const { id: taskId, userId, version: aggregateVersion } = after;
  const about = { userId, aggregateVersion };
  const task = viewOf(after);
  await handle.publish(transaction, "task-events", factOf(event, task, about, by));
  const isGone = after.deletedAt !== null;
  await handle.publish(transaction, "task-updates", {
    ...about,
    subject: taskId,
    ...(isGone
      ? { type: "dev.todo.screen.task_removed.v1", data: { userId, taskId } }
      : { type: "dev.todo.screen.task_changed.v1", data: { userId, task } }),
  });
  await reschedule({ handle }, transaction, before, after, new Date(event.at));
  return after;
}

function factOf(
  event: TaskEvent,
  task: Task,
  about: { readonly userId: string; readonly aggregateVersion: number },
  by: Actor,
): EventInput<typeof taskEvents> {
  const data = { taskId: task.id, task, ...(by ? { by } : {}) };
  switch (event.type) {
    case "created":
    case "reopened":
    case "deleted":
    case "restored":
      return { ...about, type: `dev.todo.task.${event.type}.v1`, data };
    case "updated":
      return { ...about, type: "dev.todo.task.updated.v1", data: { ...data, changed: [...event.changed] } };
    case "completed":
      return { ...about, type: "dev.todo.task.completed.v1", data: { ...data, completedAt: event.at } };
    case "succeeded": {
      const { predecessorId } = event.task;
      return { ...about, type: "dev.todo.task.recurring_task_created.v1", data: { ...data, predecessorId } };
    }
    default:
      return unknownEvent(event);
  }
}

/** A task that never had a reminder costs no query. */
async function reschedule(
  context: Publishing,
  transaction: Transaction<DB>,
  before: TaskState | undefined,
  after: TaskState,
  now: Date,
): Promise<void> {
  if (!before?.reminder && !after.reminder) return;
  const live = before ? await liveReminder(transaction, after.id) : undefined;
  const plan = planAfterChange(after, await dayStartOf(transaction, after.userId), now, live);
  await carryOutPlan(context, transaction, after, plan);
}

/** Tells notifications what to cancel and what to wait for. */
export async function carryOutPlan(
  { handle }: Publishing,
  transaction: Transaction<DB>,
  task: TaskState,
  plan: ReminderPlan,
): Promise<void> {
  const { cancel, schedule } = plan;
  await applyPlan(transaction, plan);
  const about = { userId: task.userId, aggregateVersion: task.version };
  if (cancel) {
    const data = { taskId: task.id, reminderId: cancel.id, taskVersion: cancel.taskVersion };
    await handle.publish(transaction, "reminders", { ...about, type: "dev.todo.reminder.cancelled.v1", data });
  }
  if (schedule) {
    const { id: reminderId, taskVersion } = schedule;
    const data = { taskId: task.id, reminderId, taskVersion, fireAt: schedule.fireAt.toISOString(), title: task.title };
    await handle.publish(transaction, "reminders", { ...about, type: "dev.todo.reminder.scheduled.v1", data });
  }
}

function unknownEvent(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
