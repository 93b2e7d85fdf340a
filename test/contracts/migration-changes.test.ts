import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { migrationChanges } from "#contracts-check/migration-changes";
import { type MigrationRecords, recordMigrations } from "#contracts-check/migration-records";
import { takings } from "#contracts-check/takings";
import { todo } from "#system";

const record = (name: string, statements: readonly string[], takesAway: string | null = null) => ({
  name,
  takesAway,
  statements,
});
const first = record("0001_tasks", [
  "create table tasks (id uuid primary key, title text not null)",
  "create unique index tasks_number on tasks (id)",
]);
const before: MigrationRecords = { tasks: [first] };
const since = (...records: ReturnType<typeof record>[]) => migrationChanges(before, { tasks: records });

describe("a migration that takes away what the release before needs", () => {
  it.each([
    "drop table tasks",
    "drop table if exists tasks cascade",
    "drop function fill_outbox()",
    "alter table tasks drop column notes",
    "alter table tasks drop notes",
    "alter table tasks rename column notes to text",
    "alter table tasks rename to todos",
    "alter table only tasks alter column number type bigint",
    "alter table tasks alter column number set data type bigint",
    "alter table tasks alter notes set not null",
    "alter table tasks add column place text not null",
    "alter table tasks add place text not null",
    "alter table tasks add constraint short check (length(title) < 10)",
    "alter table tasks add unique (title)",
    'alter table "tasks" drop column notes',
    "create unique index tasks_title on tasks (title)",
    "truncate table tasks",
    "drop index tasks_number",
    "drop type status",
    "drop trigger tell on tasks",
    "alter type status rename value 'open' to 'active'",
    "alter table tasks alter notes drop default",
    "alter table tasks alter number drop identity",
    "alter table tasks drop constraint tasks_number_key",
    "alter table tasks add column place text not null, add column spot text default ''",
    "alter table tasks add column spot text default '', drop column notes",
    "alter table tasks add column key integer primary key",
    "alter table tasks enable row level security",
    "revoke select on tasks from reader",
    "do $$ begin drop table tasks; end $$",
    "create table places (id uuid); drop table tasks",
    "create table places (id uuid); truncate places, tasks",
    "/* only a comment */ drop table tasks",
    "alter tabel tasks add place text",
    "with gone as (delete from tasks returning *) insert into places select * from gone",
    "delete from tasks where title = ''",
  ])("is found: %s", (statement) => {
    expect(takings(record("0002_next", [statement]), [first])).toEqual([statement]);
    const [finding] = since(first, record("0002_next", [statement]));
    expect([finding?.contract, finding?.compatible]).toEqual(["migration 0002_next", false]);
    expect(finding?.problems[0]).toMatchObject({ breaks: "the release before" });
    expect(since(first, record("0002_next", [statement], "the notes"))).toEqual([
      expect.objectContaining({ compatible: true, note: "releases before it lose the notes: no way back past it" }),
    ]);
  });
});

describe("a migration that only adds", () => {
  it.each([
    "create table places (id uuid primary key)",
    "alter table tasks add column place text",
    "alter table tasks add column place text not null default ''",
    "alter table tasks alter column notes drop not null",
    "alter table tasks drop constraint tasks_title_check",
    "alter table tasks add column type text",
    "alter table tasks add column key text not null generated always as (lower(title)) stored",
    "alter table tasks add column spot uuid unique, alter column notes set default ''",
    "alter type status add value 'waiting'",
    "create or replace function stamp() returns trigger language plpgsql as $$ begin drop table tasks; end $$",
    "comment on table tasks is 'drop table tasks'",
    "insert into tasks (title) values ('truncate table tasks; drop table tasks')",
    "create index tasks_title on tasks (title)",
    "drop index tasks_title",
    "update tasks set title = title",
  ])("passes: %s", (statement) => {
    expect(since(first, record("0002_next", [statement]))).toEqual([
      expect.objectContaining({ contract: "migration 0002_next", change: "added", compatible: true }),
    ]);
  });

  it("may do as it likes with a table that it makes itself", () => {
    const statements = ["create table places (id text)", "alter table places add constraint short check (id <> '')"];
    expect(takings(record("0002_places", [...statements, "create unique index p on places (id)"]))).toEqual([]);
  });
});

it("notices a migration that was changed or removed after it was recorded", () => {
  const changed = since(record("0001_tasks", ["create table tasks (id uuid)"]));
  expect(changed).toEqual([expect.objectContaining({ change: "changed", compatible: false })]);
  expect(migrationChanges(before, {})).toEqual([expect.objectContaining({ change: "removed", compatible: false })]);
  expect(since(first)).toEqual([]);
});

it("says nothing where nothing was recorded before", () => {
  expect(migrationChanges(undefined, before)).toEqual([]);
});

it("reads what Kysely's schema builder sends", async () => {
  // Inside the project, so that the file finds kysely.
  mkdirSync("dist", { recursive: true });
  const folder = mkdtempSync(join(process.cwd(), "dist", "migrations-"));
  try {
    const file = join(folder, "services/places/data/migrations.ts");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `import { sql } from "kysely";
      export const migrations = {
        "0001_places": {
          up: async (db) => {
            await db.schema.createTable("places").addColumn("id", "uuid", (column) => column.primaryKey()).execute();
            await db.schema.alterTable("places").addColumn("spot", "text", (column) => column.notNull()).execute();
          },
        },
        "0002_spots": {
          up: async (db) => {
            await db.schema.alterTable("places").dropColumn("spot").execute();
            await db.schema.alterTable("places").alterColumn("id", (column) => column.setDataType("text")).execute();
            await sql\`-- a comment that ends with its line
              alter table places add column note text\`.execute(db);
          },
        },
      };`,
    );
    const { places = [] } = await recordMigrations(folder, ["places"]);
    const found = places.map((one, index) => takings(one, places.slice(0, index)));
    expect(found).toEqual([[], ['alter table "places" drop column "spot"', expect.stringContaining('"id" type text')]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the migrations of the services", () => {
  it("are recorded as what they send, the kit's too, the same every time", async () => {
    const services = Object.keys(todo.services);
    const records = await recordMigrations(process.cwd(), services);
    expect(Object.keys(records)).toEqual(expect.arrayContaining(["kit", "tasks", "audit", "gateway"]));
    for (const all of Object.values(records))
      for (const { statements } of all) expect(statements.length).toBeGreaterThan(0);
    expect(await recordMigrations(process.cwd(), services)).toEqual(records);
  });

  it("are found for every service that is given some", async () => {
    const records = await recordMigrations(process.cwd(), Object.keys(todo.services));
    const given = Object.keys(todo.services).filter((service) => {
      const file = `services/${service}/service.ts`;
      return existsSync(file) && /\bmigrations\b(?!: \{\})/.test(readFileSync(file, "utf8"));
    });
    expect(given).not.toEqual([]);
    expect(Object.keys(records).sort()).toEqual([...given, "kit"].sort());
  });

  it("take nothing away that they do not say", async () => {
    const records = await recordMigrations(process.cwd(), Object.keys(todo.services));
    const undeclared = Object.values(records)
      .flatMap((all) => all.map((record, index) => ({ record, earlier: all.slice(0, index) })))
      .filter(({ record: { takesAway } }) => takesAway === null)
      .flatMap(({ record, earlier }) => takings(record, earlier));
    expect(undeclared).toEqual([]);
  });
});
