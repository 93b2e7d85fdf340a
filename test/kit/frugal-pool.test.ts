import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import { type Connection, connect, sqlState } from "#kit/database/database";
import { later } from "#kit/database/frugal-pool";
import { migrate } from "#kit/database/migrations";
import { testDatabase } from "./support/postgres.ts";

interface Tables {
  readonly things: { readonly id: number; readonly name: string };
}

let url: string;
let connection: Connection<Tables>;
/** Another session, which sees what was committed alone. */
let observer: Connection<Tables>;

beforeAll(async () => {
  ({ tasks: url } = await testDatabase("tasks"));
  // One connection: what a transaction leaves behind meets the next one.
  connection = connect(url, { applicationName: "test", max: 1, onError: () => {} });
  observer = connect(url, { applicationName: "observer", max: 1, onError: () => {} });
  await migrate(url, "tasks", {}, { applicationName: "test", onError: () => {} });
  await sql`create table things (id integer primary key, name text not null)`.execute(observer.db);
});
beforeEach(async () => {
  await sql`truncate things`.execute(observer.db);
});
afterAll(async () => {
  await connection.close();
  await observer.close();
});

type Work<T> = (transaction: Transaction<Tables>) => Promise<T>;

const inOne = <T>(work: Work<T>): Promise<T> => connection.db.transaction().execute((t) => work(t as never));

const insert = (transaction: Transaction<Tables>, id: number) =>
  transaction.insertInto("things").values({ id, name: `thing ${id}` });

const kept = async (): Promise<number[]> => {
  const rows = await observer.db.selectFrom("things").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
};

const stateOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(() => "done", sqlState) as Promise<string | undefined>;

describe("what travels together", () => {
  it("is done in the order in which it was asked for, and all of it in one transaction", async () => {
    await inOne(async (transaction) => {
      await later(transaction, insert(transaction, 1));
      await later(transaction, insert(transaction, 2));
      const { rows } = await sql<{ own: string; seen: number[] }>`
        select pg_current_xact_id_if_assigned()::text as own, array(select id from things order by id) as seen`.execute(
        transaction,
      );
      expect(rows[0]?.seen).toEqual([1, 2]);
      expect(rows[0]?.own).not.toBeNull();
      await later(transaction, insert(transaction, 3));
      expect(await kept()).toEqual([]);
    });
    expect(await kept()).toEqual([1, 2, 3]);
  });

  it("fails the commit when it fails, and nothing of the transaction is kept", async () => {
    const failing = inOne(async (transaction) => {
      await insert(transaction, 1).execute();
      await later(transaction, insert(transaction, 2));
      await later(transaction, insert(transaction, 1));
    });
    expect(await stateOf(failing)).toBe("23505");
    expect(await kept()).toEqual([]);
  });

  it("fails the commit when something failed that was caught: nothing of the transaction is kept", async () => {
    const failing = inOne(async (transaction) => {
      await insert(transaction, 1).execute();
      await insert(transaction, 1)
        .execute()
        .catch(() => {});
    });
    await expect(failing).rejects.toThrow("rolled back in place of its commit");
    expect(await kept()).toEqual([]);
  });

  it("fails the statement after it when it fails, which is then not done", async () => {
    const failing = inOne(async (transaction) => {
      await later(transaction, insert(transaction, 1));
      await later(transaction, insert(transaction, 1));
      await insert(transaction, 2).execute();
    });
    expect(await stateOf(failing)).toBe("23505");
    expect(await kept()).toEqual([]);
  });

  it("is forgotten when the work throws, before the server has heard of it and after", async () => {
    for (const first of [async () => {}, (transaction: Transaction<Tables>) => insert(transaction, 7).execute()]) {
      const failing = inOne(async (transaction) => {
        await first(transaction);
        await later(transaction, insert(transaction, 1));
        throw new Error("changed my mind");
      });
      await expect(failing).rejects.toThrow("changed my mind");
    }
    await inOne((transaction) => insert(transaction, 2).execute());
    expect(await kept()).toEqual([2]);
  });

  it("leaves a connection on which everything works, however it failed", async () => {
    const unsendable = {
      toPostgres: () => {
        throw new Error("cannot be sent");
      },
    };
    for (const work of [
      (t: Transaction<Tables>) => sql`select 1 / ${0}::integer`.execute(t),
      (t: Transaction<Tables>) => sql`nonsense ${1}`.execute(t),
      (t: Transaction<Tables>) => sql`select ${unsendable}::text`.execute(t),
      async (t: Transaction<Tables>) => {
        await insert(t, 1).execute();
        await sql`select ${unsendable}::text`.execute(t);
      },
    ] as const) {
      await expect(inOne<unknown>(work)).rejects.toThrow();
      const { rows } = await sql<{ own: string | null }>`select pg_current_xact_id_if_assigned()::text as own`.execute(
        connection.db,
      );
      expect(rows).toEqual([{ own: null }]);
    }
    expect(await kept()).toEqual([]);
  });

  it("asks the server for nothing when nothing was asked for", async () => {
    await inOne(async () => {});
    await later(connection.db as never, insert(connection.db as never, 4));
    expect(await kept()).toEqual([4]);
  });
});

describe("statements that are planned once", () => {
  it("bear a migration that adds a column between two of them", async () => {
    const read = () => connection.db.selectFrom("things").selectAll().execute();
    await inOne((transaction) => insert(transaction, 1).execute());
    await read();
    await sql`alter table things add column place text not null default 'here'`.execute(observer.db);
    await inOne((transaction) => insert(transaction, 2).execute());
    expect(await read()).toEqual([
      { id: 1, name: "thing 1", place: "here" },
      { id: 2, name: "thing 2", place: "here" },
    ]);
  });

  it("are planned again after a failure that left it open whether they were", async () => {
    const name = `thing ${Math.random()}`;
    const change = (transaction: Transaction<Tables>, id: number) =>
      transaction.insertInto("things").values({ id: sql<number>`${id}::integer + 0`, name });
    for (const id of [1, 1, 2]) {
      await stateOf(
        inOne(async (transaction) => {
          await later(transaction, change(transaction, id));
          await later(transaction, change(transaction, id + 10));
        }),
      );
    }
    expect(await kept()).toEqual([1, 2, 11, 12]);
  });

  it("answer how many rows they changed, and what they return", async () => {
    const first = await inOne((transaction) => insert(transaction, 1).returning("name").executeTakeFirst());
    expect(first).toEqual({ name: "thing 1" });
    for (const expected of [1n, 0n]) {
      const { numDeletedRows } = await connection.db.deleteFrom("things").where("id", "=", 1).executeTakeFirstOrThrow();
      expect(numDeletedRows).toBe(expected);
    }
  });

  it("may count, which means the same after any migration", async () => {
    const own = connect<Tables>(url, { applicationName: "test", max: 1, onError: () => {} });
    try {
      await sql`insert into things (id, name) select ${1}::integer, 'thing 1' having count(*) > 0`.execute(own.db);
      await sql`insert into things select ${2}::integer, all_of.* from (select 'thing 2') as all_of`.execute(own.db);
      const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(own.db);
      expect(rows.map(({ statement }) => statement)).toEqual([expect.stringContaining("having count(*)")]);
    } finally {
      await own.close();
    }
    expect(await kept()).toEqual([1, 2]);
  });

  it("keep a name on the server only where they are found again by it", async () => {
    const named = async (prepares: boolean): Promise<number> => {
      const own = connect<Tables>(url, { applicationName: "test", max: 1, prepares, onError: () => {} });
      try {
        await own.db.transaction().execute(async (transaction) => {
          await later(transaction as never, insert(transaction as never, prepares ? 1 : 2));
        });
        const { rows } = await sql`select from pg_prepared_statements`.execute(own.db);
        return rows.length;
      } finally {
        await own.close();
      }
    };
    expect(await named(true)).toBeGreaterThan(0);
    expect(await named(false)).toBe(0);
    expect(await kept()).toEqual([1, 2]);
  });
});
