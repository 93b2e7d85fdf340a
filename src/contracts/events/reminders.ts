/** The life of a reminder. Scheduled and cancelled by tasks, sent by notifications; read by notifications, audit and tasks. */
import * as z from "zod/mini";
import { aggregateVersion, instant, uuid } from "../primitives.ts";
import { eventContract } from "./define.ts";

/** `taskVersion` is what a firing reminder must still match when it is claimed at tasks. */
const occurrence = { taskId: uuid, reminderId: uuid, taskVersion: aggregateVersion };

export const reminders = eventContract({
  "dev.todo.reminder.scheduled.v1": z.object({ ...occurrence, fireAt: instant, title: z.string() }),
  "dev.todo.reminder.cancelled.v1": z.object(occurrence),
  "dev.todo.reminder.sent.v1": z.object({
    ...occurrence,
    sentAt: instant,
    channels: z.array(z.enum(["in-app", "email", "webhook"])).check(z.minLength(1)),
  }),
});
