/** The way of messages to the service and of answers back: the AI SDK's own, with our requests in it. */
import { DefaultChatTransport, type UIMessageChunk } from "ai";
import type { ChatTurn } from "#contracts/http/chat";
import { API, request } from "@/api/client";
import { NetworkError } from "@/api/problem";
import type { ChatMessage } from "./messages.ts";

/** With which an approval is decided: given along as `metadata` of a request. */
export interface Decision {
  readonly approvalId: string;
  readonly decision: "approve" | "reject";
}

export const isDecision = (value: unknown): value is Decision =>
  typeof value === "object" && value !== null && "approvalId" in value;

export interface TransportProps {
  /** How a message is to be sent that the service may not have yet; then it is, also where only a new answer is wanted. */
  readonly unsent: (messageId: string) => "new" | "edit" | undefined;
  /** The service took it, and its answer begins. */
  readonly onAccepted: () => void;
}

export class ProductTransport extends DefaultChatTransport<ChatMessage> {
  constructor({ unsent, onAccepted }: TransportProps) {
    super({
      fetch: async (input, init) => {
        const response = await request(input, init);
        onAccepted();
        return response;
      },
      prepareSendMessagesRequest: ({ id, messages, trigger, messageId, requestMetadata }) => {
        if (isDecision(requestMetadata)) {
          const { approvalId, decision } = requestMetadata;
          return { api: `${API}/v1/approvals/${encodeURIComponent(approvalId)}`, body: { decision } };
        }
        return { api: `${API}/v1/chat`, body: turnOf(id, messages, trigger, messageId, unsent) };
      },
    });
  }

  protected override processResponseStream(stream: ReadableStream<Uint8Array<ArrayBufferLike>>) {
    return super.processResponseStream(stream).pipeThrough(untilItsEnd());
  }
}

function turnOf(
  conversationId: string,
  messages: readonly ChatMessage[],
  trigger: ChatTurn["trigger"],
  messageId: string | undefined,
  unsent: TransportProps["unsent"],
): ChatTurn {
  const last = messages.at(-1);
  const how = last?.role === "user" ? unsent(last.id) : undefined;
  if (!last || (how === undefined && trigger === "regenerate-message")) {
    return { conversationId, trigger: "regenerate-message", ...(messageId ? { messageId } : {}) };
  }
  const parts = last.parts.flatMap((part) => (part.type === "text" ? [{ type: part.type, text: part.text }] : []));
  return {
    conversationId,
    trigger: "submit-message",
    message: { id: last.id, role: "user", parts },
    ...(how === "edit" ? { messageId: last.id } : {}),
  };
}

/**
 * What went wrong in an answer is a notice in it, and kept with it: the chunk that says it again is left out. An answer without
 * its end was cut: nobody may take it for whole.
 */
export function untilItsEnd(): TransformStream<UIMessageChunk, UIMessageChunk> {
  let ended = false;
  return new TransformStream({
    transform(chunk, controller) {
      if (chunk.type === "error") return;
      if (chunk.type === "finish" || chunk.type === "abort") ended = true;
      controller.enqueue(chunk);
    },
    flush() {
      if (!ended) throw new NetworkError();
    },
  });
}
