import { MAX_PAGE, type TaskCount, type TaskFilter, type TaskSort } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { notFound } from "#kit/errors";
import type { TasksContext } from "../context.ts";
import { countTasks, listTasks } from "../data/list.ts";
import { cursorOf, keysOf } from "../data/order.ts";
import { viewOf } from "../data/rows.ts";
import { findTask } from "../data/task-rows.ts";
import type { TaskState } from "../domain/state.ts";

type Reading = Pick<TasksContext, "db">;

/** @throws AppError `not-found`, for somebody else's task too */
export async function getTask({ db }: Reading, userId: string, id: string): Promise<TaskState> {
  const state = await findTask(db, userId, id);
  if (!state) throw notFound("such task");
  return state;
}

export interface PageRequest {
  readonly filter: TaskFilter;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function listPage(
  { db }: Reading,
  userId: string,
  { filter, sort, limit, cursor }: PageRequest,
): Promise<{ items: Task[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : keysOf(cursor, filter, sort);
  // One more than asked for tells whether there is a next page.
  const found = await listTasks(db, userId, { filter, sort, limit: limit + 1, after });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ task }) => viewOf(task)),
    nextCursor: last ? cursorOf(last.keys, filter, sort) : null,
  };
}

export const COUNTED_UP_TO = 1_000;

export async function countMatching({ db }: Reading, userId: string, filter: TaskFilter): Promise<TaskCount> {
  const count = await countTasks(db, userId, filter, COUNTED_UP_TO + 1);
  return { count: Math.min(count, COUNTED_UP_TO), exact: count <= COUNTED_UP_TO };
}

/** Every task of the user, a JSON document a line, read page by page as the reader takes them. */
export function exportTasks({ db }: Reading, userId: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const filter: TaskFilter = { status: "all" };
  let after: readonly (string | number)[] | undefined;
  return new ReadableStream({
    async pull(controller) {
      const found = await listTasks(db, userId, { filter, sort: "created", limit: MAX_PAGE, after });
      for (const { task } of found) controller.enqueue(encoder.encode(`${JSON.stringify(viewOf(task))}\n`));
      after = found.at(-1)?.keys;
      if (found.length < MAX_PAGE) controller.close();
    },
  });
}
