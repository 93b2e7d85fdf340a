import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import type { Part } from "../answer/parts.ts";
import type { DB, MessageRow } from "./tables.ts";

export const messagesOf = (db: Kysely<DB>, conversationId: string) =>
  db.selectFrom("messages").selectAll().where("conversation_id", "=", conversationId);

/** The newest messages, oldest first. */
export async function latestMessages(db: Kysely<DB>, conversationId: string, limit: number): Promise<MessageRow[]> {
  const rows = await messagesOf(db, conversationId).orderBy("position", "desc").limit(limit).execute();
  return rows.reverse();
}

export interface NewMessage extends Pick<MessageRow, "id" | "role" | "status" | "model"> {
  readonly conversationId: string;
  readonly userId: string;
  readonly parts: readonly Part[];
  readonly now: Date;
}

/** Appends; the conversation's row is locked by the turn that was claimed. */
export async function insertMessage(transaction: Transaction<DB>, message: NewMessage): Promise<void> {
  const { conversationId, userId, parts, now, ...rest } = message;
  const row = transaction.insertInto("messages").values({
    ...rest,
    conversation_id: conversationId,
    user_id: userId,
    parts: JSON.stringify(parts),
    created_at: now,
    position: sql<number>`(select coalesce(max(position), 0) + 1 from messages where conversation_id = ${conversationId})`,
  });
  await later(transaction, row);
}

/** Removes messages, and with them the approvals that they ask for. @param from position of the first to go */
export async function truncateFrom(transaction: Transaction<DB>, conversationId: string, from: number): Promise<void> {
  await transaction
    .deleteFrom("messages")
    .where("conversation_id", "=", conversationId)
    .where("position", ">=", from)
    .execute();
}
