import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { portFor, routesOf, startEdge } from "#local/edge";
import { freePort } from "#local/free-port";
import { nextRun } from "#local/sidecar/cron";
import { milliseconds } from "#local/sidecar/policy";
import { logPrinter } from "#local/supervisor/logs";
import { assertFree, withPortOffset } from "#local/supervisor/ports";
import { RunFile } from "#local/supervisor/run-file";
import { settings } from "#local/supervisor/settings";
import { todo } from "#system";

const folder = mkdtempSync(join(tmpdir(), "todo-supervisor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("taken ports", () => {
  it("are told with their purpose and with who has them", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, () => resolve((server.address() as { port: number }).port)),
    );
    const wanted = [
      { port, purpose: "tasks" },
      { port: await freePort(), purpose: "chat" },
    ];
    await expect(assertFree(wanted)).rejects.toThrow(new RegExp(`${port} \\(tasks\\) by .*process ${process.pid}`));
    await expect(assertFree(wanted)).rejects.not.toThrow("chat");
    await new Promise((resolve) => server.close(resolve));
    await assertFree(wanted);
  });
});

describe("log lines", () => {
  const lines: string[] = [];
  const printer = logPrinter((text) => lines.push(text), {
    colour: false,
    now: () => new Date(2026, 10, 18, 10, 0, 0),
  });
  const print = (name: string, line: string): string => {
    printer.print(name, line);
    return lines.at(-1) ?? "";
  };

  it("are one short line each, with what matters in words", () => {
    const request = {
      level: "info",
      service: "tasks",
      msg: "request",
      method: "GET",
      route: "/v1/tasks",
      status: 200,
      ms: 4,
      traceId: "x",
    };
    expect(print("tasks", JSON.stringify(request))).toBe("10:00:00 tasks         GET /v1/tasks 200 4 ms\n");
    const failure = { level: "error", msg: "failed", topic: "reminders", err: { message: "no way", stack: "at\nat" } };
    expect(print("chat", JSON.stringify(failure))).toBe(
      "10:00:00 chat          error failed  topic=reminders  because: no way\n",
    );
  });

  it("that are no JSON pass as they are", () => {
    expect(print("frontend", "▲ Next.js ready")).toBe("10:00:00 frontend      ▲ Next.js ready\n");
    expect(print("frontend", "{ broken")).toContain("{ broken");
  });
});

describe("what the laptop keeps", () => {
  it("stays the same from run to run, and takes given secrets from the environment", () => {
    const first = settings(todo, folder, {});
    const second = settings(todo, folder, { OPENAI_API_KEY: "key-of-a-test" });
    expect(second.passwordOf("tasks")).toBe(first.passwordOf("tasks"));
    expect(first.demo.isNew).toBe(true);
    expect(second.demo).toEqual({ password: first.demo.password, isNew: false });
    expect(second.apiToken).not.toBe(first.apiToken);
    expect(first.passwordOf("tasks")).not.toBe(first.passwordOf("chat"));
  });

  it("moves every port for a run beside another", () => {
    const [here, there] = [settings(todo, folder, {}), settings(todo, folder, {}, 1_000)];
    expect([here.edgePort, there.edgePort]).toEqual([8_000, 9_000]);
    expect(there.daprPort("chat") - here.daprPort("chat")).toBe(1_000);
    const moved = withPortOffset(todo, 1_000);
    for (const [name, { port }] of Object.entries(todo.services)) expect(moved.services[name]?.port).toBe(port + 1_000);
  });

  it("refuses a second supervisor in the same folder, and takes over from one that is gone", async () => {
    const path = join(folder, "run.json");
    const first = new RunFile(path);
    await first.claim();
    await expect(new RunFile(path).claim()).resolves.toBeUndefined();
    first.record("gone", 2 ** 22 - 1);
    await expect(new RunFile(path).claim()).resolves.toBeUndefined();
    first.release();
  });
});

describe("the edge", () => {
  const routes = routesOf(todo);

  it("follows the public routes of the model, the longest first", () => {
    expect(portFor(routes, "/api/v1/tasks")).toBe(todo.services.gateway.port);
    expect(portFor(routes, "/api")).toBe(todo.services.gateway.port);
    expect(portFor(routes, "/apiary")).toBe(todo.services.frontend.port);
    expect(portFor(routes, "/ws")).toBe(todo.services.realtime.port);
    expect(portFor(routes, "/")).toBe(todo.services.frontend.port);
  });

  it("passes requests on with the client's address, and says 503 for a service that is away", async () => {
    const port = await freePort();
    const edge = await startEdge(
      { ...todo, services: { x: { ...todo.services.gateway, port: await freePort() } } },
      port,
    );
    const response = await fetch(`http://127.0.0.1:${port}/api/x`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404);
    edge.closeAllConnections();
    await new Promise((resolve) => edge.close(resolve));

    const app = createServer((request, reply) =>
      reply.writeHead(201, { "x-path": request.url ?? "" }).end(request.headers["x-forwarded-for"]),
    );
    const appPort = await freePort();
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    const otherPort = await freePort();
    const second = await startEdge(
      { ...todo, services: { x: { ...todo.services.gateway, port: appPort } } },
      otherPort,
    );
    const passed = await fetch(`http://127.0.0.1:${otherPort}/api/x?y=1`, {
      headers: { "x-forwarded-for": "6.6.6.6" },
    });
    expect([passed.status, passed.headers.get("x-path")]).toEqual([201, "/api/x?y=1"]);
    expect(await passed.text()).toContain("127.0.0.1");
    for (const server of [second, app]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("passes on what a service answers before it has read the request", async () => {
    const app = createServer((_, reply) => reply.writeHead(413).end("too large"));
    const appPort = await freePort();
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    const port = await freePort();
    const edge = await startEdge({ ...todo, services: { x: { ...todo.services.gateway, port: appPort } } }, port);
    for (let tries = 0; tries < 20; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/x`, { method: "POST", body: "z".repeat(2_000_000) });
      expect([answer.status, await answer.text()]).toEqual([413, "too large"]);
    }
    for (const server of [edge, app]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("ends a request to the service when the client is gone", async () => {
    const cut = Promise.withResolvers<void>();
    const app = createServer((request, reply) => {
      reply.once("close", cut.resolve);
      reply.writeHead(200).write("begun");
      request.resume();
    });
    const appPort = await freePort();
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    const port = await freePort();
    const edge = await startEdge({ ...todo, services: { x: { ...todo.services.gateway, port: appPort } } }, port);
    const leaving = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/api/x`, { signal: leaving.signal });
    expect(answer.status).toBe(200);
    leaving.abort();
    await cut.promise;
    for (const server of [edge, app]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe("schedules and durations, as Dapr reads them", () => {
  const at = (text: string): number => new Date(text).getTime();

  it.each([
    ["@every 1m30s", "2026-11-18T10:00:00", "2026-11-18T10:01:30"],
    ["0 0 9 * * *", "2026-11-18T10:00:00", "2026-11-19T09:00:00"],
    ["30 */5 * * * *", "2026-11-18T10:04:40", "2026-11-18T10:05:30"],
    ["0 0 0 29 2 *", "2026-11-18T10:00:00", "2028-02-29T00:00:00"],
    ["0 30 8 * * 1-5", "2026-11-20T09:00:00", "2026-11-23T08:30:00"],
    ["@hourly", "2026-11-18T10:00:00", "2026-11-18T11:00:00"],
  ])("%s after %s is %s", (schedule, from, next) => {
    expect(nextRun(schedule, at(from))).toBe(at(next));
  });

  it.each(["0 0 0 31 2 *", "* * * * *", "0 0 99 * * *", "@sometimes"])("refuses %s", (schedule) => {
    expect(() => nextRun(schedule, at("2026-11-18T10:00:00"))).toThrow(TypeError);
  });

  it("reads Go's durations", () => {
    expect([milliseconds("1h2m3s"), milliseconds("250ms"), milliseconds("1.5s")]).toEqual([3_723_000, 250, 1_500]);
    expect(() => milliseconds("soon")).toThrow('"soon" is no duration');
  });
});
