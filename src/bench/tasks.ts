/**
 * How long a page of tasks takes, for a user with ten tasks and one with a million, on a PostgreSQL of its own.
 * `npm run bench:tasks -- --tasks 1000000 --users 100000`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Kysely, sql } from "kysely";
import type { TaskFilter, TaskSort } from "#contracts/http/tasks";
import { connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { startCluster } from "#local/postgres/cluster";
import { countTasks, type ListRequest, listQuery, listTasks } from "#services/tasks/data/list";
import { migrations } from "#services/tasks/data/migrations";
import { orderOf } from "#services/tasks/data/order";
import type { DB, Tables } from "#services/tasks/data/tables";
import { insertTasks, insertUsers } from "#test/tasks/rows";
import { quantileOf } from "./quantiles.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "1000000" },
    users: { type: "string", default: "100000" },
    runs: { type: "string", default: "200" },
  },
});
const [TASKS, USERS, RUNS] = [Number(values.tasks), Number(values.users), Number(values.runs)];
const BIG = "big";
const SMALL = "many-1";
const PAGE = 51;

const LISTS: readonly (readonly [string, TaskFilter, TaskSort])[] = [
  ["open by due", { status: "open" }, "due"],
  ["all by due", { status: "all" }, "due"],
  ["all by -updated", { status: "all" }, "-updated"],
  ["completed by title", { status: "completed" }, "title"],
  ["open p1 by due", { status: "open", priority: ["p1"] }, "due"],
  ["open p1, p2 by -created", { status: "open", priority: ["p1", "p2"] }, "-created"],
  ["due in 2026", { status: "open", dueFrom: "2026-01-01", dueTo: "2026-12-31" }, "due"],
  ["without a due date", { status: "open", due: "none" }, "due"],
  ["tag of every second", { status: "all", tag: ["common"] }, "due"],
  ["tag of one in 100", { status: "all", tag: ["uncommon"] }, "due"],
  ["tag of one in 10,000", { status: "all", tag: ["rare"] }, "due"],
  ["common word", { status: "all", text: "invoice" }, "due"],
  ["common beginning", { status: "all", text: "invo" }, "-created"],
  ["word of other tasks alone", { status: "completed", text: "ongoing" }, "due"],
  ["rare word", { status: "all", text: "zeppelin" }, "due"],
  ["no such word", { status: "all", text: "nonesuch" }, "due"],
];

const folder = mkdtempSync(join(tmpdir(), "todo-bench-"));
const cluster = await startCluster({ dataDir: join(folder, "data"), settings: { max_wal_size: "4GB" } });
const options = { applicationName: "bench", onError: (error: Error) => console.error(error.message) };
try {
  await migrate(cluster.adminUrl, "tasks", migrations, options);
  const connection = connect<Tables>(cluster.adminUrl, options);
  await seed(connection.db);
  console.log(
    `${"milliseconds, p50 / p99".padEnd(28)}${["10 tasks", "first page", "in the middle"].map((h) => h.padStart(18)).join("")}`,
  );
  for (const [name, filter, sort] of LISTS) {
    const middle = await middleOf(connection.db, filter, sort);
    const cells = [
      await measured(() => page(connection.db, SMALL, { filter, sort, limit: PAGE })),
      await measured(() => page(connection.db, BIG, { filter, sort, limit: PAGE })),
      middle ? await measured(() => page(connection.db, BIG, { filter, sort, limit: PAGE, after: middle })) : "",
    ];
    console.log(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(18)).join("")}`);
  }
  const count = () => countTasks(connection.db, BIG, { status: "all" }, 1_001);
  console.log(`${"count".padEnd(28)}${"".padStart(18)}${(await measured(count)).padStart(18)}`);
  await connection.close();
} finally {
  await cluster.stop();
  rmSync(cluster.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

async function seed(db: Kysely<DB>): Promise<void> {
  const began = performance.now();
  await insertTasks(db, BIG, TASKS);
  await insertUsers(db, USERS);
  await sql`vacuum analyze tasks`.execute(db);
  const { rows } = await sql<{ size: string }>`select pg_size_pretty(pg_total_relation_size('tasks')) as size`.execute(
    db,
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${TASKS.toLocaleString("en")} tasks of one user and ${USERS.toLocaleString("en")} users with ten each: ${rows[0]?.size}, written in ${seconds} s`,
  );
}

function page(db: Kysely<DB>, userId: string, request: ListRequest): Promise<unknown> {
  return listTasks(db, userId, request);
}

/** The place in the order that half of what matches comes before. */
async function middleOf(db: Kysely<DB>, filter: TaskFilter, sort: TaskSort): Promise<(string | number)[] | undefined> {
  const all = await listQuery(db, BIG, { filter, sort, limit: TASKS });
  if (!all) return undefined;
  const { columns } = orderOf(sort);
  const { rows } = await sql<Record<string, string | number | Date>>`
    with matching as (${all}), counted as (select count(*) as n from matching)
    select * from matching offset (select n / 2 from counted) limit 1`.execute(db);
  const row = rows[0];
  return (
    row &&
    columns.map((column) => {
      const value = row[column];
      return value instanceof Date ? value.toISOString() : (value ?? "");
    })
  );
}

async function measured(work: () => Promise<unknown>): Promise<string> {
  for (let i = 0; i < 10; i++) await work();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  const at = (share: number): string => quantileOf(times, share).toFixed(1);
  return `${at(0.5)} / ${at(0.99)}`;
}
