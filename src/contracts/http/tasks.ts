/** The API of tasks: what people do with their tasks, and what recurring and notifications ask for. */
import * as z from "zod/mini";
import { due, instant, localDate, timeZone, userId, uuid } from "../primitives.ts";
import { notes, priority, recurrence, reminder, searchText, tag, task, title } from "../task.ts";
import { DUE_FILTERS, MAX_TAGS_ASKED, SORTS, STATUS_FILTERS } from "../task-choices.ts";
import { empty, httpApi, json, operation, stream } from "./define.ts";

const tags = z.array(tag).check(z.maxLength(20));

/** What a new task is made of; what is left out has its default. The time zone defaults to the profile's. */
export const newTask = z.object({
  title,
  notes: z.optional(notes),
  priority: z.optional(priority),
  tags: z.optional(tags),
  due: z.optional(z.nullable(due)),
  deadline: z.optional(z.nullable(localDate)),
  timeZone: z.optional(timeZone),
  recurrence: z.optional(z.nullable(recurrence)),
  reminder: z.optional(z.nullable(reminder)),
});

/** Only what is named changes; `null` removes. Moving `due` moves this occurrence, giving `recurrence` begins a new series. */
export const taskChange = z.partial(newTask);

const taskNumber = z.int().check(z.minimum(1), z.maximum(2_147_483_647));

const filterFields = {
  /** Of several any. */
  priority: z.optional(z.array(priority).check(z.maxLength(4))),
  /** Of several all. */
  tag: z.optional(z.array(tag).check(z.maxLength(MAX_TAGS_ASKED))),
  /** Days, both included; tasks without a due date are in no range. */
  dueFrom: z.optional(localDate),
  dueTo: z.optional(localDate),
  due: z.optional(z.enum(DUE_FILTERS)),
  text: z.optional(searchText),
};

const statusFilter = z.enum(STATUS_FILTERS);

/** Which tasks are meant: those for which everything that is given holds. */
export const taskFilter = z.object({
  ...filterFields,
  status: z._default(statusFilter, "open"),
  number: z.optional(z.array(taskNumber).check(z.maxLength(100))),
});

const queryFilter = {
  ...filterFields,
  status: z._default(statusFilter, "open"),
  number: z.optional(
    z.array(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(2_147_483_647))).check(z.maxLength(100)),
  ),
};

export const taskSort = z.enum(SORTS);

export const MAX_PAGE = 100;

export const taskPage = z.object({
  items: z.array(task),
  /** Give it back as `cursor`, with the same filter and sort, for the next page; null at the end. */
  nextCursor: z.nullable(z.string()),
});

/** Counting stops at 1,000: `exact` is false when there are more. */
export const taskCount = z.object({ count: z.int(), exact: z.boolean() });

const bulkChange = z.object({
  filter: taskFilter,
  /** How many tasks were shown to the person who approved; refused when it is another number now. */
  expected: z.optional(z.int().check(z.minimum(0))),
});

export const MAX_BULK = 500;

export const bulkResult = z.object({
  changed: z.array(z.object({ id: uuid, number: taskNumber, title: z.string() })),
  /** Whether more tasks match than one call changes. */
  more: z.boolean(),
});

/** What became of the wish for a successor; only `created` and `exists` have one. */
export const successorOutcome = z.enum(["created", "exists", "not-completed", "not-recurring", "ended", "gone"]);

const id = { params: z.object({ id: uuid }) };
const oneTask = { 200: json(task, { etag: true }) };
const changing = { ...id, ifMatch: "optional", idempotencyKey: "optional", responses: oneTask } as const;
const changeErrors = ["not-found", "version-mismatch", "unprocessable", "conflict"] as const;
const bulk = {
  method: "post",
  body: bulkChange,
  idempotencyKey: "optional",
  responses: { 200: json(bulkResult) },
  errors: ["not-allowed", "unprocessable", "conflict"],
} as const;

export const tasksApi = httpApi({
  service: "tasks",
  title: "Tasks",
  version: "1.0.0",
  schemas: { Task: task, NewTask: newTask, TaskChange: taskChange, TaskPage: taskPage, TaskFilter: taskFilter },
  operations: {
    create: operation({
      method: "post",
      path: "/v1/tasks",
      summary: "Add a task",
      body: newTask,
      idempotencyKey: "optional",
      responses: { 201: json(task, { etag: true }) },
      errors: ["unprocessable", "conflict"],
    }),
    list: operation({
      method: "get",
      path: "/v1/tasks",
      summary: "List, filter, search and sort tasks, page by page",
      query: z.object({
        ...queryFilter,
        sort: z._default(taskSort, "due"),
        limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_PAGE)), 50),
        cursor: z.optional(z.string().check(z.maxLength(2_000))),
      }),
      responses: { 200: json(taskPage) },
    }),
    count: operation({
      method: "get",
      path: "/v1/tasks/count",
      summary: "Count tasks, up to 1,000",
      query: z.object(queryFilter),
      responses: { 200: json(taskCount) },
    }),
    export: operation({
      method: "get",
      path: "/v1/tasks/export",
      summary: "Every task of yours, one JSON document a line",
      responses: { 200: stream("application/x-ndjson") },
    }),
    completeMatching: operation({
      ...bulk,
      path: "/v1/tasks/complete-matching",
      summary: "Complete tasks, with an approval",
    }),
    deleteMatching: operation({
      ...bulk,
      path: "/v1/tasks/delete-matching",
      summary: "Delete tasks, with an approval",
    }),
    get: operation({
      method: "get",
      path: "/v1/tasks/:id",
      summary: "Read a task",
      ...id,
      responses: oneTask,
      errors: ["not-found"],
    }),
    update: operation({
      ...changing,
      method: "patch",
      path: "/v1/tasks/:id",
      summary: "Change what a task says",
      body: taskChange,
      ifMatch: "required",
      errors: [...changeErrors, "version-required"],
    }),
    complete: operation({
      ...changing,
      method: "post",
      path: "/v1/tasks/:id/complete",
      summary: "Complete a task; a task that repeats gets its next occurrence",
      errors: changeErrors,
    }),
    reopen: operation({
      ...changing,
      method: "post",
      path: "/v1/tasks/:id/reopen",
      summary: "Undo a completion, and with it an untouched next occurrence",
      errors: changeErrors,
    }),
    restore: operation({
      ...changing,
      method: "post",
      path: "/v1/tasks/:id/restore",
      summary: "Undo a deletion, for 30 days",
      errors: changeErrors,
    }),
    delete: operation({
      method: "delete",
      path: "/v1/tasks/:id",
      summary: "Delete a task; an assistant needs an approval",
      ...id,
      ifMatch: "optional",
      idempotencyKey: "optional",
      responses: { 204: empty() },
      errors: [...changeErrors, "not-allowed"],
    }),

    createSuccessor: operation({
      internal: true,
      method: "post",
      path: "/internal/tasks/:id/successor",
      summary: "Make the next occurrence of a completed task, exactly one however often it is asked for",
      ...id,
      responses: { 200: json(z.object({ outcome: successorOutcome, task: z.nullable(task) })) },
    }),
    claimReminder: operation({
      internal: true,
      method: "post",
      path: "/internal/reminders/:id/claim",
      summary: "Ask, the moment before it is delivered, whether a reminder still holds",
      description:
        "Claiming again with the same version gives the same answer. gone: changed, cancelled or sent already.",
      ...id,
      body: z.object({ taskVersion: z.int().check(z.minimum(1)) }),
      responses: { 200: json(z.object({ userId, fireAt: instant, task })) },
      errors: ["gone", "conflict"],
    }),
  },
});

export type NewTask = z.output<typeof newTask>;
export type TaskChange = z.output<typeof taskChange>;
export type TaskFilter = z.output<typeof taskFilter>;
export type TaskSort = z.output<typeof taskSort>;
export type TaskPage = z.output<typeof taskPage>;
export type TaskCount = z.output<typeof taskCount>;
export type BulkResult = z.output<typeof bulkResult>;
export type SuccessorOutcome = z.output<typeof successorOutcome>;
