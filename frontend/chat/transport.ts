/** How `useChat` talks to the service: a turn, an answer given anew, or the decision that an answer waits for. */
import { DefaultChatTransport } from "ai";
import { API, request } from "@/api/client";
import { type ChatMessage, decisionIn, textOf } from "./message-types.ts";

const TURN = `${API}/v1/chat`;

export const transport = new DefaultChatTransport<ChatMessage>({
  api: TURN,
  fetch: request,
  prepareSendMessagesRequest: ({ id: conversationId, messages, trigger, messageId, body }) => {
    const last = messages.at(-1);
    const decision = trigger === "submit-message" ? decisionIn(last) : undefined;
    if (decision) {
      const api = `${API}/v1/approvals/${decision.id}`;
      return { api, body: { decision: decision.approved ? "approve" : "reject" } };
    }
    if (trigger === "regenerate-message" || last?.role !== "user") {
      return { body: { conversationId, trigger: "regenerate-message", ...(messageId ? { messageId } : {}) } };
    }
    const message = { id: last.id, role: "user", parts: [{ type: "text", text: textOf(last) }] };
    // A message that is sent again is the same one by its id; one that replaces another names it.
    const replaces = messageId !== undefined && body?.again !== true;
    return { body: { conversationId, message, ...(replaces ? { messageId } : {}) } };
  },
});
