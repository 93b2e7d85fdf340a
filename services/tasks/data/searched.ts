/**
 * Tasks that a search finds, in an order that the search index does not know. Common words are found by walking along the
 * order, rare ones by the search index and a sort. PostgreSQL chooses by statistics that know nothing of rare words and
 * beginnings of words, and would walk through a million tasks for one of them: so the first steps of the walk decide.
 */
import { type Expression, type Kysely, type Selectable, sql } from "kysely";
import type { Branch, TaskQuery } from "./filter.ts";
import type { Order } from "./order.ts";
import { taskColumns } from "./rows.ts";
import type { DB, TasksTable } from "./tables.ts";

const everything = [...taskColumns, "due_key", "title_key", "search"] as const;

type Row = Pick<Selectable<TasksTable>, (typeof everything)[number]>;

interface Effort {
  /** Matches of a branch that are asked for. */
  readonly enough: number;
  /** Rows of a branch to look at before the search index is asked. */
  readonly walk: number;
}

/** Each branch with its search added to it, in the way that suits it. */
export async function searched(
  db: Kysely<DB>,
  branches: readonly Branch[],
  order: Order,
  { enough, walk }: Effort,
): Promise<readonly TaskQuery[]> {
  const walks = branches.flatMap(({ query, search }) =>
    search ? [within(db, inOrder(query, order).select(everything).limit(walk)).where(search)] : [],
  );
  const counts = await countsOf(db, walks, enough);
  return branches.map(({ query, search }, i) => {
    const walked = walks[i];
    if (!search || (walked && (counts[i] ?? 0) >= enough)) return walked ?? query;
    // Without an order the walk has no advantage left, and `offset 0` keeps the order out.
    return within(db, query.where(search).select(everything).offset(0));
  });
}

/** Of each query no further than `most`, in one round trip. */
export async function countsOf(
  db: Kysely<DB>,
  queries: readonly TaskQuery[],
  most: number,
): Promise<readonly number[]> {
  if (queries.length === 0) return [];
  const counts = queries.map((query) => {
    const found = query.select(sql<number>`1`.as("one")).limit(most);
    return sql`(select count(*)::integer from (${found}) as found)`;
  });
  const { rows } = await sql<{ counts: number[] }>`select array[${sql.join(counts)}] as counts`.execute(db);
  return rows[0]?.counts ?? [];
}

export const inOrder = (query: TaskQuery, { columns, direction }: Order): TaskQuery =>
  columns.reduce((ordered, column) => ordered.orderBy(column, direction), query);

const within = (db: Kysely<DB>, query: Expression<unknown>): TaskQuery =>
  db.selectFrom(sql<Row>`(${query})`.as("tasks")) as unknown as TaskQuery;
