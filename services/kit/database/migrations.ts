/** Brings a service's schema up to what its code needs. */
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { createKitTables } from "../kit-tables.ts";
import { type ConnectionOptions, clientConfig } from "./database.ts";
import { createKitFunctions, createKitGuards } from "./kit-functions.ts";

export interface Migration {
  /** Expands only: adds what the new code needs and what the old code does not mind. Contracts a release later. */
  up(db: Kysely<never>): Promise<void>;
  /** What releases before it lose, e.g. `the column tasks.place`: there is no way back past it, and `rollback` refuses. */
  readonly takesAway?: string;
  /** `create index concurrently` and the like cannot run in a transaction; `up` must then bear being run twice. @default true */
  readonly transaction?: boolean;
}

/** By name; applied in the order of their names, e.g. `0001_tasks`. */
export type Migrations = Readonly<Record<string, Migration>>;

/** First in every service. */
export const kitMigrations: Migrations = {
  "0000_kit": { up: createKitTables },
  "0000_kit_functions": { up: createKitFunctions },
  "0000_kit_guards": { up: createKitGuards },
};

export interface MigrationResult {
  readonly applied: readonly string[];
  /** Known to the database alone: a newer release ran here. Not an error, so that a rollback can start. */
  readonly unknown: readonly string[];
}

/**
 * Creates the schema and applies what is missing. Replicas that start together wait for each other; a migration is applied
 * once. Needs a session of its own, so the URL must lead past any pooler.
 * @throws the database's error, with the migration's name; earlier migrations stay applied
 */
export async function migrate(
  url: string,
  schema: string,
  migrations: Migrations,
  options: ConnectionOptions,
): Promise<MigrationResult> {
  // One connection: the lock, the search path and the work share its session.
  const pool = new pg.Pool({ ...clientConfig(url, options), max: 1, idleTimeoutMillis: 0 });
  pool.on("error", options.onError);
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`select pg_advisory_lock(hashtextextended(${`migrate:${schema}`}, 0))`.execute(db);
    await prepareSchema(db, schema);
    return await applyMissing(db, { ...kitMigrations, ...migrations });
  } finally {
    await db.destroy();
  }
}

async function prepareSchema(db: Kysely<never>, schema: string): Promise<void> {
  const exists = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(db);
  if (exists.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(db);
  await rememberSearchPath(db, schema);
  await sql`set search_path to ${sql.id(schema)}`.execute(db);
  // Waiting longer for a lock would queue every query behind the migration.
  await sql`set lock_timeout to '10s'`.execute(db);
  await sql`
    create table if not exists migrations (
      name text primary key,
      applied_at timestamptz not null default now()
    )`.execute(db);
}

/** As the role's own default the path also holds behind a pooler, which forgets what a session sets. */
async function rememberSearchPath(db: Kysely<never>, schema: string): Promise<void> {
  const { rows } = await sql<{ setting: string; source: string }>`
    select setting, source from pg_settings where name = 'search_path'`.execute(db);
  const given = rows[0];
  if (given?.source === "client" || given?.setting === schema) return;
  const database = await sql<{ name: string }>`select current_database() as name`.execute(db);
  await sql`alter role current_user in database ${sql.id(database.rows[0]?.name ?? "")} set search_path to ${sql.id(schema)}`.execute(
    db,
  );
}

async function applyMissing(db: Kysely<never>, migrations: Migrations): Promise<MigrationResult> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  const known = new Set(rows.map(({ name }) => name));
  const missing = Object.entries(migrations)
    .filter(([name]) => !known.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, migration] of missing) {
    try {
      if (migration.transaction === false) await apply(db, name, migration);
      else await db.transaction().execute((transaction) => apply(transaction as Kysely<never>, name, migration));
    } catch (error) {
      throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
    }
  }
  return {
    applied: missing.map(([name]) => name),
    unknown: [...known].filter((name) => !Object.hasOwn(migrations, name)),
  };
}

async function apply(db: Kysely<never>, name: string, migration: Migration): Promise<void> {
  await migration.up(db);
  await sql`insert into migrations (name) values (${name})`.execute(db);
}
