/** Keeps an answer as far as it is written, with what happened in it. */
import type { Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import type { Answer } from "../answer/answer.ts";
import type { Chat } from "../chat.ts";
import { holdTurn } from "../data/conversations.ts";
import type { DB } from "../data/tables.ts";
import { type Happened, record } from "../events/record.ts";

export interface Place {
  readonly conversationId: string;
  readonly userId: string;
  /** Of this answering: an answer goes on under another after an approval. */
  readonly turnId: string;
}

export interface Keeping {
  /** The turn ends with it. */
  readonly end: boolean;
  readonly events?: readonly Happened[];
  /** What else becomes true in the same transaction. */
  readonly also?: (transaction: Transaction<DB>) => Promise<void>;
}

/** @returns false when the conversation is gone, or another turn has taken over: then nothing is kept */
export function keep({ context }: Chat, place: Place, answer: Answer, keeping: Keeping): Promise<boolean> {
  return context.transaction(async (transaction) => {
    const { conversationId, turnId } = place;
    const now = context.clock.now();
    if (!(await holdTurn(transaction, conversationId, turnId, now, keeping))) return false;
    const written = { parts: JSON.stringify(answer.parts), status: answer.status };
    const message = transaction.updateTable("messages").where("id", "=", answer.id);
    await later(transaction, message.where("conversation_id", "=", conversationId).set(written));
    await keeping.also?.(transaction);
    await record(context, transaction, place, keeping.events ?? []);
    return true;
  });
}
