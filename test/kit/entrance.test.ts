/** When it is asked whether an event may have its effect makes no difference to the effect. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Kysely, sql } from "kysely";
import { pino } from "pino";
import { reminders } from "#contracts/events/index";
import { randomIds } from "#kit/clock";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { inTransaction } from "#kit/database/transaction";
import { type EventDelivery, PoisonError, type SubscribeOptions, subscriber } from "#kit/inbox/subscriber";
import type { KitTables } from "#kit/kit-tables";
import { createMetrics } from "#kit/telemetry/metrics";
import { eraseUser } from "#kit/tombstones";
import { testDatabase } from "./support/postgres.ts";
import { reminderEvent } from "./support/sample.ts";

interface Tables {
  readonly effects: { readonly event_id: string };
}

const ids = randomIds();
let connection: Connection<Tables>;

beforeAll(async () => {
  const { notifications: url } = await testDatabase("notifications");
  await migrate(url, "notifications", {}, { applicationName: "test", onError: () => {} });
  connection = connect(url, { applicationName: "test", onError: () => {} });
  await sql`create table effects (event_id uuid not null)`.execute(connection.db);
});
afterAll(() => connection.close());

type Work = (eventId: string, delivery: EventDelivery<Tables & KitTables>) => Promise<void>;

const insert: Work = async (event_id, { transaction }) => {
  await transaction.insertInto("effects").values({ event_id }).execute();
};

describe.each(["before", "with-rows"] as const)("an entrance asked for %s", (entrance) => {
  const subscribed = (work: Work, options: SubscribeOptions = {}) => {
    const metrics = createMetrics();
    const deliver = subscriber({
      db: connection.db as unknown as Kysely<KitTables>,
      topic: "reminders",
      contract: reminders,
      handlers: {
        "dev.todo.reminder.scheduled.v1": (event, delivery) => work(event.id, delivery as never),
      },
      options: { entrance, ...options },
      metrics,
      log: pino({ level: "silent" }),
      onCommit: () => {},
    });
    const outcomes = async (): Promise<Record<string, number>> => {
      const { values } = await metrics.counter("todo_events_consumed_total").get();
      return Object.fromEntries(values.map(({ labels, value }) => [String(labels.outcome), value]));
    };
    return { deliver, outcomes };
  };
  const effectsOf = (id: string) =>
    connection.db.selectFrom("effects").selectAll().where("event_id", "=", id).execute();
  const eventOf = (task = ids.next(), version = 1, user = "user-1") => reminderEvent(ids.next(), task, version, user);

  it("gives an event its effect once, also when two deliveries come at the same time", async () => {
    const { deliver, outcomes } = subscribed(insert);
    const event = eventOf();
    expect(await Promise.all([deliver(event), deliver(event)])).toEqual(["SUCCESS", "SUCCESS"]);
    expect(await deliver(event)).toBe("SUCCESS");
    expect(await effectsOf(event.id)).toHaveLength(1);
    expect(await outcomes()).toEqual({ processed: 1, duplicate: 2 });
  });

  it("lets in once who writes nothing", async () => {
    const { deliver, outcomes } = subscribed(async () => {});
    const event = eventOf();
    await deliver(event);
    await deliver(event);
    expect(await outcomes()).toEqual({ processed: 1, duplicate: 1 });
  });

  it("gives none to what is older than what was seen, and remembers that it came", async () => {
    const { deliver, outcomes } = subscribed(insert);
    const task = ids.next();
    const [newer, older, equal] = [eventOf(task, 5), eventOf(task, 4), eventOf(task, 5)];
    for (const event of [newer, older, equal, older]) expect(await deliver(event)).toBe("SUCCESS");
    expect(await outcomes()).toEqual({ processed: 2, stale: 1, duplicate: 1 });
    expect(await effectsOf(older.id)).toEqual([]);
    expect(await effectsOf(equal.id)).toHaveLength(1);
  });

  it("gives none to what belongs to an erased account, unless erased ones are wanted", async () => {
    await inTransaction(connection.db as unknown as Kysely<KitTables>, (transaction) =>
      eraseUser(transaction, "gone", new Date()),
    );
    const { deliver, outcomes } = subscribed(insert);
    const [event, kept] = [eventOf(ids.next(), 1, "gone"), eventOf(ids.next(), 1, "gone")];
    await deliver(event);
    expect(await outcomes()).toEqual({ refused: 1 });
    await subscribed(insert, { erased: true }).deliver(kept);
    expect([await effectsOf(event.id), await effectsOf(kept.id)].map(({ length }) => length)).toEqual([0, 1]);
  });

  it("undoes what a handler did that failed, so that it may come again", async () => {
    let fails = true;
    const { deliver } = subscribed(async (id, delivery) => {
      await insert(id, delivery);
      if (fails) throw new Error("not today");
    });
    const event = eventOf();
    expect(await deliver(event)).toBe("RETRY");
    expect(await effectsOf(event.id)).toEqual([]);
    fails = false;
    expect(await deliver(event)).toBe("SUCCESS");
    expect(await effectsOf(event.id)).toHaveLength(1);
  });

  it("drops what can never work, also before the handler wrote anything", async () => {
    const { deliver } = subscribed(async () => {
      throw new PoisonError("never");
    });
    expect(await deliver(eventOf())).toBe("DROP");
  });

  it("tells others after the commit, and only of what was committed", async () => {
    const told: string[] = [];
    const { deliver } = subscribed(async (id, delivery) => {
      delivery.afterCommit(() => told.push(id));
      await insert(id, delivery);
    });
    const event = eventOf();
    await deliver(event);
    await deliver(event);
    expect(told).toEqual([event.id]);
  });
});
