/** The database of audit, as commands reach it: by DATABASE_URL, or the laptop's while it runs. */
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { connect, isDatabaseAway, sqlState } from "#kit/database/database";
import { runningClusterUrl } from "#local/postgres/cluster";
import { schemaName } from "#model/names";
import { UserError } from "#model/user-error";
import type { DB, Tables } from "#services/audit/data/tables";
import { todo } from "#system";

export interface AuditDatabaseOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Of the laptop, e.g. `.data`. */
  readonly dataFolder: string;
}

/** @throws UserError when there is no database, it does not answer, or audit keeps nothing in it */
export async function withAuditDatabase<T>(
  options: AuditDatabaseOptions,
  work: (db: Kysely<DB>) => Promise<T>,
): Promise<T> {
  const url = await urlOf(options);
  const ca = options.environment.DATABASE_CA;
  // One connection: whoever's the role is, its search path holds for all that is read.
  const connection = connect<Tables>(url, { applicationName: "audit-cli", ca, max: 1, onError: () => {} });
  const schema = options.environment.DATABASE_SCHEMA || schemaName("audit");
  try {
    await sql`select set_config('search_path', ${schema}, false)`.execute(connection.db);
    return await work(connection.db as Kysely<DB>);
  } catch (cause) {
    throw explained(cause, url, schema);
  } finally {
    await connection.close();
  }
}

async function urlOf({ environment, dataFolder }: AuditDatabaseOptions): Promise<string> {
  const given = environment.DATABASE_DIRECT_URL || environment.DATABASE_URL;
  if (given) return withDatabase(given);
  const found = await runningClusterUrl(join(dataFolder, "postgres"));
  if (found) return withDatabase(found, todo.name);
  throw new UserError(
    `no database is running over ${dataFolder}`,
    "Run npm start in another terminal, or set DATABASE_URL",
  );
}

/** An address without a database means that of the product, as with npm start. */
function withDatabase(address: string, name?: string): string {
  if (!URL.canParse(address)) {
    throw new UserError("DATABASE_URL is no address", "Write it like postgres://user:password@host:5432/todo");
  }
  const url = new URL(address);
  url.pathname = `/${name ?? (url.pathname.slice(1) || todo.name)}`;
  return url.href;
}

const UNDEFINED_TABLE = "42P01";
const UNDEFINED_DATABASE = "3D000";
const INSUFFICIENT_PRIVILEGE = "42501";

function explained(cause: unknown, address: string, schema: string): unknown {
  const { host, pathname } = new URL(address);
  const state = sqlState(cause);
  if (state === UNDEFINED_TABLE || state === UNDEFINED_DATABASE) {
    return new UserError(
      `audit keeps nothing in the schema "${schema}" of the database "${pathname.slice(1)}" at ${host}`,
      "Run npm start once, or the service's migration, or name another database by DATABASE_URL",
      { cause },
    );
  }
  if (state === INSUFFICIENT_PRIVILEGE) {
    return new UserError(
      `this role may not read the schema "${schema}" at ${host}`,
      "Use the address of audit's own role in DATABASE_URL",
      { cause },
    );
  }
  if (!isDatabaseAway(cause)) return cause;
  return new UserError(
    `the database at ${host} does not answer: ${(cause as Error).message || "no connection"}`,
    "Start it, or mend DATABASE_URL",
    { cause },
  );
}
