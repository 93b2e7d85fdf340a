import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import type { Verification } from "#contracts/http/audit";
import { type Anchor, type UserBreak, verifyAll } from "#services/audit/verbs/verify";
import { auditService, NOW, taskOf } from "./support.ts";

const { db, get, newUser, sealed, tell } = auditService();

const EVENTS = 6;

/** A user with a whole chain of six events. */
async function chained(): Promise<string> {
  const user = newUser();
  for (let version = 1; version <= EVENTS; version++) {
    await tell(version === 1 ? "created" : "updated", taskOf({ version, title: `of ${user}` }), { user, time: NOW });
  }
  await sealed();
  return user;
}

async function breaksOf(user: string): Promise<string[]> {
  const { body } = await get<Verification>("/v1/audit/verification", user);
  expect(body.valid).toBe(body.breaks.length === 0);
  return body.breaks.map(({ kind, sequence }) => `${kind} ${sequence}`);
}

async function verified(anchor?: Anchor) {
  const breaks: UserBreak[] = [];
  const result = await verifyAll(db(), { anchor, onBreak: (found) => breaks.push(found) });
  expect(result.broken).toBe(breaks.length);
  return { ...result, breaks };
}

/** What the system's verification says of a user, or of the seals. */
const systemBreaksOf = async (user?: string): Promise<string[]> => {
  const { breaks } = await verified();
  return breaks.filter(({ userId }) => userId === user).map(({ kind, sequence }) => `${kind} ${sequence}`);
};

/** Does something to the rows, looks, and puts everything back: one tampering does not hide another. */
async function whileTampered<T>(tamper: () => Promise<unknown>, look: () => Promise<T>): Promise<T> {
  const tables = ["events", "payloads", "heads", "seals"] as const;
  for (const table of tables)
    await sql`create table ${sql.id(`${table}_kept`)} as table ${sql.table(table)}`.execute(db());
  try {
    await tamper();
    return await look();
  } finally {
    for (const table of tables) {
      await sql`delete from ${sql.table(table)}`.execute(db());
      const overriding = table === "events" ? sql`overriding system value` : sql``;
      await sql`insert into ${sql.table(table)} ${overriding} table ${sql.id(`${table}_kept`)}`.execute(db());
      await sql`drop table ${sql.id(`${table}_kept`)}`.execute(db());
    }
  }
}

describe("a whole chain", () => {
  it("verifies, for its user and for the system", async () => {
    const user = await chained();
    expect(await breaksOf(user)).toEqual([]);
    expect(await verified()).toMatchObject({ broken: 0, pending: 0, lastSeal: { hash: expect.any(String) } });
  });
});

describe("a changed row is noticed", () => {
  it.each([
    ["id", sql`id = gen_random_uuid()`],
    ["type", sql`type = 'dev.todo.task.deleted.v1'`],
    ["time", sql`time = time + interval '1 millisecond'`],
    ["digest", sql`digest = sha256(digest)`],
    ["hash", sql`hash = sha256(hash)`],
  ])("where %s was changed, at its place and nowhere else", async (column, change) => {
    const user = await chained();
    const found = await whileTampered(
      () => sql`update events set ${change} where user_id = ${user} and sequence = 3`.execute(db()),
      async () => ({ user: await breaksOf(user), system: await systemBreaksOf(user) }),
    );
    const also = column === "time" || column === "digest" ? ["payload-altered 3"] : [];
    expect(found.user).toEqual(["altered 3", ...also]);
    expect(found.system).toEqual(found.user);
  });

  it("where the payload says something else, or stands under another task, time or user", async () => {
    const user = await chained();
    for (const change of [
      sql`payload = replace(payload, 'of', 'by')`,
      sql`salt = sha256(salt)`,
      sql`task_id = gen_random_uuid()`,
      sql`time = time + interval '1 day'`,
      sql`user_id = 'mallory'`,
    ]) {
      const position = sql`(select position from events where user_id = ${user} and sequence = 4)`;
      const found = await whileTampered(
        () => sql`update payloads set ${change} where position = ${position}`.execute(db()),
        () => breaksOf(user),
      );
      expect(found).toEqual(["payload-altered 4"]);
    }
  });

  it("where it was given to somebody else", async () => {
    const [user, other] = [await chained(), newUser()];
    const found = await whileTampered(
      () => sql`update events set user_id = ${other} where user_id = ${user} and sequence = 2`.execute(db()),
      async () => ({ user: await breaksOf(user), other: await systemBreaksOf(other) }),
    );
    expect(found.user).toEqual(["missing 2"]);
    expect(found.other).toContain("missing 1");
  });
});

describe("a deleted row is noticed", () => {
  it("in the middle, at the beginning, and several in a row", async () => {
    const user = await chained();
    const remove = (where: ReturnType<typeof sql>) =>
      whileTampered(
        () => sql`delete from events where user_id = ${user} and ${where}`.execute(db()),
        () => breaksOf(user),
      );
    expect(await remove(sql`sequence = 3`)).toEqual(["missing 3"]);
    expect(await remove(sql`sequence = 1`)).toEqual(["missing 1"]);
    expect(await remove(sql`sequence in (2, 3, 5)`)).toEqual(["missing 2", "missing 5"]);
  });

  it("also when only its payload is gone, while the account lives", async () => {
    const user = await chained();
    const found = await whileTampered(
      () => sql`delete from payloads where user_id = ${user}`.execute(db()),
      () => breaksOf(user),
    );
    expect(found).toEqual([1, 2, 3, 4, 5, 6].map((sequence) => `payload-missing ${sequence}`));
  });

  it("and is told once, though its seal misses it too", async () => {
    const user = await chained();
    const { breaks } = await whileTampered(
      () => sql`delete from events where user_id = ${user} and sequence = 3`.execute(db()),
      () => verified(),
    );
    expect(breaks).toMatchObject([{ userId: user, kind: "missing", sequence: 3 }]);
  });
});

describe("swapped rows are noticed", () => {
  it("whether their places or what they say was swapped", async () => {
    const user = await chained();
    const swapPlaces = async () => {
      const move = (from: number, to: number) =>
        sql`update events set sequence = ${to} where user_id = ${user} and sequence = ${from}`.execute(db());
      await move(3, 99);
      await move(4, 3);
      await move(99, 4);
    };
    expect(await whileTampered(swapPlaces, () => breaksOf(user))).toContain("altered 3");

    const swapContents = () =>
      sql`
      update events set id = other.id, digest = other.digest, type = other.type, time = other.time
      from (select gen_random_uuid() as id, digest, type, time, sequence from events where user_id = ${user}) as other
      where user_id = ${user} and events.sequence in (3, 4) and other.sequence = 7 - events.sequence`.execute(db());
    const found = await whileTampered(swapContents, () => breaksOf(user));
    expect(found).toEqual(["altered 3", "payload-altered 3", "altered 4", "payload-altered 4"]);
  });
});

describe("a cut tail is noticed", () => {
  const cut = (user: string) => sql`delete from events where user_id = ${user} and sequence > 4`.execute(db());

  it("by the head that is kept", async () => {
    const user = await chained();
    expect(
      await whileTampered(
        () => cut(user),
        () => breaksOf(user),
      ),
    ).toEqual(["tail-missing 5"]);
  });

  it("by the seals, where the head was moved back with it", async () => {
    const user = await chained();
    const tamper = async () => {
      await cut(user);
      await sql`
        update heads set (sequence, hash) = (select sequence, hash from events where user_id = ${user} and sequence = 4)
        where user_id = ${user}`.execute(db());
    };
    const found = await whileTampered(tamper, async () => ({
      user: await systemBreaksOf(user),
      seals: await systemBreaksOf(),
    }));
    expect(found.user).toEqual([]);
    expect(found.seals.length).toBeGreaterThan(0);
  });

  it("by the seals, where nothing of the user was left", async () => {
    const user = await chained();
    const tamper = async () => {
      await sql`delete from events where user_id = ${user}`.execute(db());
      await sql`delete from heads where user_id = ${user}`.execute(db());
    };
    expect(await whileTampered(tamper, () => systemBreaksOf())).not.toEqual([]);
    const withHead = () => sql`delete from events where user_id = ${user}`.execute(db());
    expect(await whileTampered(withHead, () => systemBreaksOf(user))).toEqual(["tail-missing 1"]);
  });

  it("by a seal that somebody kept, where the seals were cut too", async () => {
    const user = await chained();
    const { lastSeal } = await verified();
    const tamper = async () => {
      const last = sql`(select min(seal) from events where user_id = ${user})`;
      await sql`delete from seals where number >= ${last}`.execute(db());
      await sql`delete from heads where user_id = ${user}`.execute(db());
      await sql`delete from events where user_id = ${user}`.execute(db());
    };
    expect((await verified(lastSeal)).breaks).toEqual([]);
    const found = await whileTampered(tamper, async () => ({
      without: await verified(),
      with: await verified(lastSeal),
    }));
    expect(found.without.breaks).toEqual([]);
    expect(found.with.breaks).toMatchObject([{ kind: "seal-altered", sequence: lastSeal?.number }]);
    expect((await verified({ number: lastSeal?.number ?? 0, hash: "0".repeat(64) })).breaks).toHaveLength(1);
  });
});

describe("heads and seals", () => {
  it("that were changed or removed are noticed", async () => {
    const user = await chained();
    const look = () => breaksOf(user);
    const heads = [
      sql`update heads set hash = sha256(hash) where user_id = ${user}`,
      sql`update heads set sequence = 2 where user_id = ${user}`,
      sql`delete from heads where user_id = ${user}`,
    ];
    for (const tamper of heads) {
      const [found] = await whileTampered(() => tamper.execute(db()), look);
      expect(found).toMatch(/^head-altered /);
    }
    const seal = sql`(select max(seal) from events where user_id = ${user})`;
    for (const tamper of [
      sql`update seals set events = events + 1 where number = ${seal}`,
      sql`update seals set sealed_at = sealed_at + interval '1 hour' where number = ${seal}`,
      sql`delete from seals where number = ${seal}`,
      sql`delete from seals where number = 1`,
    ]) {
      expect(
        await whileTampered(
          () => tamper.execute(db()),
          () => systemBreaksOf(),
        ),
      ).not.toEqual([]);
    }
  });
});
