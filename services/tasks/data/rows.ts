/** Between a row and the task that the domain knows. */
import type { Insertable, Selectable } from "kysely";
import type { Task } from "#contracts/task";
import type { TaskState } from "../domain/state.ts";
import type { TaskRow, TasksTable } from "./tables.ts";

export const taskColumns = [
  "id",
  "user_id",
  "number",
  "title",
  "notes",
  "status",
  "priority",
  "tags",
  "due",
  "deadline",
  "time_zone",
  "recurrence",
  "reminder",
  "slot",
  "predecessor_id",
  "version",
  "created_at",
  "updated_at",
  "completed_at",
  "deleted_at",
  "withdrawn",
  "untouched",
] as const satisfies readonly (keyof TaskRow)[];

export const stateOf = (row: Pick<Selectable<TasksTable>, (typeof taskColumns)[number]>): TaskState => ({
  id: row.id,
  userId: row.user_id,
  number: row.number,
  title: row.title,
  notes: row.notes,
  status: row.status,
  priority: row.priority,
  tags: row.tags,
  due: row.due,
  deadline: row.deadline,
  timeZone: row.time_zone,
  recurrence: row.recurrence,
  reminder: row.reminder,
  slot: row.slot,
  predecessorId: row.predecessor_id,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  completedAt: row.completed_at?.toISOString() ?? null,
  deletedAt: row.deleted_at?.toISOString() ?? null,
  withdrawn: row.withdrawn,
  untouched: row.untouched,
});

export const rowOf = (state: TaskState): Insertable<TasksTable> => ({
  id: state.id,
  user_id: state.userId,
  number: state.number,
  title: state.title,
  notes: state.notes,
  status: state.status,
  priority: state.priority,
  tags: [...state.tags],
  due: state.due,
  deadline: state.deadline,
  time_zone: state.timeZone,
  recurrence: JSON.stringify(state.recurrence),
  reminder: JSON.stringify(state.reminder),
  slot: state.slot,
  predecessor_id: state.predecessorId,
  version: state.version,
  created_at: new Date(state.createdAt),
  updated_at: new Date(state.updatedAt),
  completed_at: state.completedAt === null ? null : new Date(state.completedAt),
  deleted_at: state.deletedAt === null ? null : new Date(state.deletedAt),
  withdrawn: state.withdrawn,
  untouched: state.untouched,
});

/** What others may see of it. */
export function viewOf(state: TaskState): Task {
  const { userId: _, slot: _slot, deletedAt: _deleted, withdrawn: _withdrawn, untouched: _untouched, ...view } = state;
  return view satisfies Task;
}
