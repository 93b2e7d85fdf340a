import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Kysely, Transaction } from "kysely";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { inTransaction as inKitTransaction } from "#kit/database/transaction";
import type { KitTables } from "#kit/kit-tables";
import { eraseUser, guardUser, isErased } from "#kit/tombstones";
import { testDatabase } from "./support/postgres.ts";

type Service = "tasks" | "chat";

describe("erasure", () => {
  const connections = new Map<Service, Connection<Record<never, never>>>();
  const db = (service: Service) => connections.get(service)?.db as unknown as Kysely<KitTables>;
  const inTransaction = (work: (transaction: Transaction<KitTables>) => Promise<void>): Promise<void> =>
    inKitTransaction(db("tasks"), work);
  beforeAll(async () => {
    const urls = await testDatabase("tasks", "chat");
    for (const service of ["tasks", "chat"] as const) {
      await migrate(urls[service], service, {}, { applicationName: "test", onError: () => {} });
      connections.set(service, connect(urls[service], { applicationName: "test", onError: () => {} }));
    }
  });
  afterAll(() => Promise.all([...connections.values()].map((connection) => connection.close())));

  it("waits for the user's writes under way, and lets no later one through", async () => {
    const order: string[] = [];
    const guarded = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const writing = inTransaction(async (transaction) => {
      await guardUser(transaction, "ada");
      await transaction.selectFrom("outbox").select("id").execute();
      guarded.resolve();
      await goOn.promise;
      order.push("written");
    });
    await guarded.promise;
    const erasing = inTransaction(async (transaction) => {
      await eraseUser(transaction, "ada", new Date());
      order.push("erased");
    });
    await inTransaction((transaction) => eraseUser(transaction, "somebody else", new Date()));
    goOn.resolve();
    await Promise.all([writing, erasing]);
    expect(order).toEqual(["written", "erased"]);
    await expect(inTransaction((transaction) => guardUser(transaction, "ada"))).rejects.toMatchObject({
      code: "not-authenticated",
    });
  });

  it("fails the first statement of a write that comes after it, which then does nothing", async () => {
    await inTransaction((transaction) => eraseUser(transaction, "mary", new Date()));
    let came = false;
    const writing = inTransaction(async (transaction) => {
      await guardUser(transaction, "mary");
      await transaction.insertInto("poison").values({ consumer: "c", event_id: "e", type: "t", reason: "r" }).execute();
      came = true;
    });
    await expect(writing).rejects.toMatchObject({ code: "not-authenticated" });
    expect(came).toBe(false);
    expect(await db("tasks").selectFrom("poison").selectAll().execute()).toEqual([]);
  });

  it("in one service does not wait for another service of the same database, which erases too", async () => {
    const held = { tasks: Promise.withResolvers<void>(), chat: Promise.withResolvers<void>() };
    const erase = (service: Service, other: Service) =>
      db(service)
        .transaction()
        .execute(async (transaction) => {
          // As a delivered event does: first whether it happened already, then what it is about.
          expect(await isErased(transaction, "grace")).toBe(false);
          held[service].resolve();
          await held[other].promise;
          await eraseUser(transaction, "grace", new Date());
        });
    await Promise.all([erase("tasks", "chat"), erase("chat", "tasks")]);
    for (const service of ["tasks", "chat"] as const) {
      const found = await db(service)
        .selectFrom("tombstones")
        .select("user_id")
        .where("user_id", "=", "grace")
        .execute();
      expect(found).toEqual([{ user_id: "grace" }]);
    }
  });
});
