import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { Hono } from "hono";
import pg from "pg";
import * as z from "zod";
import { randomIds } from "#kit/clock";
import { readConfig } from "#kit/config";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import { createLog } from "#kit/telemetry/log";
import { contextOf, eventually, startSystem, type TestSystem } from "./support/harness.ts";
import { testCluster, testDatabase } from "./support/postgres.ts";
import { behaviour, sample } from "./support/sample.ts";

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.stop();
  system = undefined;
  behaviour.delayMs = 0;
});

const TRACE = "0af7651916cd43dd8448eb211c80319c";

describe("a trace", () => {
  it("leads from the request through the outbox to whoever receives the event", async () => {
    const deliveries: { traceparent: string | undefined; event: Record<string, unknown> }[] = [];
    const recurring = new Hono().post("/events/task-events", async (c) => {
      deliveries.push({ traceparent: c.req.header("traceparent"), event: await c.req.json() });
      return c.json({ status: "SUCCESS" });
    });
    system = await startSystem([sample], { others: { recurring } });
    const token = await system.tokenFor("alice", { audience: "tasks" });
    await system.request("tasks", "/v1/notes", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "idempotency-key": randomIds().next(),
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify({ text: "traced" }),
    });
    await eventually(() => expect(deliveries).toHaveLength(1));
    expect(deliveries[0]?.traceparent).toContain(TRACE);
    expect(deliveries[0]?.event).toMatchObject({
      source: "/todo/tasks",
      userid: "alice",
      aggregateversion: 1,
      topic: "task-events",
    });
  });
});

describe("a service that is starting", () => {
  it("is alive and not ready, and refuses nothing for good: neither a request nor an event", async () => {
    const statuses: number[] = [];
    const definition = defineService("recurring", {
      database: database<Record<never, never>>({ migrations: {} }),
      setup: async ({ config, subscribe }) => {
        subscribe("task-events", {});
        for (const path of ["/healthz", "/readyz", "/v1/anything", "/events/task-events"]) {
          const method = path.startsWith("/events") ? "POST" : "GET";
          const { status, body } = await fetch(`http://127.0.0.1:${config.PORT}${path}`, { method });
          await body?.cancel();
          statuses.push(status);
        }
      },
    });
    const starting = await startSystem([definition]);
    await starting.stop();
    expect(statuses).toEqual([200, 503, 503, 503]);
  });
});

describe("a service that is stopped", () => {
  it("is not ready any more, finishes the stream it has begun, and takes no new connection", async () => {
    system = await startSystem([sample], { env: { tasks: { SHUTDOWN_DELAY_SECONDS: "0.3" } } });
    behaviour.delayMs = 60;
    const token = await system.tokenFor("alice", { audience: "tasks" });
    const response = await system.request("tasks", "/v1/export?lines=12", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect((await system.request("tasks", "/readyz")).status).toBe(200);
    const stopped = system.stopService("tasks");
    expect(await (await system.request("tasks", "/readyz")).json()).toEqual({
      status: "unavailable",
      failing: ["stopping"],
    });
    expect((await response.text()).trim().split("\n")).toHaveLength(12);
    await stopped;
    await expect(system.request("tasks", "/healthz")).rejects.toThrow();
  });
});

describe("readiness", () => {
  it("fails while the database refuses, says so, and comes back; liveness stays", async () => {
    system = await startSystem([sample]);
    const { username } = new URL(system.databaseUrl("tasks"));
    const admin = new pg.Client({ connectionString: await testCluster() });
    await admin.connect();
    // A role that may not log in sees what a service sees of a database that is away.
    await admin.query(`alter role ${username} nologin`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [username]);
    const ready = () => (system as TestSystem).request("tasks", "/readyz");
    await eventually(async () =>
      expect(await (await ready()).json()).toEqual({ status: "unavailable", failing: ["database"] }),
    );
    expect((await system.request("tasks", "/healthz")).status).toBe(200);
    const token = await system.tokenFor("alice", { audience: "tasks" });
    const refused = await system.request("tasks", "/v1/notes", { headers: { authorization: `Bearer ${token}` } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    await admin.query(`alter role ${username} login`);
    await admin.end();
    await eventually(async () => expect((await ready()).status).toBe(200));
  });
});

describe("the process of a service", () => {
  const MAIN = join(import.meta.dirname, "support/sample-main.ts");

  function runMain(
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<{ code: number | null; out: string; err: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH ?? "", ...env } });
      let [out, err] = ["", ""];
      child.stdout.on("data", (text) => {
        out += text;
      });
      child.stderr.on("data", (text) => {
        err += text;
      });
      child.on("close", (code) => resolve({ code, out, err }));
    });
  }

  it("says in one line what is wrong with its environment, and ends with 1", async () => {
    const { code, err } = await runMain([], { PORT: "many", LOG_LEVEL: "loud" });
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(err).toMatch(/^tasks cannot start, its environment is wrong: PORT: .*LOG_LEVEL: /);
  });

  it("says who has its port", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, () => resolve((server.address() as { port: number }).port)),
    );
    const { code, err } = await runMain([], { PORT: String(port), APP_API_TOKEN: "t" });
    server.close();
    expect([code, err.trim()]).toEqual([1, `port ${port} is taken: end what listens there, or set PORT`]);
  });

  it("migrates when asked to, with the URL from a file as the cluster's job has it", async () => {
    const { tasks } = await testDatabase("tasks");
    const env = { DATABASE_URL: tasks };
    expect((await runMain(["migrate"], env)).out.trim()).toBe(
      "tasks: applied 0000_kit, 0000_kit_functions, 0000_kit_guards, 0001_notes",
    );
    expect((await runMain(["migrate"], env)).out.trim()).toBe("tasks: nothing to migrate");
    expect((await runMain(["migrate"], {})).err.trim()).toBe(
      "tasks cannot migrate: set DATABASE_URL, or DATABASE_URL_FILE to a file that holds it",
    );
  });
});

describe("configuration", () => {
  it("is frozen, typed by what the service asks for, and refuses production without the app's token", () => {
    const extra = { HORIZON: z.coerce.number().default(4) };
    const config = readConfig("tasks", extra, { PORT: "1", HORIZON: "7", LOG_LEVEL: "" });
    expect(config.env.HORIZON + 1).toBe(8);
    expect(config.LOG_LEVEL).toBe("info");
    expect(Object.isFrozen(config)).toBe(true);
    expect(() => readConfig("tasks", {}, { PORT: "1", NODE_ENV: "production" })).toThrow("APP_API_TOKEN");
    expect(() => readConfig("tasks", {}, { PORT: "1", DATABASE_URL_FILE: "/nowhere/at/all" })).toThrow(
      "DATABASE_URL_FILE: /nowhere/at/all cannot be read (ENOENT)",
    );
  });
});

describe("logs", () => {
  it("hold no words, addresses or tokens of people", () => {
    const lines: string[] = [];
    const log = createLog({ service: "tasks", level: "info", destination: { write: (line) => void lines.push(line) } });
    log.info(
      { userId: "u1", email: "someone@example.com", task: { title: "secret plan", id: "1" }, token: "abc" },
      "changed",
    );
    const [line = ""] = lines;
    expect(JSON.parse(line)).toMatchObject({
      service: "tasks",
      level: "info",
      msg: "changed",
      userId: "u1",
      task: { id: "1" },
    });
    expect(line).not.toMatch(/someone|secret plan|abc/);
  });
});

describe("a database URL that is in the secret store alone", () => {
  it("is read through the sidecar", async () => {
    const { tasks } = await testDatabase("tasks");
    const { migrate } = await import("#kit/database/migrations");
    await migrate(tasks, "tasks", sample.database.migrations, { applicationName: "test", onError: () => {} });
    system = await startSystem([sample], {
      env: { tasks: { DATABASE_URL: "" } },
      secrets: { "tasks-database": { url: tasks, "direct-url": tasks } },
    });
    expect(await contextOf(system, sample).db.selectFrom("notes").selectAll().execute()).toEqual([]);
    expect(contextOf(system, sample).directUrl).toBe(tasks);
  });
});
