import type { Transaction } from "kysely";
import { eraseUser } from "#kit/tombstones";
import type { DB } from "../data/tables.ts";

/** Messages and approvals go with their conversation. */
export async function userDeleted(transaction: Transaction<DB>, userId: string, deletedAt: Date): Promise<void> {
  await eraseUser(transaction, userId, deletedAt);
  await transaction.deleteFrom("conversations").where("user_id", "=", userId).execute();
  await transaction.deleteFrom("usage").where("user_id", "=", userId).execute();
}
