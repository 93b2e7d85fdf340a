/** A filter as conditions that indexes can answer. */
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { TaskFilter } from "#contracts/http/tasks";
import { searchCondition } from "./search.ts";
import type { DB } from "./tables.ts";

export type TaskQuery = SelectQueryBuilder<DB, "tasks", Record<never, never>>;

/** After every date and minute; what `due_key` is of a task without one. */
const NO_DUE = "~";

/**
 * One query for each status and, where the filter names some, each priority: each can then follow the order of one index,
 * which a condition with several values could not.
 * @returns none when nothing can match
 */
export function branchesOf(db: Kysely<DB>, userId: string, filter: TaskFilter): readonly TaskQuery[] {
  const search = searchCondition(userId, filter.text, filter.tag);
  const searches = filter.text !== undefined || (filter.tag?.length ?? 0) > 0;
  if (searches && !search) return [];
  const statuses = filter.status === "all" ? (["open", "completed"] as const) : [filter.status];
  const priorities = filter.priority?.length ? [...new Set(filter.priority)] : [undefined];
  return statuses.flatMap((status) =>
    priorities.map((priority) =>
      db
        .selectFrom("tasks")
        .where("user_id", "=", userId)
        .where("status", "=", status)
        .where("deleted_at", "is", null)
        .$if(priority !== undefined, (query) => query.where("priority", "=", priority ?? "p4"))
        .$if(filter.number !== undefined, (query) =>
          query.where("number", "=", sql<number>`any(${filter.number ?? []}::integer[])`),
        )
        .$if(searches && search !== undefined, (query) => (search ? query.where(search) : query))
        .$call((query) => dueRange(query as TaskQuery, filter)),
    ),
  );
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
