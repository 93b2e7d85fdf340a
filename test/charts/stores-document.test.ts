import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { PostgresChart } from "#charts/postgres";
import { environments } from "#environments";
import { testCluster } from "#test/kit/support/postgres";
import { at, contextOf, renderChart } from "#test/support/render-chart";

const text = readFileSync("docs/stores.md", "utf8");

/** The block of SQL that an administrator is told to run, one statement a line. */
const statements = (/```sql\n([^`]+)```/.exec(text)?.[1] ?? "")
  .split("\n")
  .map((line) => line.replace(/;.*$/, ""))
  .filter((line) => line !== "");

describe("docs/stores.md", () => {
  test("names files and rules that exist", () => {
    const files = [...text.matchAll(/`((?:src|charts|docs)\/[\w./-]+)`|\]\(([\w-]+\.md)\)/g)].map(
      ([, path, link]) => path ?? `docs/${link}`,
    );
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("closes a managed server exactly as the one in the cluster is closed", () => {
    const { staging } = environments;
    const { postgres } = staging;
    if (postgres.kind !== "cloudnative-pg") throw new Error("staging runs no PostgreSQL");
    const cluster = renderChart((app) => new PostgresChart(app, contextOf(staging), { postgres })).get(
      "Cluster todo-postgres",
    );
    expect(statements.slice(0, 2)).toEqual(
      (at(cluster, "spec.bootstrap.initdb.postInitApplicationSQL") as string[]).map((line) =>
        line.replaceAll('"todo"', "todo"),
      ),
    );
  });
});

describe("the SQL for a managed server, run by an administrator who is no superuser", () => {
  const id = randomBytes(4).toString("hex");
  const database = `stores_${id}`;
  const administrator = `administrator_${id}`;
  const [tasks, chat] = [`tasks_${id}`, `chat_${id}`] as const;
  const open: pg.Client[] = [];

  const signIn = async (user: string, name = database): Promise<pg.Client> => {
    const url = new URL(await testCluster());
    Object.assign(url, { username: user, password: "test", pathname: `/${name}` });
    const client = new pg.Client({ connectionString: url.href });
    client.on("error", () => {});
    await client.connect();
    open.push(client);
    return client;
  };

  beforeAll(async () => {
    const superuser = new pg.Client({ connectionString: await testCluster() });
    await superuser.connect();
    open.push(superuser);
    await superuser.query(`CREATE ROLE ${administrator} LOGIN CREATEROLE PASSWORD 'test'`);
    await superuser.query(`CREATE DATABASE ${database} OWNER ${administrator}`);
    const client = await signIn(administrator);
    const names: Record<string, string> = { todo: database, tasks };
    const forThis = (line: string, role: string = tasks): string =>
      line
        .replaceAll(/\b(todo|tasks)\b/g, (name) => (name === "tasks" ? role : (names[name] ?? name)))
        .replace("'...'", "'test'");
    for (const line of statements) await client.query(forThis(line));
    for (const line of statements.slice(2)) await client.query(forThis(line, chat));
  });
  afterAll(async () => {
    await Promise.all(open.map((client) => client.end()));
  });

  test("lets a service make and fill tables in the schema of its name, unqualified", async () => {
    const client = await signIn(tasks);
    await client.query("CREATE TABLE notes (id int)");
    await client.query("INSERT INTO notes VALUES (1)");
    const { rows } = await client.query(`SELECT id FROM ${tasks}.notes`);
    expect(rows).toEqual([{ id: 1 }]);
  });

  test.each([
    ["read another service's table", `SELECT * FROM ${tasks}.notes`],
    ["make a table in another service's schema", `CREATE TABLE ${tasks}.mine (id int)`],
    ["make a table in public", "CREATE TABLE public.mine (id int)"],
    ["make a temporary table", "CREATE TEMPORARY TABLE mine (id int)"],
    ["become another service", `SET ROLE ${tasks}`],
  ])("does not let a service %s", async (_what, sql) => {
    const client = await signIn(chat);
    await expect(client.query(sql)).rejects.toThrow(/permission denied/);
  });

  test("leaves the administrator no member of the service's role", async () => {
    const client = await signIn(administrator);
    const { rows } = await client.query("SELECT pg_has_role($1, 'USAGE') AS uses, pg_has_role($1, 'SET') AS becomes", [
      tasks,
    ]);
    expect(rows).toEqual([{ uses: false, becomes: false }]);
  });
});
