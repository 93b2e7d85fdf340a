/** Messages and approvals as their readers see them. */
import type { MessageMetadata, PendingApproval } from "#contracts/http/chat";
import type { ChatContext } from "../context.ts";
import { pendingApprovals } from "../data/approvals.ts";
import { findConversation, visible } from "../data/conversations.ts";
import { messagesOf } from "../data/messages.ts";
import type { ApprovalRow, MessageRow } from "../data/tables.ts";
import { viewOf } from "./conversations.ts";

export async function listMessages({ db, clock }: ChatContext, userId: string, conversationId: string) {
  const { turn_until } = await findConversation(db, userId, conversationId);
  const isUnderWay = turn_until !== null && turn_until > clock.now();
  const rows = await messagesOf(db, conversationId).orderBy("position").execute();
  return rows.map((row) => messageView(row, isUnderWay));
}

/** @param isUnderWay whether anybody still writes: else a message that was being written has stopped */
function messageView(row: MessageRow, isUnderWay: boolean) {
  const status = row.status === "streaming" && !isUnderWay ? "stopped" : row.status;
  const metadata: MessageMetadata = {
    conversationId: row.conversation_id,
    createdAt: row.created_at.toISOString(),
    ...(status === null ? {} : { status }),
    ...(row.model === null ? {} : { model: row.model }),
  };
  return { id: row.id, role: row.role, metadata, parts: row.parts.map((part) => ({ ...part })) };
}

const approvalView = (row: ApprovalRow): PendingApproval => ({
  id: row.id,
  conversationId: row.conversation_id,
  messageId: row.message_id,
  calls: row.calls.map((call) => ({ ...call, input: { ...call.input } })),
  ...row.descriptor,
  expiresAt: row.expires_at.toISOString(),
  createdAt: row.created_at.toISOString(),
});

export async function listApprovals({ db, clock }: ChatContext, userId: string): Promise<PendingApproval[]> {
  const rows = await pendingApprovals(db, userId, clock.now()).execute();
  return rows.map(approvalView);
}

/** A conversation a line, with its messages; read one at a time, so that any number of them fits. */
export function exportConversations(context: ChatContext, userId: string): ReadableStream<Uint8Array> {
  const lines = exportLines(context, userId);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    cancel: async () => {
      await lines.return(undefined);
    },
  });
}

async function* exportLines(context: ChatContext, userId: string): AsyncGenerator<object, undefined> {
  const ids = await visible(context.db, userId)
    .clearSelect()
    .select("id")
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  for (const { id } of ids) {
    const row = await visible(context.db, userId).where("id", "=", id).executeTakeFirst();
    if (row) yield { kind: "conversation", ...viewOf(row), messages: await listMessages(context, userId, id) };
  }
}
