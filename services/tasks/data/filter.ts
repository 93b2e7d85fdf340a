/** A filter as conditions that indexes can answer. */
import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { TaskFilter } from "#contracts/http/tasks";
import { STATUSES } from "#contracts/task-choices";
import { searchCondition } from "./search.ts";
import type { DB } from "./tables.ts";

export type TaskQuery = SelectQueryBuilder<DB, "tasks", Record<never, never>>;

/** After every date and minute; what `due_key` is of a task without one. */
const NO_DUE = "~";

/** The tasks of one status and, where the filter names some, one priority: they can follow the order of one index. */
export interface Branch {
  readonly query: TaskQuery;
  /** Of words and tags, which no index of an order knows. */
  readonly search: RawBuilder<boolean> | undefined;
}

/** @returns none when nothing can match */
export function branchesOf(db: Kysely<DB>, userId: string, filter: TaskFilter): readonly Branch[] {
  const statuses = filter.status === "all" ? STATUSES : [filter.status];
  const priorities = filter.priority?.length ? [...new Set(filter.priority)] : [undefined];
  const searches = filter.text !== undefined || (filter.tag?.length ?? 0) > 0;
  return statuses.flatMap((status) => {
    const search = searches ? searchCondition(userId, status, filter.text, filter.tag) : undefined;
    if (searches && !search) return [];
    return priorities.map((priority) => {
      const query = db
        .selectFrom("tasks")
        .where("user_id", "=", userId)
        .where("status", "=", status)
        .where("deleted_at", "is", null)
        .$if(priority !== undefined, (some) => some.where("priority", "=", priority ?? "p4"))
        .$if(filter.number !== undefined, (some) =>
          some.where("number", "=", sql<number>`any(${filter.number ?? []}::integer[])`),
        );
      return { query: dueRange(query as TaskQuery, filter), search };
    });
  });
}

function dueRange(query: TaskQuery, { due, dueFrom, dueTo }: TaskFilter): TaskQuery {
  let ranged = query;
  if (due === "none") ranged = ranged.where("due_key", "=", NO_DUE);
  if (due === "any" || dueFrom !== undefined) ranged = ranged.where("due_key", "<", NO_DUE);
  if (dueFrom !== undefined) ranged = ranged.where("due_key", ">=", dueFrom);
  // A minute of the last day is that day and more.
  if (dueTo !== undefined) ranged = ranged.where("due_key", "<", `${dueTo}${NO_DUE}`);
  return ranged;
}
