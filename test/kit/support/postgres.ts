/** One PostgreSQL a test run, started by the first file that asks; one database a file. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startCluster } from "#local/postgres/cluster";
import { provision } from "#local/postgres/provision";

/** Nothing survives a test run, so nothing has to reach the disk. */
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

/** Connection string of the run's superuser. */
export async function testCluster(): Promise<string> {
  const folder = process.env.TODO_TEST_RUN ?? join(tmpdir(), `todo-test-${process.pid}`);
  const file = join(folder, "cluster.json");
  mkdirSync(folder, { recursive: true });
  try {
    mkdirSync(join(folder, "starting"));
  } catch {
    // Another file of the run is starting it.
    for (let tries = 0; !existsSync(file); tries++) {
      if (tries > 1_200) throw new Error("the run's PostgreSQL did not start");
      await delay(25);
    }
    return (JSON.parse(readFileSync(file, "utf8")) as { adminUrl: string }).adminUrl;
  }
  const cluster = await startCluster({ dataDir: join(folder, "data"), settings });
  writeFileSync(`${file}.new`, JSON.stringify({ adminUrl: cluster.adminUrl, pid: cluster.pid }));
  renameSync(`${file}.new`, file);
  return cluster.adminUrl;
}

/** A database of its own with a schema and a role for each service. @returns connection strings by service */
export async function testDatabase<const S extends string>(
  ...services: readonly S[]
): Promise<Readonly<Record<S, string>>> {
  const database = `test_${randomBytes(6).toString("hex")}`;
  const { urls } = await provision({ adminUrl: await testCluster(), database, services, passwordOf: () => "test" });
  return urls as Readonly<Record<S, string>>;
}
