import { describe, expect, it } from "@jest/globals";
import { migrationChanges, takings } from "#contracts-check/migration-changes";
import { type MigrationRecords, recordMigrations } from "#contracts-check/migration-records";
import { todo } from "#system";

const record = (name: string, statements: readonly string[], takesAway: string | null = null) => ({
  name,
  takesAway,
  statements,
});
const first = record("0001_tasks", ["create table tasks (id uuid primary key, title text not null)"]);
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
    "delete from tasks where title = ''",
  ])("is found: %s", (statement) => {
    expect(takings(record("0002_next", [statement]))).toEqual([statement]);
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
    "alter table tasks drop constraint short",
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

describe("the migrations of the services", () => {
  it("are recorded as what they send, the kit's too, the same every time", async () => {
    const services = Object.keys(todo.services);
    const records = await recordMigrations(process.cwd(), services);
    expect(Object.keys(records)).toEqual(expect.arrayContaining(["kit", "tasks", "audit", "gateway"]));
    for (const all of Object.values(records))
      for (const { statements } of all) expect(statements.length).toBeGreaterThan(0);
    expect(await recordMigrations(process.cwd(), services)).toEqual(records);
  });

  it("take nothing away that they do not say", async () => {
    const records = await recordMigrations(process.cwd(), Object.keys(todo.services));
    const undeclared = Object.values(records)
      .flat()
      .filter(({ takesAway }) => takesAway === null)
      .flatMap(takings);
    expect(undeclared).toEqual([]);
  });
});
