import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import { AppError, notFound } from "#kit/errors";
import type { ConversationRow, DB } from "./tables.ts";

/** Longer than any answer goes without being kept once. */
export const TURN_LEASE_MS = 180_000;

export const visible = (db: Kysely<DB>, userId: string) =>
  db.selectFrom("conversations").selectAll().where("user_id", "=", userId).where("deleted_at", "is", null);

/** @throws AppError `not-found`, for another user's too */
export async function findConversation(db: Kysely<DB>, userId: string, id: string): Promise<ConversationRow> {
  const row = await visible(db, userId).where("id", "=", id).executeTakeFirst();
  if (!row) throw notFound("such conversation");
  return row;
}

export interface NewConversation {
  readonly id: string;
  readonly userId: string;
  readonly title: string | null;
  readonly now: Date;
}

/** @returns undefined when the id is taken, by whomever */
export function insertConversation(
  transaction: Transaction<DB>,
  { id, userId, title, now }: NewConversation,
): Promise<ConversationRow | undefined> {
  return transaction
    .insertInto("conversations")
    .values({
      id,
      user_id: userId,
      title,
      version: 0,
      created_at: now,
      updated_at: now,
      deleted_at: null,
      turn_id: null,
      turn_until: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Begins the one answer that a conversation can have under way. @throws AppError `conflict` while there is another */
export async function claimTurn(transaction: Transaction<DB>, id: string, turnId: string, now: Date): Promise<void> {
  const claimed = await transaction
    .updateTable("conversations")
    .set({ turn_id: turnId, turn_until: new Date(now.getTime() + TURN_LEASE_MS), updated_at: now })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("turn_id", "is", null), eb("turn_until", "<", now)]))
    .returning("id")
    .executeTakeFirst();
  if (!claimed) throw new TurnUnderWayError();
  // What a process that died was writing.
  const stopped = transaction.updateTable("messages").set({ status: "stopped" });
  await later(transaction, stopped.where("conversation_id", "=", id).where("status", "=", "streaming"));
}

export class TurnUnderWayError extends AppError {
  override readonly name = "TurnUnderWayError";

  constructor() {
    super("conflict", "The assistant is still answering in this conversation: stop it, or wait");
  }
}

/** @returns false when the turn is not this one's any more: it was deleted, erased, or taken over */
export async function holdTurn(
  transaction: Transaction<DB>,
  id: string,
  turnId: string,
  now: Date,
  options: { readonly end: boolean },
): Promise<boolean> {
  const held = await transaction
    .updateTable("conversations")
    .set({
      turn_id: options.end ? null : turnId,
      turn_until: options.end ? null : new Date(now.getTime() + TURN_LEASE_MS),
      updated_at: now,
    })
    .where("id", "=", id)
    .where("turn_id", "=", turnId)
    .where("deleted_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return held !== undefined;
}

/** Numbers the next events of a conversation. @returns the first of the numbers */
export async function nextVersions(transaction: Transaction<DB>, id: string, count: number): Promise<number> {
  const { version } = await transaction
    .updateTable("conversations")
    .set({ version: sql`version + ${count}` })
    .where("id", "=", id)
    .returning("version")
    .executeTakeFirstOrThrow();
  return version - count + 1;
}
