/** Verifies the seals against each other and against the links that they hold. */
import { sql, type Transaction } from "kysely";
import type { ChainBreak } from "#contracts/http/audit";
import { GENESIS_OF_SEALS, sealHash } from "../domain/chain.ts";
import type { DB } from "./tables.ts";

export interface SealReport {
  readonly last: { readonly number: number; readonly hash: string } | undefined;
  /** Seals that are not what the chain of seals says, or hold other links than they did. */
  readonly breaks: readonly ChainBreak[];
  /** Seals of which links are gone: every link that a chain misses is one of them. */
  readonly incomplete: readonly ChainBreak[];
  /** How many links that are. */
  readonly lost: number;
  /** Hash of the seal that was asked for; undefined when there is none. */
  readonly asked: string | undefined;
}

interface SealRow {
  readonly number: number;
  readonly sealed_at: Date | null;
  readonly events: number;
  readonly digest: Buffer;
  readonly hash: Buffer | null;
  readonly kept: number;
  readonly kept_digest: Buffer | null;
}

const FETCHED = 2_000;

/** @param number of a seal whose hash is wanted */
export async function checkSeals(transaction: Transaction<DB>, number?: number): Promise<SealReport> {
  const [breaks, incomplete]: [ChainBreak[], ChainBreak[]] = [[], []];
  let [expected, previous, lost] = [1, GENESIS_OF_SEALS, 0];
  let asked: string | undefined;
  let last: SealReport["last"];
  for await (const seal of readSeals(transaction)) {
    const altered = (detail: string): ChainBreak => ({ kind: "seal-altered", sequence: seal.number, detail });
    if (seal.number > expected) breaks.push(altered(`the seals from ${expected} on are gone`));
    expected = seal.number + 1;
    if (!seal.sealed_at || !seal.hash) {
      breaks.push(altered(`the seal of ${seal.kept} events is gone`));
      continue;
    }
    const made = sealHash(previous, { ...seal, sealedAt: seal.sealed_at });
    if (!made.equals(seal.hash)) breaks.push(altered("the seal is not what was written"));
    const missing = seal.events - seal.kept;
    if (missing !== 0) {
      incomplete.push(altered(`it held ${seal.events} events, of which ${seal.kept} are left`));
      lost += Math.abs(missing);
    } else if (!seal.kept_digest?.equals(seal.digest)) {
      breaks.push(altered("it holds other events than it did"));
    }
    previous = seal.hash;
    last = { number: seal.number, hash: seal.hash.toString("hex") };
    if (seal.number === number) asked = last.hash;
  }
  return { last, breaks, incomplete, lost, asked };
}

/** By a cursor: there can be as many seals as events, and sorting them by seal is the database's work. */
async function* readSeals(transaction: Transaction<DB>): AsyncGenerator<SealRow> {
  await sql`
    declare seals_to_check no scroll cursor for
    select coalesce(seals.number, held.seal) as number, sealed_at, coalesce(events, 0) as events,
      coalesce(seals.digest, '') as digest, seals.hash, coalesce(kept, 0) as kept, kept_digest
    from seals
    full join (
      select seal, count(*) as kept, sha256(string_agg(hash, ''::bytea order by position)) as kept_digest
      from events where seal is not null group by seal
    ) as held on held.seal = seals.number
    order by 1`.execute(transaction);
  for (;;) {
    const { rows } = await sql<SealRow>`fetch ${sql.lit(FETCHED)} from seals_to_check`.execute(transaction);
    yield* rows;
    if (rows.length < FETCHED) break;
  }
  await sql`close seals_to_check`.execute(transaction);
}
