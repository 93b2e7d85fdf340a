/** Facts about tasks. Written by tasks; read by recurring, notifications and audit. */
import * as z from "zod/mini";
import { instant, uuid } from "../primitives.ts";
import { task } from "../task.ts";
import { eventContract } from "./define.ts";

/** `by`: who asked for it; absent where it follows by itself. */
const snapshot = { taskId: uuid, task, by: z.optional(z.enum(["user", "chat"])) };

export const taskEvents = eventContract({
  "dev.todo.task.created.v1": z.object(snapshot),
  "dev.todo.task.updated.v1": z.object({ ...snapshot, changed: z.array(z.string()).check(z.minLength(1)) }),
  "dev.todo.task.completed.v1": z.object({ ...snapshot, completedAt: instant }),
  "dev.todo.task.reopened.v1": z.object(snapshot),
  "dev.todo.task.deleted.v1": z.object(snapshot),
  "dev.todo.task.restored.v1": z.object(snapshot),
  "dev.todo.task.recurring_task_created.v1": z.object({ ...snapshot, predecessorId: uuid }),
});
