/** The keys that tokens are signed with: made here, kept encrypted, published before they are used, retired after. */
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Logger } from "pino";
import { TOKEN_ALGORITHM } from "#kit/auth/token";
import type { Clock } from "#kit/clock";
import { UnavailableError } from "#kit/errors";
import type { DB, SigningKeysTable } from "../data/tables.ts";
import type { Box } from "./sealed.ts";

const MINUTE = 60_000;

export const KEY_LIFE_MS = 30 * 24 * 60 * MINUTE;
/** Longer than replicas need to hear of a key (`REFRESH_MS`) and services keep what they read (ten minutes). */
export const PUBLISHED_BEFORE_USE_MS = 20 * MINUTE;
/** Longer than a token lives. */
export const PUBLISHED_AFTER_USE_MS = 60 * MINUTE;
export const REFRESH_MS = 5 * MINUTE;

export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

export interface SigningKeys {
  /** @throws UnavailableError while the database has not been reached yet */
  current(): Promise<SigningKey>;
  /** Public keys, also of those not used yet and not any more. */
  published(): Promise<readonly JWK[]>;
  /** Reads the keys again, makes one where none is young enough, removes what nobody needs. */
  refresh(): Promise<void>;
}

export interface SigningKeysOptions {
  readonly db: Kysely<DB>;
  readonly box: Box;
  readonly clock: Clock;
  readonly log: Logger;
}

type Row = Selectable<SigningKeysTable>;

interface Known {
  readonly rows: readonly Row[];
  /** Oldest first; without those that another secret encrypted. */
  readonly usable: readonly (SigningKey & { readonly createdAt: number })[];
}

export function signingKeys({ db, box, clock, log }: SigningKeysOptions): SigningKeys {
  let known: Known | undefined;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const before = known?.rows.length;
    known = await db.transaction().execute((transaction) => maintain(transaction, box, clock.now()));
    if (before !== known.rows.length) log.info({ keys: known.rows.map(({ kid }) => kid) }, "signing keys");
  };
  const refresh = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const loaded = async (): Promise<Known> => {
    if (!known) await refresh().catch((cause: unknown) => Promise.reject(new UnavailableError("Signing", { cause })));
    return known as Known;
  };

  return Object.freeze({
    refresh,
    published: async () => (await loaded()).rows.map(({ public_key }) => public_key as JWK),
    current: async () => {
      const { usable } = await loaded();
      const ripe = clock.now().getTime() - PUBLISHED_BEFORE_USE_MS;
      const chosen = usable.findLast(({ createdAt }) => createdAt <= ripe) ?? usable[0];
      if (!chosen) throw new UnavailableError("Signing");
      return chosen;
    },
  });
}

/** One replica at a time: two would make two keys. */
async function maintain(transaction: Transaction<DB>, box: Box, now: Date): Promise<Known> {
  await sql`select pg_advisory_xact_lock(hashtextextended('signing-keys', 0))`.execute(transaction);
  await removeRetired(transaction, now);
  const rows = await transaction.selectFrom("signing_keys").selectAll().orderBy("created_at").execute();
  const usable = await opened(rows, box);
  const youngest = usable.at(-1);
  if (youngest && youngest.createdAt > now.getTime() - KEY_LIFE_MS) return { rows, usable };
  const row = await newKey(box, now);
  await transaction.insertInto("signing_keys").values(row).execute();
  return { rows: [...rows, row], usable: [...usable, ...(await opened([row], box))] };
}

/** A key goes once its successor has signed for longer than the last token of the key can live. */
async function removeRetired(transaction: Transaction<DB>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - PUBLISHED_BEFORE_USE_MS - PUBLISHED_AFTER_USE_MS);
  await transaction
    .deleteFrom("signing_keys")
    .where(
      "created_at",
      "<",
      transaction
        .selectFrom("signing_keys as successor")
        .select(({ fn }) => fn.max("successor.created_at").as("at"))
        .where("successor.created_at", "<=", before),
    )
    .execute();
}

async function opened(rows: readonly Row[], box: Box): Promise<Known["usable"]> {
  const keys = rows.map(async ({ kid, private_key, created_at }) => {
    const text = box.open(private_key, kid);
    if (text === undefined) return [];
    const key = (await importJWK(JSON.parse(text) as JWK, TOKEN_ALGORITHM)) as CryptoKey;
    return [{ kid, key, createdAt: created_at.getTime() }];
  });
  return (await Promise.all(keys)).flat();
}

async function newKey(box: Box, now: Date): Promise<Row> {
  const { publicKey, privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true });
  const kid = crypto.randomUUID();
  const jwk = await exportJWK(publicKey);
  return {
    kid,
    public_key: { ...jwk, kid, alg: TOKEN_ALGORITHM, use: "sig" },
    private_key: box.seal(JSON.stringify(await exportJWK(privateKey)), kid),
    created_at: now,
  };
}
