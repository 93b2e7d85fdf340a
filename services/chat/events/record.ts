/** Events of conversations: what happened, never what was said. */
import type { Transaction } from "kysely";
import type { chatEvents } from "#contracts/events/chat-events";
import type { EventOf } from "#contracts/events/define";
import type { ChatContext } from "../context.ts";
import { nextVersions } from "../data/conversations.ts";
import type { DB } from "../data/tables.ts";

type ChatEvent = EventOf<typeof chatEvents>;

/** An event without the conversation, which all of them name. */
export type Happened = {
  [T in ChatEvent["type"]]: {
    readonly type: T;
    readonly data: Omit<Extract<ChatEvent, { readonly type: T }>["data"], "conversationId">;
  };
}[ChatEvent["type"]];

export interface Where {
  readonly conversationId: string;
  readonly userId: string;
}

/** In the transaction that makes them true, which has the conversation's row locked. */
export async function record(
  { handle }: Pick<ChatContext, "handle">,
  transaction: Transaction<DB>,
  { conversationId, userId }: Where,
  events: readonly Happened[],
): Promise<void> {
  if (events.length === 0) return;
  const first = await nextVersions(transaction, conversationId, events.length);
  const numbered = events.map(({ type, data }, index) => {
    const about = { userId, aggregateVersion: first + index };
    return { ...about, type, data: { conversationId, ...data } } as Parameters<ChatContext["handle"]["publish"]>[2];
  });
  await handle.publish(transaction, "chat-events", ...numbered);
}
