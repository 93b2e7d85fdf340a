import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { type Kysely, sql } from "kysely";
import { connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { startService } from "#kit/start-service";
import { freePort } from "#local/free-port";
import { migrations } from "#services/audit/data/migrations";
import { sealPending } from "#services/audit/data/seal-rows";
import type { DB, Tables } from "#services/audit/data/tables";
import { record } from "#services/audit/events/record";
import { service } from "#services/audit/service";
import { type UserBreak, verifyAll } from "#services/audit/verbs/verify";
import { contextOf, eventually } from "#test/kit/support/harness";
import { testDatabase } from "#test/kit/support/postgres";
import { auditService, NOW, taskEvent, taskOf } from "./support.ts";

const { db, newUser, sealed, system } = auditService();

const eventsOf = (users: readonly string[], each: number) =>
  Array.from({ length: each }, () => users.map((user) => taskEvent("created", taskOf(), { user }))).flat();

async function expectWhole(database: Kysely<DB>, users: readonly string[], each: number): Promise<void> {
  const breaks: UserBreak[] = [];
  const { pending } = await verifyAll(database, { onBreak: (found) => breaks.push(found) });
  expect({ pending, breaks }).toEqual({ pending: 0, breaks: [] });
  for (const user of users) {
    const rows = await database.selectFrom("events").select("sequence").where("user_id", "=", user).execute();
    expect(rows.map(({ sequence }) => sequence).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: each }, (_, i) => i + 1),
    );
  }
}

async function post(url: string, event: object): Promise<boolean> {
  const response = await fetch(`${url}/events/task-events`, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", "dapr-api-token": system().appToken },
    body: JSON.stringify(event),
  });
  return ((await response.json()) as { status: string }).status === "SUCCESS";
}

describe("three replicas", () => {
  it("that all receive and all seal make one chain a user, with every event once", async () => {
    const { config } = contextOf(system(), service);
    const others = await Promise.all([1, 2].map(() => startService(service, { ...config, PORT: 0 })));
    try {
      const urls = [system().url("audit"), ...others.map(({ port }) => `http://127.0.0.1:${port}`)];
      const users = [newUser(), newUser(), newUser()];
      const events = eventsOf(users, 30);
      // Each is delivered twice, to two replicas, at the same time.
      const deliveries = events.flatMap((event, i) => [0, 1].map((n) => post(urls[(i + n) % 3] ?? "", event)));
      expect(await Promise.all(deliveries)).toEqual(deliveries.map(() => true));
      await sealed();
      await expectWhole(db(), users, 30);
    } finally {
      for (const other of others) await other.stop();
    }
  });
});

describe("a replica that is killed", () => {
  it("between keeping and sealing has lost nothing, and what comes again counts once", async () => {
    const { config } = contextOf(system(), service);
    const port = await freePort();
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../services/audit/main.ts")], {
      env: {
        PATH: process.env.PATH ?? "",
        PORT: String(port),
        HOST: "127.0.0.1",
        LOG_LEVEL: "silent",
        DAPR_HTTP_PORT: String(config.DAPR_HTTP_PORT),
        DAPR_API_TOKEN: config.DAPR_API_TOKEN ?? "",
        APP_API_TOKEN: config.APP_API_TOKEN ?? "",
        DATABASE_URL: config.DATABASE_URL ?? "",
      },
      stdio: "ignore",
    });
    const url = `http://127.0.0.1:${port}`;
    const users = [newUser(), newUser()];
    const events = eventsOf(users, 60);
    const acknowledged = new Set<string>();
    try {
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), 30_000);
      const ended = once(child, "exit");
      await Promise.all(
        events.map(async (event) => {
          const taken = await post(url, event).catch(() => false);
          if (taken) acknowledged.add(event.id);
          if (acknowledged.size === 20) child.kill("SIGKILL");
        }),
      );
      await ended;
    } finally {
      child.kill("SIGKILL");
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(20);
    const kept = await db().selectFrom("events").select("id").where("user_id", "in", users).execute();
    expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining([...acknowledged]));
    for (const event of events) expect(await post(system().url("audit"), event)).toBe(true);
    await sealed();
    await expectWhole(db(), users, 60);
  });
});

describe("sealing", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const connection of opened.splice(0)) await connection.close();
  });
  afterAll(() => expect(opened).toEqual([]));

  /** A database without a service, with events that wait to be chained. */
  async function waiting(users: readonly string[], each: number): Promise<Kysely<DB>> {
    const { audit: url } = await testDatabase("audit");
    await migrate(url, "audit", migrations, { applicationName: "test", onError: () => {} });
    const connection = connect<Tables>(url, { applicationName: "test", onError: () => {} });
    opened.push(connection);
    const database = connection.db as Kysely<DB>;
    for (const event of eventsOf(users, each)) {
      await database.transaction().execute((transaction) => record(transaction, event as never));
    }
    return database;
  }

  it("and what is recorded before it are planned once a connection, not once an event", async () => {
    const database = await waiting(["a"], 1);
    await sealPending(database, new Date(NOW));
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement ~ '(insert into|update) '`.execute(database);
    const planned = rows.map(({ statement }) => statement).join(";\n");
    for (const change of ["insert into events", "insert into totals", "update events", "insert into heads"])
      expect(planned).toContain(change);
  });

  it("is done by one at a time, and by nobody twice", async () => {
    const users = ["a", "b", "c"];
    const database = await waiting(users, 20);
    const now = new Date(NOW);
    let busy = 0;
    const seal = async (): Promise<void> => {
      for (;;) {
        const result = await sealPending(database, now, 7);
        if (result === "busy") busy++;
        else if (result.events === 0) return;
      }
    };
    await Promise.all(Array.from({ length: 6 }, seal));
    expect(busy).toBeGreaterThan(0);
    await expectWhole(database, users, 20);
    const seals = await database.selectFrom("seals").select(["number", "events"]).orderBy("number").execute();
    expect(seals.map(({ events }) => events)).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 4]);
  });

  it("that dies in the middle leaves neither a lock nor half a batch", async () => {
    const database = await waiting(["a"], 5);
    await sql`create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$`.execute(
      database,
    );
    await sql`create trigger wait before insert on heads for each row execute function wait()`.execute(database);
    const dying = sealPending(database, new Date(NOW)).then(
      () => "sealed",
      () => "died",
    );
    const sleeping = sql`from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
    await eventually(async () => expect((await sql`select pid ${sleeping}`.execute(database)).rows).toHaveLength(1));
    expect(await sealPending(database, new Date(NOW))).toBe("busy");
    await sql`select pg_terminate_backend(pid) ${sleeping}`.execute(database);
    expect(await dying).toBe("died");
    await sql`drop trigger wait on heads`.execute(database);
    expect(await database.selectFrom("seals").selectAll().execute()).toEqual([]);
    expect(await sealPending(database, new Date(NOW))).toMatchObject({ events: 5, seal: { number: 1 } });
    await expectWhole(database, ["a"], 5);
  });
});
