/**
 * Pages of tasks by keyset: a page costs the same wherever it lies. Each branch of the filter is read through the index of
 * the order, as far as one page, and the branches are merged.
 */
import { type Kysely, type RawBuilder, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { TaskFilter, TaskSort } from "#contracts/http/tasks";
import type { TaskState } from "../domain/state.ts";
import { branchesOf, type TaskQuery } from "./filter.ts";
import { type CursorKeys, type Order, orderOf } from "./order.ts";
import { stateOf, taskColumns } from "./rows.ts";
import { countsOf, inOrder, searched } from "./searched.ts";
import type { DB, TasksTable } from "./tables.ts";

const listed = [...taskColumns, "due_key", "title_key"] as const;

type ListedRow = Pick<Selectable<TasksTable>, (typeof listed)[number]>;

/** Rows of a branch that a search may walk through: a few milliseconds. */
const WALK = { page: 4_000, count: 20_000 } as const;

/** A task with the values that its place in the order is made of. */
export interface ListedTask {
  readonly task: TaskState;
  readonly keys: CursorKeys;
}

export interface ListRequest {
  readonly filter: TaskFilter;
  readonly sort: TaskSort;
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: CursorKeys | undefined;
}

/** @returns at most `limit` tasks that follow `after` in the order */
export async function listTasks(db: Kysely<DB>, userId: string, request: ListRequest): Promise<ListedTask[]> {
  const query = await listQuery(db, userId, request);
  const rows = (await query?.execute()) ?? [];
  const { columns } = orderOf(request.sort);
  return rows.map((row) => ({ task: stateOf(row), keys: columns.map((column) => keyOf(row, column)) }));
}

/** @returns undefined when nothing can match */
export async function listQuery(
  db: Kysely<DB>,
  userId: string,
  { filter, sort, limit, after }: ListRequest,
): Promise<SelectQueryBuilder<DB, "tasks", ListedRow> | undefined> {
  const order = orderOf(sort);
  const branches = branchesOf(db, userId, filter).map(({ query, search }) => ({
    query: after ? query.where(isAfter(order, after)) : query,
    search,
  }));
  const found = await searched(db, branches, order, { enough: limit, walk: WALK.page });
  const parts = found.map((branch) => inOrder(branch, order).select(listed).limit(limit));
  const [only] = parts;
  if (parts.length < 2) return only;
  const union = sql.join(
    parts.map((part) => sql`(${part})`),
    sql` union all `,
  );
  const all = db.selectFrom(sql<ListedRow>`(${union})`.as("tasks")) as unknown as TaskQuery;
  return inOrder(all, order).select(listed).limit(limit);
}

/** Counts no further than `most`. */
export async function countTasks(db: Kysely<DB>, userId: string, filter: TaskFilter, most: number): Promise<number> {
  const branches = branchesOf(db, userId, filter);
  const found = await searched(db, branches, orderOf("due"), { enough: most, walk: WALK.count });
  const counts = await countsOf(db, found, most);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A row comparison, which an index over the same columns answers as one range. */
function isAfter({ columns, direction }: Order, keys: CursorKeys): RawBuilder<boolean> {
  const left = sql.join(columns.map((column) => sql.ref(column)));
  const right = sql.join(keys.map((key) => sql`${key}`));
  return direction === "asc" ? sql<boolean>`(${left}) > (${right})` : sql<boolean>`(${left}) < (${right})`;
}

function keyOf(row: ListedRow, column: keyof TasksTable): string | number {
  const value = (row as unknown as Record<string, string | number | Date>)[column];
  return value instanceof Date ? value.toISOString() : (value ?? "");
}
