/** What every migration does to a service's tables, as the SQL that it sends. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import { kitMigrations, type Migrations } from "#kit/database/migrations";

export interface MigrationRecord {
  readonly name: string;
  /** What releases before it lose, in words; `null`: nothing. */
  readonly takesAway: string | null;
  /** In order, one line each where there is no comment in them. */
  readonly statements: readonly string[];
}

/** By service, in the order in which they are applied; `kit` is every service's. */
export type MigrationRecords = Readonly<Record<string, readonly MigrationRecord[]>>;

/**
 * Runs the migrations of every service against nothing and keeps what they say.
 * @throws what a migration throws that cannot bear empty answers
 */
export async function recordMigrations(root: string, services: readonly string[]): Promise<MigrationRecords> {
  const records: Record<string, readonly MigrationRecord[]> = { kit: await recordsOf(kitMigrations) };
  for (const service of [...services].sort()) {
    const folder = join(root, "services", service);
    const file = [join(folder, "migrations.ts"), join(folder, "data/migrations.ts")].find(existsSync);
    if (file === undefined) continue;
    const { migrations } = (await import(file)) as { readonly migrations: Migrations };
    records[service] = await recordsOf(migrations);
  }
  return records;
}

async function recordsOf(migrations: Migrations): Promise<MigrationRecord[]> {
  const records: MigrationRecord[] = [];
  for (const [name, { up, takesAway = null }] of Object.entries(migrations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const recorder = new Recorder();
    const db = new Kysely<never>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => recorder,
        createIntrospector: (any) => new PostgresIntrospector(any),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    });
    await up(db);
    records.push({ name, takesAway, statements: recorder.statements });
  }
  return records;
}

class Recorder extends DummyDriver {
  readonly statements: string[] = [];

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      streamQuery: connection.streamQuery.bind(connection),
      executeQuery: async ({ sql }: CompiledQuery) => {
        // A comment ends with its line.
        this.statements.push((sql.includes("--") ? sql : sql.replace(/\s+/g, " ")).trim());
        return { rows: [] };
      },
    };
  }
}
