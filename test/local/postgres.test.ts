import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { startCluster } from "#local/postgres/cluster";
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

  it("gives each service a role that sees no other service's schema", async () => {
    const urls = await testDatabase("tasks", "chat");
    await query(urls.tasks, "create table tasks.secret (n int)");
    await expect(query(urls.chat, "select * from tasks.secret")).rejects.toThrow("permission denied for schema tasks");
    await expect(query(urls.chat, "create table public.x (n int)")).rejects.toThrow("permission denied");
  });
});
