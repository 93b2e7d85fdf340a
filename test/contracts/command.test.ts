import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { copyProject } from "#lifecycle/scratch";
import { command, expectRefusal, git } from "../lifecycle/support.ts";

const MIGRATIONS = "services/realtime/data/migrations.ts";
let folder: string;

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "contracts-")), "project");
  copyProject(process.cwd(), folder);
  expect(command(folder, "contracts", "--write").status).toBe(0);
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "feat: start");
}, 60_000);
afterAll(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(folder, path), "utf8");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(join(folder, path), changed);
}
const undo = (): string => git(folder, "checkout", "--quiet", "--", ".");
const against = (...args: string[]) => command(folder, "contracts", "--against", "HEAD", ...args);

const drop = (more = ""): void =>
  edit(
    MIGRATIONS,
    /\};\s*$/,
    `, "0009_data": { ${more}up: async (db) => { await sql\`alter table feed drop column data\`.execute(db); } } };\n`,
  );

test("says nothing changed where nothing did", () => {
  const { status, stdout, stderr } = against();
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^No contract changed since [0-9a-f]{12}\.$/m);
  expect(command(folder, "contracts", "--check").status).toBe(0);
}, 60_000);

test("refuses a migration that takes something away and does not say so", () => {
  drop();
  const { status, stdout } = against();
  expect(status).toBe(1);
  expect(stdout).toMatch(/INCOMPATIBLE {2}added +migration 0009_data \(realtime\)/);
  expect(stdout).toContain("`alter table feed drop column data` takes away what the release before needs");
  undo();
  drop('takesAway: "the column feed.data", ');
  const said = against();
  expect([said.status, said.stderr]).toEqual([0, ""]);
  expect(said.stdout).toContain("releases before it lose the column feed.data: no way back past it");
  undo();
}, 60_000);

test("refuses a migration that was changed after it was recorded", () => {
  edit(MIGRATIONS, "data json not null", "data jsonb not null");
  const { status, stdout } = against();
  expect(status).toBe(1);
  expect(stdout).toMatch(/INCOMPATIBLE {2}changed +migration 0001_feed \(realtime\)/);
  expectRefusal(command(folder, "contracts", "--check"), /docs\/api\/migrations\.json/);
  expect(command(folder, "contracts", "--write").stdout).toContain("wrote docs/api/migrations.json");
  expect(command(folder, "contracts", "--check").status).toBe(0);
  expect(JSON.parse(against("--json").stdout)).toMatchObject({ compatible: false });
  undo();
}, 60_000);

test("picks up the API of a service by its entry alone", () => {
  edit("src/contracts/http/index.ts", "audit: auditApi,", "");
  const { status, stdout } = against();
  expect(status).toBe(1);
  expect(stdout).toMatch(/INCOMPATIBLE {2}removed +GET .* \(audit\)/);
  undo();
}, 60_000);

test("refuses an unknown commit in one line", () => {
  expectRefusal(command(folder, "contracts", "--against", "nowhere"), /nowhere names no commit/);
});
