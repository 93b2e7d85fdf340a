import type { MessageMetadata } from "#contracts/http/chat";
import type { UserPrincipal } from "#kit/auth/principal";
import { notFound } from "#kit/errors";
import { guardUser } from "#kit/tombstones";
import { needOf } from "../agent/approval-policy.ts";
import type { Turn } from "../agent/turn.ts";
import { Answer } from "../answer/answer.ts";
import { eventStream } from "../answer/event-stream.ts";
import type { Chat } from "../chat.ts";
import { finishApproval, stillWaits, takeApproval } from "../data/approvals.ts";
import { claimTurn } from "../data/conversations.ts";
import { messagesOf } from "../data/messages.ts";
import type { ApprovalRow, MessageRow } from "../data/tables.ts";
import { type Happened, record } from "../events/record.ts";
import { writeAnswer } from "./answer.ts";
import { keep, type Place } from "./keep.ts";
import { openWhenFree, tracked } from "./send.ts";

export interface Deciding {
  readonly principal: UserPrincipal;
  readonly approvalId: string;
  /** The token minted for this approval; undefined: it is refused. */
  readonly approvalToken: string | undefined;
  /** For tasks, without an approval. */
  readonly token: string;
  readonly signal: AbortSignal;
}

interface Taken {
  readonly approval: ApprovalRow;
  readonly message: MessageRow;
  readonly place: Place;
  /** Whether the conversation went on meanwhile: then the model says nothing more to it. */
  readonly overtaken: boolean;
}

/** @returns how the answer that asked goes on, once the decision is taken and kept */
export async function decideApproval(chat: Chat, deciding: Deciding): Promise<ReadableStream<Uint8Array>> {
  const { principal, token, signal } = deciding;
  const { approval, message, place, overtaken } = await openWhenFree(() => take(chat, deciding), signal);
  return eventStream(signal, async (emit, gone) => {
    const metadata: MessageMetadata = {
      conversationId: place.conversationId,
      createdAt: message.created_at.toISOString(),
      ...(message.model === null ? {} : { model: message.model }),
    };
    const answer = new Answer({ id: message.id, metadata, parts: message.parts }, emit);
    const reader = { now: chat.context.clock.now(), timeZone: principal.timeZone };
    const writing = writeAnswer(chat, { place, answer, reader, token, signal: gone }, async (turn) => {
      await carryOut(chat, deciding, approval, turn, place);
      return !overtaken && !(await waits(chat, approval));
    });
    await tracked(chat, writing);
  });
}

/** The decision, the conversation's turn and the event become true together, or not at all. */
function take({ context }: Chat, { principal, approvalId, approvalToken }: Deciding): Promise<Taken> {
  const { userId } = principal;
  const approve = approvalToken !== undefined;
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const now = context.clock.now();
    const approval = await takeApproval(transaction, { id: approvalId, userId, approve, now });
    const conversationId = approval.conversation_id;
    const turnId = context.ids.next();
    await claimTurn(transaction, conversationId, turnId, now);
    const messages = messagesOf(transaction, conversationId);
    const message = await messages.where("id", "=", approval.message_id).executeTakeFirst();
    if (!message) throw notFound("such approval");
    const later = await messages.where("position", ">", message.position).limit(1).executeTakeFirst();
    const type = approve ? "dev.todo.chat.approval_given.v1" : "dev.todo.chat.approval_refused.v1";
    const events = approval.calls.map(
      ({ tool, toolCallId }): Happened => ({ type, data: { tool, callId: toolCallId, approvalId } }),
    );
    await record(context, transaction, { conversationId, userId }, events);
    return { approval, message, place: { conversationId, userId, turnId }, overtaken: later !== undefined };
  });
}

/** Exactly what was shown, from the approval's own row: nothing that a model says later changes it. */
async function carryOut(
  chat: Chat,
  { approvalToken, token }: Deciding,
  approval: ApprovalRow,
  turn: Turn,
  place: Place,
): Promise<void> {
  const { answer, tools } = turn;
  answer.approvalAnswered(approval.id, approvalToken !== undefined);
  for (const [index, { toolCallId, tool, input }] of approval.calls.entries()) {
    if (approvalToken === undefined) {
      answer.toolDenied(toolCallId);
      continue;
    }
    const definition = tools.find(({ name }) => name === tool);
    const alone = !definition || needOf(definition) === "always";
    await turn.carryOut(toolCallId, input, {
      token: alone ? approvalToken : token,
      idempotencyKey: alone ? approval.id : `${approval.id}.${index}`,
    });
  }
  await keep(chat, place, answer, {
    end: false,
    also: (transaction) => finishApproval(transaction, approval.id, chat.context.clock.now()),
  });
}

const waits = ({ context }: Chat, { conversation_id, message_id }: ApprovalRow): Promise<boolean> =>
  stillWaits(context.db, conversation_id, message_id, context.clock.now());
