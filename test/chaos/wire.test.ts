/** Moments are recognised in what the real clients send and the real servers answer. */
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { type Connection, connect } from "#kit/database/database";
import { later } from "#kit/database/frugal-pool";
import { daprSidecar } from "#kit/sidecar/dapr";
import { testDatabase } from "#test/kit/support/postgres";
import { startProxy, type TcpProxy, type Watched } from "../e2e/chaos/proxy.ts";
import type { Point } from "../e2e/chaos/schedule.ts";
import { databasePoint, httpPoints, type Published, publications, roleOf } from "../e2e/chaos/wire.ts";

interface Tables {
  readonly kept: { readonly name: string };
}

describe("a connection to PostgreSQL", () => {
  let proxy: TcpProxy;
  let through: Connection<Tables>;
  let past: Connection<Tables>;
  let stopAt: Point | undefined;
  const owners = new Set<string | undefined>();
  const points: Point[] = [];

  beforeAll(async () => {
    const { tasks: url } = await testDatabase("tasks");
    const greeted = new WeakSet<Watched>();
    proxy = await startProxy({
      target: { host: "127.0.0.1", port: Number(new URL(url).port) },
      watch: (connection, from, piece) => {
        if (from === "client" && !greeted.has(connection)) {
          greeted.add(connection);
          connection.owner = roleOf(piece);
          owners.add(connection.owner);
        }
        const point = databasePoint(from, piece);
        if (point) points.push(point);
        return point !== undefined && point === stopAt ? "end" : "pass";
      },
    });
    const proxied = new URL(url);
    const direct = new URL(url);
    proxied.port = String(proxy.port);
    for (const address of [proxied, direct]) address.searchParams.set("options", "-c search_path=tasks");
    const options = { applicationName: "test", onError: () => {} };
    through = connect<Tables>(proxied.href, options);
    past = connect<Tables>(direct.href, options);
    await past.db.schema.createTable("tasks.kept").addColumn("name", "text").execute();
  });
  afterEach(() => {
    stopAt = undefined;
    points.length = 0;
  });
  afterAll(async () => {
    await Promise.all([through?.close(), past?.close()]);
    await proxy?.stop();
  });

  const keep = (name: string): Promise<unknown> =>
    through.db.transaction().execute((transaction) => transaction.insertInto("kept").values({ name }).execute());
  const kept = async (): Promise<string[]> =>
    (await past.db.selectFrom("kept").select("name").orderBy("name").execute()).map(({ name }) => name);

  it("tells whose it is, and when a transaction is to be committed and when it is", async () => {
    await keep("a");
    expect(points).toEqual(["commit asked", "commit answered"]);
    expect([...owners]).toEqual([expect.stringMatching(/_tasks$/)]);
    expect(await kept()).toEqual(["a"]);
  });

  it("tells the commit also where it comes with the statements before it", async () => {
    stopAt = "commit asked";
    const together = (name: string) =>
      through.db.transaction().execute((t) => later(t as never, t.insertInto("kept").values({ name })));
    await expect(together("x")).rejects.toThrow();
    stopAt = "commit answered";
    await expect(together("y")).rejects.toThrow();
    expect(points).toEqual(["commit asked", "commit asked", "commit answered"]);
    expect(await kept()).toEqual(["a", "y"]);
    await past.db.deleteFrom("kept").where("name", "=", "y").execute();
  });

  it("that ends when a commit is asked for has kept nothing", async () => {
    stopAt = "commit asked";
    await expect(keep("b")).rejects.toThrow();
    expect(await kept()).toEqual(["a"]);
  });

  it("that ends before a commit's answer arrives has kept it, and nobody knows", async () => {
    stopAt = "commit answered";
    await expect(keep("c")).rejects.toThrow();
    expect(await kept()).toEqual(["a", "c"]);
  });

  it("takes nothing else for a commit", async () => {
    await through.db.selectFrom("kept").selectAll().where("name", "=", "commit").execute();
    await expect(
      through.db.transaction().execute(async () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(points).toEqual([]);
  });
});

describe("a connection to a sidecar", () => {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.writeHead(request.url?.includes("refused") ? 403 : 204).end();
  });
  let proxy: TcpProxy;
  const points: Point[] = [];
  const published: Published[] = [];

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const asked = httpPoints("api");
    const remember = publications((each) => published.push(each));
    proxy = await startProxy({
      owner: "tasks",
      target: { host: "127.0.0.1", port: (server.address() as { port: number }).port },
      watch: (connection, from, piece) => {
        remember(connection, from, piece);
        const point = asked(connection, from, piece);
        if (point) points.push(point);
        return "pass";
      },
    });
  });
  afterEach(() => {
    points.length = 0;
    published.length = 0;
  });
  afterAll(async () => {
    await proxy?.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const sidecar = () =>
    daprSidecar({ host: "127.0.0.1", port: proxy.port, apiToken: "token", log: pino({ level: "silent" }) });

  it("tells what is published, also what comes in pieces, once that is answered", async () => {
    const events = [1, 200_000].map((length, index) => ({ id: String(index), data: "ü".repeat(length) }));
    for (const event of events) await sidecar().publish("task-events", event, { partitionKey: "x" });
    expect(published).toEqual(events.map((event) => ({ topic: "task-events", event })));
    expect(points).toEqual(["publish asked", "publish answered", "publish asked", "publish answered"]);
  });

  it("does not call published what was refused", async () => {
    await expect(sidecar().publish("refused", { id: "1" }, { partitionKey: "x" })).rejects.toThrow();
    expect(points).toEqual(["publish asked", "publish answered"]);
    expect(published).toEqual([]);
  });

  it("takes no other call for a publication", async () => {
    await sidecar().invoke("tasks", "/v1/tasks", { method: "POST", body: "{}" });
    expect(await sidecar().healthy()).toBe(true);
    expect(points).toEqual([]);
  });
});

describe("a delivery", () => {
  it("is asked and answered on one connection", () => {
    const see = httpPoints("app");
    const [one, other]: [Watched, Watched] = [{ owner: "audit" }, { owner: "audit" }];
    expect(see(one, "client", Buffer.from("POST /events/task-events HTTP/1.1\r\n"))).toBe("delivery asked");
    expect(see(other, "client", Buffer.from("GET /readyz HTTP/1.1\r\n"))).toBeUndefined();
    expect(see(other, "server", Buffer.from("HTTP/1.1 200 OK\r\n"))).toBeUndefined();
    expect(see(one, "server", Buffer.from("HTTP/1.1 200 OK\r\n"))).toBe("delivery answered");
    expect(see(one, "server", Buffer.from("{}"))).toBeUndefined();
  });
});
