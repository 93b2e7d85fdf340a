import type { Kysely, Transaction } from "kysely";
import type { DB } from "./tables.ts";

const DAY_MS = 86_400_000;

/** How long what is over is kept. Reminders: longer than their events can come back from retention and dead letters. */
const kept = { reminders: 60 * DAY_MS, notifications: 90 * DAY_MS, deliveries: 30 * DAY_MS } as const;

/** Everything of a user's, events not yet published too. Counts of codes go: the account that they hold back is gone. */
export async function deleteEverything(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["reminders", "notifications", "channels", "codes", "deliveries", "outbox"] as const)
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
}

/** @returns how many rows were old enough to go */
export async function forgetOld(db: Kysely<DB>, now: Date): Promise<number> {
  const before = (name: keyof typeof kept): Date => new Date(now.getTime() - kept[name]);
  const results = await Promise.all([
    db
      .deleteFrom("reminders")
      .where("state", "!=", "scheduled")
      .where("fire_at", "<", before("reminders"))
      .executeTakeFirst(),
    db.deleteFrom("notifications").where("sent_at", "<", before("notifications")).executeTakeFirst(),
    db
      .deleteFrom("deliveries")
      .where("status", "!=", "pending")
      .where("created_at", "<", before("deliveries"))
      .executeTakeFirst(),
  ]);
  return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
}
