import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";

/** Nothing but the kit's inbox. */
type Tables = Record<never, never>;

/**
 * A completed task that repeats gets its next occurrence. What that is, and that there is exactly one, tasks decides under
 * the task's lock, from what the task is by then; so an event that comes again or late asks again and changes nothing.
 */
export const service = defineService("recurring", {
  database: database<Tables>({ migrations: {} }),
  setup: ({ subscribe, handle, log }) => {
    subscribe("task-events", {
      "dev.todo.task.completed.v1": async ({ id: eventId, data: { taskId, task } }) => {
        if (!task.recurrence) return;
        const { body } = await handle.invoke.tasks.createSuccessor({ params: { id: taskId } });
        log.debug(
          { eventId, taskId, outcome: body.outcome, successorId: body.task?.id },
          "asked for the next occurrence",
        );
      },
    });
  },
});
