/** Chaining what was recorded. */
import { type Kysely, sql, type Transaction } from "kysely";
import { inTransaction } from "#kit/database/transaction";
import { digestOfLinks, GENESIS_OF_SEALS, genesisOf, linkHash, sealHash } from "../domain/chain.ts";
import type { DB } from "./tables.ts";

/** Rows of one transaction: a few tens of milliseconds. */
export const SEAL_BATCH = 1_000;

const SEALER_LOCK = sql`hashtextextended('audit:sealer', 0)`;

/** What one call did; `busy`: somebody else is sealing. */
export type Sealed = "busy" | { readonly events: number; readonly seal?: { number: number; hash: string } };

/**
 * Gives the events that have none their place in their users' chains, in the order of recording. One at a time in the whole system:
 * the lock is the transaction's, so whoever dies leaves neither a lock nor half a batch behind.
 */
export function sealPending(db: Kysely<DB>, now: Date, batch = SEAL_BATCH): Promise<Sealed> {
  return inTransaction(db, async (transaction) => {
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as got`.execute(
      transaction,
    );
    return rows[0]?.got ? sealBatch(transaction, now, batch) : "busy";
  });
}

async function sealBatch(transaction: Transaction<DB>, now: Date, batch: number): Promise<Sealed> {
  const pending = await transaction
    .selectFrom("events")
    .select(["position", "id", "user_id", "type", "time", "digest"])
    .where("sequence", "is", null)
    .orderBy("position")
    .limit(batch)
    .execute();
  if (pending.length === 0) return { events: 0 };

  const heads = await headsOf(transaction, [...new Set(pending.map(({ user_id }) => user_id))]);
  const links = pending.map((event) => {
    const head = heads.get(event.user_id) ?? { sequence: 0, hash: genesisOf(event.user_id) };
    const sequence = head.sequence + 1;
    const link = { position: event.position, sequence, hash: linkHash(head.hash, { ...event, sequence }) };
    heads.set(event.user_id, link);
    return link;
  });
  const seal = await insertSeal(
    transaction,
    now,
    links.map(({ hash }) => hash),
  );
  await sql`
    update events set sequence = link.sequence, hash = link.hash, seal = ${seal.number}
    from unnest(
      ${links.map(({ position }) => position)}::bigint[],
      ${links.map(({ sequence }) => sequence)}::bigint[],
      ${links.map(({ hash }) => hash)}::bytea[]
    ) as link (position, sequence, hash)
    where events.position = link.position`.execute(transaction);
  await sql`
    insert into heads (user_id, sequence, hash)
    select user_id, sequence, hash from unnest(
      ${[...heads.keys()]}::text[],
      ${[...heads.values()].map(({ sequence }) => sequence)}::bigint[],
      ${[...heads.values()].map(({ hash }) => hash)}::bytea[]
    ) as head (user_id, sequence, hash)
    on conflict (user_id) do update set sequence = excluded.sequence, hash = excluded.hash`.execute(transaction);
  return { events: links.length, seal: { number: seal.number, hash: seal.hash.toString("hex") } };
}

interface Head {
  readonly sequence: number;
  readonly hash: Buffer;
}

async function headsOf(transaction: Transaction<DB>, users: readonly string[]): Promise<Map<string, Head>> {
  const rows = await transaction.selectFrom("heads").selectAll().where("user_id", "in", users).execute();
  return new Map(rows.map(({ user_id, ...head }) => [user_id, head]));
}

async function insertSeal(transaction: Transaction<DB>, sealedAt: Date, hashes: readonly Buffer[]) {
  const last = await transaction
    .selectFrom("seals")
    .select(["number", "hash"])
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  const seal = {
    number: (last?.number ?? 0) + 1,
    sealedAt,
    events: hashes.length,
    digest: digestOfLinks(hashes),
  };
  const hash = sealHash(last?.hash ?? GENESIS_OF_SEALS, seal);
  const { sealedAt: sealed_at, ...rest } = seal;
  await transaction
    .insertInto("seals")
    .values({ ...rest, sealed_at, hash })
    .execute();
  return { number: seal.number, hash };
}
