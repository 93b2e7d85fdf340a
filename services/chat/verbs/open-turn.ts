/** Begins a turn: the conversation, its one turn at a time, the day's budget, the message, and the place of the answer. */
import type { Transaction } from "kysely";
import { type ChatTurn, MAX_MESSAGE_CHARACTERS } from "#contracts/http/chat";
import { later } from "#kit/database/frugal-pool";
import { AppError, notFound } from "#kit/errors";
import { guardUser } from "#kit/tombstones";
import type { TextPart } from "../answer/parts.ts";
import type { Chat } from "../chat.ts";
import { claimTurn, insertConversation } from "../data/conversations.ts";
import { insertMessage, messagesOf, truncateFrom } from "../data/messages.ts";
import type { ConversationRow, DB, MessageRow } from "../data/tables.ts";
import { takeTurn } from "../data/usage.ts";
import { type Happened, record } from "../events/record.ts";
import { OFFLINE } from "../offline/model.ts";
import { titleFrom } from "./title.ts";

export interface OpenTurn {
  readonly conversationId: string;
  readonly userId: string;
  readonly turnId: string;
  readonly answerId: string;
  readonly model: string;
  readonly createdAt: Date;
  /** Given now, from the first message. */
  readonly title: string | undefined;
}

/** @throws AppError `unprocessable` for a message that says nothing, or more than can be read */
export function messageParts(turn: ChatTurn): TextPart[] {
  const parts = (turn.message?.parts ?? []).map(({ text }): TextPart => ({ type: "text", text }));
  const length = parts.reduce((sum, { text }) => sum + text.length, 0);
  if (length > MAX_MESSAGE_CHARACTERS) {
    throw new AppError(
      "unprocessable",
      `The message has ${length} characters; at most ${MAX_MESSAGE_CHARACTERS} can be read: shorten it`,
    );
  }
  if (parts.every(({ text }) => text.trim() === "")) throw new AppError("unprocessable", "The message says nothing");
  if (parts.some(({ text }) => text.includes("\0") || !text.isWellFormed())) {
    throw new AppError("unprocessable", "The message holds a character that cannot be stored");
  }
  return parts;
}

export function openTurn(chat: Chat, userId: string, turn: ChatTurn): Promise<OpenTurn> {
  const { context, languageModel, limits } = chat;
  const parts = turn.trigger === "submit-message" ? messageParts(turn) : undefined;
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const now = context.clock.now();
    const events: Happened[] = [];
    const conversation = await conversationOf(chat, transaction, userId, turn.conversationId, events);
    const { id: conversationId } = conversation;
    const turnId = context.ids.next();
    await claimTurn(transaction, conversationId, turnId, now);
    await takeTurn(transaction, userId, now, limits);
    await makeRoom(transaction, conversationId, turn);
    if (parts) {
      const id = turn.messageId ?? turn.message?.id ?? context.ids.next();
      const message = { conversationId, userId, id, role: "user", parts, status: null, model: null, now } as const;
      await insertMessage(transaction, message);
      events.push({ type: "dev.todo.chat.message_sent.v1", data: { messageId: id, role: "user" } });
    }
    const model = languageModel?.name ?? OFFLINE;
    const answerId = context.ids.next();
    const answer = { conversationId, userId, id: answerId, role: "assistant", parts: [], model, now } as const;
    await insertMessage(transaction, { ...answer, status: "streaming" });
    const title = conversation.title === null && parts ? titleFrom(parts[0]?.text ?? "") : undefined;
    if (title !== undefined) {
      await later(
        transaction,
        transaction.updateTable("conversations").set({ title }).where("id", "=", conversationId),
      );
    }
    await record(context, transaction, { conversationId, userId }, events);
    return { conversationId, userId, turnId, answerId, model, createdAt: now, title };
  });
}

async function conversationOf(
  { context }: Chat,
  transaction: Transaction<DB>,
  userId: string,
  wanted: string | undefined,
  events: Happened[],
): Promise<ConversationRow> {
  const id = wanted ?? context.ids.next();
  const created = await insertConversation(transaction, { id, userId, title: null, now: context.clock.now() });
  if (created) {
    events.push({ type: "dev.todo.chat.conversation_started.v1", data: {} });
    return created;
  }
  const found = await transaction
    .selectFrom("conversations")
    .selectAll()
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (!found) throw notFound("such conversation");
  return found;
}

/** Takes away what an edit or a new answer replaces. */
async function makeRoom(transaction: Transaction<DB>, conversationId: string, turn: ChatTurn): Promise<void> {
  const { trigger, messageId, message } = turn;
  if (trigger === "regenerate-message") {
    const answered = await answerToReplace(transaction, conversationId, messageId);
    await truncateFrom(transaction, conversationId, answered.position + (answered.role === "user" ? 1 : 0));
    const last = await messagesOf(transaction, conversationId).orderBy("position", "desc").limit(1).executeTakeFirst();
    if (last?.role !== "user") throw new AppError("unprocessable", "There is no message to answer");
    return;
  }
  if (messageId !== undefined) {
    const edited = await messagesOf(transaction, conversationId).where("id", "=", messageId).executeTakeFirst();
    if (!edited) throw notFound("such message");
    if (edited.role !== "user") throw new AppError("unprocessable", "Only your own messages can be edited");
    await truncateFrom(transaction, conversationId, edited.position);
    return;
  }
  if (message?.id === undefined) return;
  const known = await messagesOf(transaction, conversationId).where("id", "=", message.id).executeTakeFirst();
  if (known) throw new AppError("conflict", "This message was sent already: read the conversation for its answer");
}

async function answerToReplace(
  transaction: Transaction<DB>,
  conversationId: string,
  messageId: string | undefined,
): Promise<MessageRow> {
  const messages = messagesOf(transaction, conversationId);
  const found = await (messageId === undefined
    ? messages.orderBy("position", "desc").limit(1)
    : messages.where("id", "=", messageId)
  ).executeTakeFirst();
  if (!found)
    throw messageId === undefined
      ? new AppError("unprocessable", "There is no message to answer")
      : notFound("such message");
  return found;
}
