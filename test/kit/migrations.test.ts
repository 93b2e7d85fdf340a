import { beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import pg from "pg";
import { type Migrations, migrate } from "#kit/database/migrations";
import { testDatabase } from "./support/postgres.ts";

const quiet = { applicationName: "test", onError: () => {} };
const table = (name: string) => ({
  up: (db: Parameters<Migrations[string]["up"]>[0]) =>
    sql`create table ${sql.id(name)} (n int)`.execute(db).then(() => {}),
});
const first: Migrations = { "0001_a": table("a") };
const second: Migrations = { ...first, "0002_b": table("b") };
let url: string;

beforeEach(async () => {
  url = (await testDatabase("tasks")).tasks;
});

const run = (migrations: Migrations) => migrate(url, "tasks", migrations, quiet);

const query = async (text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe("migrations", () => {
  it("are applied once, in the order of their names, into the service's own schema", async () => {
    expect(await run(second)).toEqual({
      applied: ["0000_kit", "0000_kit_functions", "0000_kit_guards", "0001_a", "0002_b"],
      unknown: [],
    });
    expect(await run(second)).toEqual({ applied: [], unknown: [] });
    const tables = await query("select schemaname from pg_tables where tablename in ('a', 'b', 'outbox')");
    expect(tables).toEqual(Array(3).fill({ schemaname: "tasks" }));
  });

  it("leave the schema as the role's search path, which survives a pooler", async () => {
    await run(first);
    expect(await query("show search_path")).toEqual([{ search_path: "tasks" }]);
  });

  it("succeed when the database knows newer ones, so that a rollback can start", async () => {
    await run(second);
    expect(await run(first)).toEqual({ applied: [], unknown: ["0002_b"] });
  });

  it("are applied once by replicas that start together", async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => run(second)));
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual([
      "0000_kit",
      "0000_kit_functions",
      "0000_kit_guards",
      "0001_a",
      "0002_b",
    ]);
  });

  it("that fail are undone whole, name themselves, and leave the earlier ones applied", async () => {
    const broken: Migrations = {
      ...first,
      "0002_broken": {
        up: async (db) => {
          await sql`create table half (n int)`.execute(db);
          await sql`select 1/0`.execute(db);
        },
      },
    };
    await expect(run(broken)).rejects.toThrow("migration 0002_broken failed: division by zero");
    expect(await query("select tablename from pg_tables where tablename in ('a', 'half')")).toEqual([
      { tablename: "a" },
    ]);
    expect((await run(second)).applied).toEqual(["0002_b"]);
  });

  it("that cannot run in a transaction may say so", async () => {
    const concurrent: Migrations = {
      ...first,
      "0002_index": {
        transaction: false,
        up: (db) => sql`create index concurrently a_n on a (n)`.execute(db).then(() => {}),
      },
    };
    expect((await run(concurrent)).applied).toContain("0002_index");
  });
});
