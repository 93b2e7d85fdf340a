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
