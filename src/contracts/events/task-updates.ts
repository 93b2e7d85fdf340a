/** What changed for a user's open screens. Written by tasks and notifications; read by realtime. */
import * as z from "zod/mini";
import { instant, userId, uuid } from "../primitives.ts";
import { task } from "../task.ts";
import { eventContract } from "./define.ts";

export const taskUpdates = eventContract({
  "dev.todo.screen.task_changed.v1": z.object({ userId, task }),
  "dev.todo.screen.task_removed.v1": z.object({ userId, taskId: uuid }),
  "dev.todo.screen.notification_added.v1": z.object({
    userId,
    notificationId: uuid,
    taskId: uuid,
    title: z.string(),
    sentAt: instant,
  }),
});
