/** Reading, naming and deleting conversations. */

import type { Conversation } from "#contracts/http/chat";
import { AppError, notFound } from "#kit/errors";
import { guardUser } from "#kit/tombstones";
import type { ChatContext } from "../context.ts";
import { findConversation, insertConversation, visible } from "../data/conversations.ts";
import type { ConversationRow } from "../data/tables.ts";
import { record } from "../events/record.ts";

export const viewOf = ({ id, title, created_at, updated_at }: ConversationRow): Conversation => ({
  id,
  title,
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
});

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function listConversations({ db }: ChatContext, userId: string, { limit, cursor }: PageRequest) {
  let query = visible(db, userId)
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    query = query.where((eb) => eb(eb.refTuple("updated_at", "id"), "<", eb.tuple(at, id)));
  }
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(viewOf), nextCursor: rows.length > limit && last ? cursorOf(last) : null };
}

/** Rows hold milliseconds: the clock of the service gives no more. */
const cursorOf = ({ updated_at, id }: ConversationRow): string =>
  Buffer.from(`${updated_at.toISOString()} ${id}`).toString("base64url");

function readCursor(cursor: string): { at: Date; id: string } {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) {
    throw new AppError("invalid-request", "query.cursor: not a cursor of this list");
  }
  return { at: new Date(at), id };
}

export function createConversation(
  context: ChatContext,
  userId: string,
  { id = context.ids.next(), title }: { readonly id?: string | undefined; readonly title?: string | undefined },
): Promise<ConversationRow> {
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const now = context.clock.now();
    const created = await insertConversation(transaction, { id, userId, title: title ?? null, now });
    // Asking again for what is there is no error; an id of somebody else's is nothing.
    if (!created) return findConversation(transaction, userId, id);
    const started = { type: "dev.todo.chat.conversation_started.v1", data: {} } as const;
    await record(context, transaction, { conversationId: id, userId }, [started]);
    return created;
  });
}

export function renameConversation(context: ChatContext, userId: string, id: string, title: string) {
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const renamed = await transaction
      .updateTable("conversations")
      .set({ title, updated_at: context.clock.now() })
      .where("id", "=", id)
      .where("user_id", "=", userId)
      .where("deleted_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (!renamed) throw notFound("such conversation");
    return renamed;
  });
}

export function deleteConversation(context: ChatContext, userId: string, id: string): Promise<void> {
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const deleted = await transaction
      .updateTable("conversations")
      .set({ title: null, deleted_at: context.clock.now(), turn_id: null, turn_until: null })
      .where("id", "=", id)
      .where("user_id", "=", userId)
      .where("deleted_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (!deleted) throw notFound("such conversation");
    await transaction.deleteFrom("messages").where("conversation_id", "=", id).execute();
  });
}
