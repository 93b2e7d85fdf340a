/** What is kept of a user, and how all of it goes. */
import type { Kysely, Transaction } from "kysely";
import type { DB } from "./tables.ts";

/** From when on reminders of a day count, for users who set nothing else. */
export const DEFAULT_DAY_START = "09:00";

export async function dayStartOf(db: Kysely<DB>, userId: string): Promise<string> {
  const row = await db.selectFrom("user_settings").select("day_start").where("user_id", "=", userId).executeTakeFirst();
  return row?.day_start ?? DEFAULT_DAY_START;
}

export async function keepSettings(
  transaction: Transaction<DB>,
  userId: string,
  settings: { readonly timeZone: string; readonly dayStart: string },
): Promise<void> {
  const values = { time_zone: settings.timeZone, day_start: settings.dayStart };
  await transaction
    .insertInto("user_settings")
    .values({ user_id: userId, ...values })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet(values))
    .execute();
}

/** After the tombstone is set: nothing of the user can be written any more. Events not yet published go too. */
export async function deleteEverything(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["reminders", "tasks", "counters", "user_settings", "idempotency", "outbox"] as const) {
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
