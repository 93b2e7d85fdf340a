import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { KitTables } from "../kit-tables.ts";
import type { Metrics } from "./metrics.ts";

/** Reads outbox and pool when somebody scrapes; while the database is away the last numbers stand. */
export function observeDatabase(metrics: Metrics, db: Kysely<KitTables>, pool: pg.Pool): void {
  const depth = metrics.gauge("todo_outbox_depth");
  const age = metrics.gauge("todo_outbox_oldest_age_seconds");
  const connections = metrics.gauge("todo_database_pool_connections");
  metrics.beforeScrape(async () => {
    connections.set({ state: "idle" }, pool.idleCount);
    connections.set({ state: "busy" }, pool.totalCount - pool.idleCount);
    connections.set({ state: "waiting" }, pool.waitingCount);
    const { rows } = await sql<{ depth: number; age: number | null }>`
      select count(*) as depth, extract(epoch from now() - min(time))::float8 as age from outbox`.execute(db);
    depth.set(rows[0]?.depth ?? 0);
    age.set(Math.max(0, rows[0]?.age ?? 0));
  });
}
