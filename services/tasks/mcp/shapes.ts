/** What tools take and give, written for a language model: every field says what it is for. */
import * as z from "zod/mini";
import { bulkResult, MAX_PAGE, newTask, taskCount, taskFilter, taskSort } from "#contracts/http/tasks";
import { searchText, task } from "#contracts/task";
import { toolInput, toolOutput } from "./schema.ts";

const described = <S extends z.ZodMiniType>(schema: S, text: string): S => schema.check(z.describe(text)) as S;

const DUE = "Local date (2026-11-19) or minute (2026-11-19T09:00) in the task's time zone; null removes it";

const taskFields = {
  notes: described(newTask.shape.notes, "Longer text; the title stays short"),
  priority: described(newTask.shape.priority, "p1 is the most urgent, p4 the default"),
  tags: described(newTask.shape.tags, "All tags of the task, without @ or #"),
  due: described(newTask.shape.due, DUE),
  deadline: described(newTask.shape.deadline, "Local date by which it has to be done at the latest; null removes it"),
  timeZone: described(newTask.shape.timeZone, "IANA zone, e.g. Europe/Berlin; left out: the user's own"),
  recurrence: described(
    newTask.shape.recurrence,
    "RFC 5545 rule without RRULE: and DTSTART, e.g. FREQ=WEEKLY;BYDAY=MO. anchor: schedule counts from the due date, completion from the day it is done. null ends the series",
  ),
  reminder: described(
    newTask.shape.reminder,
    "{minutesBefore} before it is due (1440 is the day before), {at} HH:MM on the due day or a local minute, or {rrule, time} on a rhythm of its own; null removes it",
  ),
};

/** People say "task 12"; what lists gave is an id. */
export const taskReference = described(
  z.union([
    z.int().check(z.minimum(1), z.maximum(2_147_483_647)),
    z.string().check(z.regex(/^(\d{1,9}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/)),
  ]),
  "The task's short number as people say it (12), or its id",
);

const filterFields = {
  status: described(taskFilter.shape.status, "open unless said otherwise"),
  priority: described(taskFilter.shape.priority, "Any of these"),
  tag: described(taskFilter.shape.tag, "All of these tags, without @ or #"),
  number: described(taskFilter.shape.number, "Any of these short numbers"),
  due: described(taskFilter.shape.due, "any: only tasks with a due date; none: only those without"),
  dueFrom: described(taskFilter.shape.dueFrom, "First local date, included"),
  dueTo: described(taskFilter.shape.dueTo, "Last local date, included; yesterday's lists what is overdue"),
};

const paging = {
  sort: described(z._default(taskSort, "due"), "A leading - turns the order round"),
  limit: described(z._default(z.int().check(z.minimum(1), z.maximum(MAX_PAGE)), 20), "Tasks a page"),
  cursor: described(
    z.optional(z.string().check(z.maxLength(2_000))),
    "nextCursor of the page before, with the same filter",
  ),
};

const TEXT = 'Words to find in titles and notes; "a phrase" in quotes, -word to leave out';

const bulk = {
  filter: described(
    z.object({ ...filterFields, text: described(taskFilter.shape.text, TEXT) }),
    "Which tasks; what is left out does not matter",
  ),
  expected: described(
    z.optional(z.int().check(z.minimum(0))),
    "How many tasks the user was shown; if another number matches now, nothing is changed",
  ),
};

/** A list is for choosing from: notes are read one task at a time. */
const listedTask = z.omit(task, { notes: true, predecessorId: true });

export const inputs = {
  addTask: toolInput(
    z.object({ title: described(newTask.shape.title, "What is to be done, in the user's words"), ...taskFields }),
  ),
  listTasks: toolInput(z.object({ ...filterFields, ...paging })),
  searchTasks: toolInput(z.object({ text: described(searchText, TEXT), ...filterFields, ...paging })),
  oneTask: toolInput(z.object({ task: taskReference })),
  updateTask: toolInput(
    z.object({
      task: taskReference,
      version: described(z.optional(z.int().check(z.minimum(1))), "Change only this version, as a read task has it"),
      title: described(z.optional(newTask.shape.title), "The new title"),
      ...taskFields,
    }),
  ),
  bulk: toolInput(z.object(bulk)),
};

export const outputs = {
  task: toolOutput(z.object({ task })),
  list: toolOutput(z.object({ tasks: z.array(listedTask), nextCursor: z.nullable(z.string()), total: taskCount })),
  deleted: toolOutput(z.object({ deleted: z.pick(task, { id: true, number: true, title: true }) })),
  bulk: toolOutput(bulkResult),
};
