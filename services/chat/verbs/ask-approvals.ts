/** Asks for the user's word: one approval for each deletion or change by filter, one for several single changes of a kind. */
import type { Transaction } from "kysely";
import { needOf } from "../agent/approval-policy.ts";
import { joined } from "../agent/preview.ts";
import type { Turn } from "../agent/turn.ts";
import type { Chat } from "../chat.ts";
import { expiryOf, insertApproval, type NewApproval } from "../data/approvals.ts";
import type { DB } from "../data/tables.ts";
import type { Happened } from "../events/record.ts";
import type { Place } from "./keep.ts";

export interface Asked {
  /** The questions in words, for who reads no cards. */
  readonly words: string;
  readonly events: readonly Happened[];
  readonly insert: (transaction: Transaction<DB>) => Promise<void>;
}

export function askApprovals({ context }: Chat, place: Place, turn: Turn, callIds: readonly string[]): Asked {
  const now = context.clock.now();
  const expiresAt = expiryOf(now).toISOString();
  const approvals: NewApproval[] = [];
  const events: Happened[] = [];
  for (const group of grouped(turn, callIds)) {
    const previews = group.map(({ toolCallId }) => turn.previewFor(toolCallId));
    const descriptor = joined(group[0]?.toolName ?? "", previews);
    const id = context.ids.next();
    const calls = group.map(({ toolCallId, toolName }) => ({
      toolCallId,
      tool: toolName,
      input: turn.previewFor(toolCallId).input,
    }));
    approvals.push({
      id,
      user_id: place.userId,
      conversation_id: place.conversationId,
      message_id: turn.answer.id,
      calls,
      descriptor,
    });
    for (const { toolCallId, tool } of calls) {
      turn.answer.approvalAsked(toolCallId, id, { ...descriptor, expiresAt });
      const data = { tool, callId: toolCallId, approvalId: id, expiresAt };
      events.push({ type: "dev.todo.chat.approval_asked.v1", data });
    }
  }
  const questions = approvals.map(({ descriptor }) => `${descriptor.summary}? That waits for your approval.`);
  return {
    words: questions.join("\n"),
    events,
    insert: async (transaction) => {
      for (const approval of approvals) await insertApproval(transaction, approval, now);
    },
  };
}

/** A token that was minted for an approval does one thing at tasks: what needs one stands alone. */
function grouped({ answer, tools }: Turn, callIds: readonly string[]) {
  const calls = answer.tools().filter(({ toolCallId }) => callIds.includes(toolCallId));
  const groups = new Map<string, (typeof calls)[number][]>();
  for (const call of calls) {
    const definition = tools.find(({ name }) => name === call.toolName);
    const alone = !definition || needOf(definition) === "always";
    const key = alone ? call.toolCallId : call.toolName;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()];
}
