import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { runningClusterUrl, startCluster } from "#local/postgres/cluster";
import { keepCluster } from "#local/postgres/keep";
import { eventually } from "#test/kit/support/harness";
import { testDatabase } from "#test/kit/support/postgres";

const folder = mkdtempSync(join(tmpdir(), "todo-cluster-"));
// Root's PostgreSQL runs as another user, who has to get in.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe("the local PostgreSQL", () => {
  it("keeps its data between runs, and what was committed before a kill", async () => {
    const dataDir = join(folder, "kept");
    const first = await startCluster({ dataDir });
    await query(first.adminUrl, "create table kept (n int)");
    await query(first.adminUrl, "insert into kept values (1)");
    process.kill(first.pid, "SIGKILL");
    await first.stop();
    const second = await startCluster({ dataDir });
    expect(await query(second.adminUrl, "select n from kept")).toEqual([{ n: 1 }]);
    await second.stop();
  });

  it("takes over a server that a killed run left behind", async () => {
    const dataDir = join(folder, "left");
    const first = await startCluster({ dataDir });
    const second = await startCluster({ dataDir });
    expect(second.pid).toBe(first.pid);
    await second.stop();
    await expect(query(first.adminUrl, "select 1")).rejects.toThrow();
  });

  it("is begun again at its address when it is killed, until it is not wanted any more", async () => {
    const dataDir = join(folder, "watched");
    const said: string[] = [];
    const { cluster, stop } = await keepCluster({ dataDir }, (line) => said.push(line));
    await query(cluster.adminUrl, "create table kept (n int)");
    process.kill(cluster.pid, "SIGKILL");
    await eventually(async () => expect(await query(cluster.adminUrl, "select n from kept")).toEqual([]));
    expect(said[0]).toBe("the database ended by itself and is started again");
    await stop();
    expect(await runningClusterUrl(dataDir)).toBeUndefined();
  });

  it("gives each service a role that sees no other service's schema", async () => {
    const urls = await testDatabase("tasks", "chat");
    await query(urls.tasks, "create table tasks.secret (n int)");
    await expect(query(urls.chat, "select * from tasks.secret")).rejects.toThrow("permission denied for schema tasks");
    await expect(query(urls.chat, "create table public.x (n int)")).rejects.toThrow("permission denied");
  });
});
