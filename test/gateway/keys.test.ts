import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { type Kysely, sql } from "kysely";
import { pino } from "pino";
import { tokenVerifier } from "#kit/auth/token";
import { type ManualClock, manualClock } from "#kit/clock";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { migrations } from "#services/gateway/data/migrations";
import type { DB, Tables } from "#services/gateway/data/tables";
import { boxOf } from "#services/gateway/tokens/sealed";
import {
  KEY_LIFE_MS,
  PUBLISHED_AFTER_USE_MS,
  PUBLISHED_BEFORE_USE_MS,
  type SigningKeys,
  signingKeys,
} from "#services/gateway/tokens/signing-keys";
import { mintWith, TOKEN_SECONDS } from "#services/gateway/tokens/tokens";
import { testDatabase } from "#test/kit/support/postgres";

const START = "2026-11-18T10:00:00.000Z";
const log = pino({ level: "silent" });
const about = { audience: "tasks", userId: "alice", timeZone: "Europe/Berlin" };

let connection: Connection<Tables>;
let db: Kysely<DB>;
let clock: ManualClock;

beforeAll(async () => {
  const { gateway } = await testDatabase("gateway");
  const options = { applicationName: "test", onError: () => {} };
  await migrate(gateway ?? "", "gateway", migrations, options);
  connection = connect<Tables>(gateway ?? "", options);
  ({ db } = connection);
});
afterAll(() => connection.close());
beforeEach(async () => {
  clock = manualClock(START);
  await db.deleteFrom("signing_keys").execute();
});

/** A replica of the gateway, as far as it signs. */
const replica = (secret = "secret"): SigningKeys => signingKeys({ db, box: boxOf(secret, "keys"), clock, log });

const published = async (keys: SigningKeys): Promise<JSONWebKeySet> => ({ keys: [...(await keys.published())] });

describe("signing keys", () => {
  test("are kept encrypted, and published without their private part", async () => {
    const keys = replica();
    const [jwk] = await keys.published();
    expect(jwk).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    expect(jwk).not.toHaveProperty("d");
    const row = await db.selectFrom("signing_keys").selectAll().executeTakeFirstOrThrow();
    expect(row.private_key.toString("latin1")).not.toContain('"d"');
    expect(boxOf("secret", "keys").open(row.private_key, row.kid)).toContain('"d"');
    expect(boxOf("another", "keys").open(row.private_key, row.kid)).toBeUndefined();
    expect(boxOf("secret", "keys").open(row.private_key, "another-key")).toBeUndefined();
  });

  test("are one and the same on replicas that start together", async () => {
    const replicas = [replica(), replica(), replica()];
    await Promise.all(replicas.map((keys) => keys.refresh()));
    const kids = await Promise.all(replicas.map(async (keys) => (await keys.current()).kid));
    expect(new Set(kids).size).toBe(1);
  });

  test("are replaced after thirty days: published first, used then, retired when no token of theirs can live", async () => {
    const keys = replica();
    const first = await keys.current();
    clock.advance(KEY_LIFE_MS);
    await keys.refresh();
    expect(await keys.published()).toHaveLength(2);
    expect((await keys.current()).kid).toBe(first.kid);

    clock.advance(PUBLISHED_BEFORE_USE_MS);
    const second = await keys.current();
    expect(second.kid).not.toBe(first.kid);
    await keys.refresh();
    expect(await keys.published()).toHaveLength(2);

    clock.advance(PUBLISHED_AFTER_USE_MS + 1);
    await keys.refresh();
    expect((await keys.published()).map(({ kid }) => kid)).toEqual([second.kid]);
  });

  test("are made anew when the session secret is another: what it cannot open it does not use", async () => {
    const before = await replica("old").current();
    const keys = replica("new");
    const after = await keys.current();
    expect(after.kid).not.toBe(before.kid);
    expect((await keys.published()).map(({ kid }) => kid)).toEqual([before.kid, after.kid]);
  });

  test("serve on while the database is away", async () => {
    const keys = replica();
    const { kid } = await keys.current();
    await db.transaction().execute(async (transaction) => {
      await sql`lock table signing_keys in access exclusive mode`.execute(transaction);
      expect((await keys.current()).kid).toBe(kid);
    });
  });
});

describe("tokens", () => {
  test("are good for five minutes, for one service, across a rotation", async () => {
    const keys = replica();
    await keys.refresh();
    const mint = mintWith(keys, clock);
    const verifier = tokenVerifier({ audience: "tasks", clock, keys: () => published(keys) });
    const other = tokenVerifier({ audience: "audit", clock, keys: () => published(keys) });
    const token = await mint(about);
    expect(await verifier.verify(token)).toMatchObject({ userId: "alice", timeZone: "Europe/Berlin" });
    await expect(other.verify(token)).rejects.toMatchObject({ code: "not-authenticated" });

    clock.advance((TOKEN_SECONDS - 1) * 1000);
    await verifier.verify(token);
    clock.advance(7_000);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: "not-authenticated" });

    clock.advance(KEY_LIFE_MS);
    await keys.refresh();
    const old = await mint(about);
    clock.advance(PUBLISHED_BEFORE_USE_MS - 60_000);
    const lastOfOld = await mint(about);
    clock.advance(60_000);
    const firstOfNew = await mint(about);
    await keys.refresh();
    for (const live of [lastOfOld, firstOfNew]) await verifier.verify(live);
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: "not-authenticated" });
  });

  test("of another key, and altered ones, are no tokens", async () => {
    const mine = replica();
    const set = createLocalJWKSet(await published(mine));
    const token = await mintWith(mine, clock)(about);
    const [header, payload, signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: "bob" })).toString("base64url");
    const currentDate = clock.now();
    await jwtVerify(token, set, { currentDate });
    await expect(jwtVerify([header, altered, signature].join("."), set, { currentDate })).rejects.toThrow();
    await db.deleteFrom("signing_keys").execute();
    await expect(jwtVerify(await mintWith(replica(), clock)(about), set, { currentDate })).rejects.toThrow();
  });
});
