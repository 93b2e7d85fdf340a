/** What erasure leaves behind, so that nothing of the account comes back: not by a late event, not by a write under way. */
import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "./database/frugal-pool.ts";
import type { TombstonesTable } from "./kit-tables.ts";

interface WithTombstones {
  readonly tombstones: TombstonesTable;
}

/** Transactions of services, whose other tables are nobody's business here. */
type AnyTransaction<DB extends WithTombstones> = Transaction<DB>;

const asTombstones = (db: unknown): Kysely<WithTombstones> => db as Kysely<WithTombstones>;

/** Holds off erasure until the transaction ends, and tells whether it has already happened. */
export async function isErased<DB extends WithTombstones>(
  transaction: AnyTransaction<DB>,
  userId: string,
): Promise<boolean> {
  const { rows } = await sql<{ erased: boolean }>`select account_erased(${userId}) as erased`.execute(transaction);
  return rows[0]?.erased === true;
}

/**
 * First thing in every write for a user, in a transaction that `inTransaction` runs: holds off erasure until its end. It travels with
 * the transaction's next statement, which fails with `not-authenticated` when the account was erased already: its tokens may live
 * a few minutes longer.
 */
export const guardUser = <DB extends WithTombstones>(transaction: AnyTransaction<DB>, userId: string): Promise<void> =>
  later(transaction, { compile: () => sql`call account_guard(${userId})`.compile(transaction) });

/**
 * Waits for the user's writes under way, and lets no later one through. Delete the user's rows after it, in the same
 * transaction. Erasing twice is no error.
 */
export async function eraseUser<DB extends WithTombstones>(
  transaction: AnyTransaction<DB>,
  userId: string,
  deletedAt: Date,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(account_lock(${userId}))`.execute(transaction);
  await asTombstones(transaction)
    .insertInto("tombstones")
    .values({ user_id: userId, deleted_at: deletedAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
