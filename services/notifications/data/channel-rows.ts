import type { Kysely, Transaction } from "kysely";
import type { ChannelsTable, CodesTable, DB } from "./tables.ts";

type Channels = Omit<ChannelsTable, "user_id">;

const none: Channels = {
  email_enabled: false,
  email_address: null,
  email_confirmed_at: null,
  webhook_enabled: false,
  webhook_url: null,
};

export async function readChannels(db: Kysely<DB>, userId: string): Promise<Channels> {
  const row = await db.selectFrom("channels").selectAll().where("user_id", "=", userId).executeTakeFirst();
  return row ?? none;
}

/**
 * Reads them for a change: whoever changes them meanwhile waits. One statement, as between two of them somebody could delete what the
 * first has seen.
 */
export async function lockChannels(transaction: Transaction<DB>, userId: string): Promise<Channels> {
  return transaction
    .insertInto("channels")
    .values({ user_id: userId, ...none })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ user_id: (row) => row.ref("excluded.user_id") }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function writeChannels(
  transaction: Transaction<DB>,
  userId: string,
  change: Partial<Channels>,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await transaction.updateTable("channels").set(change).where("user_id", "=", userId).execute();
}

export async function forgetChannels(transaction: Transaction<DB>, userId: string): Promise<void> {
  await transaction.deleteFrom("channels").where("user_id", "=", userId).execute();
}

export async function readCode(transaction: Transaction<DB>, userId: string): Promise<CodesTable | undefined> {
  return transaction.selectFrom("codes").selectAll().where("user_id", "=", userId).forUpdate().executeTakeFirst();
}

export async function writeCode(transaction: Transaction<DB>, code: CodesTable): Promise<void> {
  await transaction
    .insertInto("codes")
    .values(code)
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet(code))
    .execute();
}

export async function countAttempt(transaction: Transaction<DB>, userId: string): Promise<void> {
  await transaction
    .updateTable("codes")
    .set((eb) => ({ attempts: eb("attempts", "+", 1) }))
    .where("user_id", "=", userId)
    .execute();
}

/** Counts of what was sent stay, so that forgetting an address does not begin them anew. */
export async function spendCode(transaction: Transaction<DB>, userId: string, now: Date): Promise<void> {
  await transaction.updateTable("codes").set({ expires_at: now }).where("user_id", "=", userId).execute();
}
