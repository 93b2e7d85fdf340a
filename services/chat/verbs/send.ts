import type { ChatTurn, MessageMetadata } from "#contracts/http/chat";
import type { UserPrincipal } from "#kit/auth/principal";
import { sleep } from "#kit/sleep";
import { Answer } from "../answer/answer.ts";
import { eventStream } from "../answer/event-stream.ts";
import type { Chat } from "../chat.ts";
import { TurnUnderWayError } from "../data/conversations.ts";
import { writeAnswer } from "./answer.ts";
import { type OpenTurn, openTurn } from "./open-turn.ts";

export interface Sending {
  readonly principal: UserPrincipal;
  readonly turn: ChatTurn;
  /** For tasks, without an approval. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** @returns the answer as it is written, once the message is kept */
export async function send(
  chat: Chat,
  { principal, turn, token, signal }: Sending,
): Promise<ReadableStream<Uint8Array>> {
  const opened = await openWhenFree(() => openTurn(chat, principal.userId, turn), signal);
  const { conversationId, userId, turnId, answerId } = opened;
  return eventStream(signal, async (emit, gone) => {
    const answer = new Answer({ id: answerId, metadata: metadataOf(opened) }, emit);
    if (opened.title !== undefined) {
      emit({ type: "data-conversation", data: { id: conversationId, title: opened.title }, transient: true });
    }
    const reader = { now: chat.context.clock.now(), timeZone: principal.timeZone };
    const place = { conversationId, userId, turnId };
    await tracked(chat, writeAnswer(chat, { place, answer, reader, token, signal: gone }));
  });
}

const metadataOf = ({ conversationId, createdAt, model }: OpenTurn): MessageMetadata => ({
  conversationId,
  createdAt: createdAt.toISOString(),
  model,
});

const PATIENCE_MS = 2_000;

/** Whoever stops an answer and goes on at once is quicker than the stopped answer is kept. */
export async function openWhenFree<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof TurnUnderWayError) || performance.now() > deadline || signal.aborted) throw error;
      await sleep(50, signal);
    }
  }
}

/** The service ends after the answers that it has begun. */
export async function tracked(chat: Chat, answering: Promise<void>): Promise<void> {
  chat.underWay.add(answering);
  try {
    await answering;
  } finally {
    chat.underWay.delete(answering);
  }
}
