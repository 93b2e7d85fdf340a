/** The HTTP API: routes only adapt it to the verbs. */
import type { tasksApi } from "#contracts/http/tasks";
import type { Handlers } from "#kit/http/serve-api";
import type { TasksContext } from "./context.ts";
import { viewOf } from "./data/rows.ts";
import type { TaskState } from "./domain/state.ts";
import { changeMatching } from "./verbs/change-matching.ts";
import { changeTask } from "./verbs/change-task.ts";
import { claimReminder } from "./verbs/claim-reminder.ts";
import { createSuccessor } from "./verbs/create-successor.ts";
import { createTask } from "./verbs/create-task.ts";
import { countMatching, exportTasks, getTask, listPage } from "./verbs/read-tasks.ts";

export const handlers = (context: TasksContext): Handlers<typeof tasksApi> => ({
  create: async ({ body, ...caller }) => {
    const state = await createTask(context, caller, body);
    return { ...answer(201, state), headers: { location: `/v1/tasks/${state.id}` } };
  },
  list: async ({ query: { sort, limit, cursor, ...filter }, principal }) => ({
    status: 200,
    body: await listPage(context, principal.userId, { filter, sort, limit, cursor }),
  }),
  count: async ({ query, principal }) => ({
    status: 200,
    body: await countMatching(context, principal.userId, query),
  }),
  export: ({ principal }) => ({ status: 200, stream: exportTasks(context, principal.userId) }),
  get: async ({ params, principal }) => answer(200, await getTask(context, principal.userId, params.id)),
  update: async ({ params, body, ...caller }) =>
    answer(200, await changeTask(context, { ...caller, ...params }, { type: "update", change: body })),
  complete: async ({ params, ...caller }) =>
    answer(200, await changeTask(context, { ...caller, ...params }, { type: "complete" })),
  reopen: async ({ params, ...caller }) =>
    answer(200, await changeTask(context, { ...caller, ...params }, { type: "reopen" })),
  restore: async ({ params, ...caller }) =>
    answer(200, await changeTask(context, { ...caller, ...params }, { type: "restore" })),
  delete: async ({ params, ...caller }) => {
    await changeTask(context, { ...caller, ...params }, { type: "delete" });
    return { status: 204 };
  },
  completeMatching: async ({ body, ...caller }) => ({
    status: 200,
    body: await changeMatching(context, { ...caller, ...body }, "complete"),
  }),
  deleteMatching: async ({ body, ...caller }) => ({
    status: 200,
    body: await changeMatching(context, { ...caller, ...body }, "delete"),
  }),

  createSuccessor: async ({ params }) => {
    const { outcome, task } = await createSuccessor(context, params.id);
    return { status: 200, body: { outcome, task: task && viewOf(task) } };
  },
  claimReminder: async ({ params, body }) => {
    const { userId, fireAt, task } = await claimReminder(context, params.id, body.taskVersion);
    return { status: 200, body: { userId, fireAt: fireAt.toISOString(), task: viewOf(task) } };
  },
});

const answer = <const S extends 200 | 201>(status: S, state: TaskState) => ({
  status,
  body: viewOf(state),
  etag: String(state.version),
});
