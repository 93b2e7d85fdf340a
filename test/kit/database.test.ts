import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Connection, connect, isDatabaseAway } from "#kit/database/database";
import { testDatabase } from "./support/postgres.ts";

describe("a connection that breaks while it is in use", () => {
  let connection: Connection<Record<never, never>>;
  beforeAll(async () => {
    const { tasks: url } = await testDatabase("tasks");
    connection = connect(url, { applicationName: "test", onError: () => {} });
  });
  afterAll(() => connection.close());

  it("fails what was asked of it, and nothing else", async () => {
    const dying = connection.db.transaction().execute(async (transaction) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
    });
    const error = await dying.catch((cause: unknown) => cause);
    expect(isDatabaseAway(error)).toBe(true);
    const { rows } = await sql`select 1 as one`.execute(connection.db);
    expect(rows).toEqual([{ one: 1 }]);
  });
});

/** Between a client and the server: from one moment on nothing gets through, and nobody is told. */
async function silencer({ hostname, port }: URL): Promise<{ readonly server: Server; silence(): void }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname);
    for (const socket of [client, upstream]) open.add(socket.on("error", () => {}));
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    silence: () => {
      for (const socket of open) socket.unpipe().pause();
      open.clear();
    },
  };
}

describe("a server that is gone without a word", () => {
  const SILENCE_MS = 400;
  let connection: Connection<Record<never, never>>;
  let line: Awaited<ReturnType<typeof silencer>>;
  beforeAll(async () => {
    const { tasks } = await testDatabase("tasks");
    const url = new URL(tasks);
    line = await silencer(url);
    url.port = String((line.server.address() as { port: number }).port);
    const options = { applicationName: "test", silenceMs: SILENCE_MS, max: 2, onError: () => {} };
    connection = connect(url.href, options);
  });
  afterAll(async () => {
    await connection.close();
    line.server.close();
  });

  it("fails what was asked of it in time, and what is asked then goes another way", async () => {
    await sql`select 1`.execute(connection.db);
    line.silence();
    const asked = [1, 2].map(() => sql`select 1`.execute(connection.db).catch((cause: unknown) => cause));
    expect(isDatabaseAway(await asked[0])).toBe(true);
    await Promise.all(asked);
    const { rows } = await sql`select 1 as one`.execute(connection.db);
    expect(rows).toEqual([{ one: 1 }]);
  });

  it("is not taken for one that has nothing to do, or that speaks", async () => {
    const pid = async (): Promise<unknown> =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(connection.db)).rows[0]?.pid;
    const before = await pid();
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS * 2));
    expect(await pid()).toBe(before);
    await connection.db.connection().execute(async (db) => {
      for (let i = 0; i < 4; i++) await sql`select pg_sleep(${SILENCE_MS / 2_000})`.execute(db);
    });
    expect(await pid()).toBe(before);
  });
});
