/** Messages as the service keeps them and `useChat` holds them. */
import type { DynamicToolUIPart, UIMessage } from "ai";
import type { ApprovalDescriptor, MessageMetadata, Notice, ToolOutput } from "#contracts/http/chat";

export type ChatMessage = UIMessage<MessageMetadata, { readonly notice: Notice; readonly conversation: object }>;

export type ChatPart = ChatMessage["parts"][number];

export type ToolPart = DynamicToolUIPart;

export const textOf = ({ parts }: ChatMessage): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("");

/** What a card shows; undefined where a tool answered something else. */
export function outputOf({ output }: { readonly output?: unknown }): ToolOutput | undefined {
  const known = output as Partial<ToolOutput> | undefined;
  return typeof known?.summary === "string" && Array.isArray(known.undo) ? (known as ToolOutput) : undefined;
}

export interface AskedApproval {
  readonly id: string;
  readonly descriptor: ApprovalDescriptor | undefined;
}

export function approvalOf(part: ToolPart): AskedApproval | undefined {
  const approval = part.approval as { readonly id: string; readonly descriptor?: ApprovalDescriptor } | undefined;
  return approval && { id: approval.id, descriptor: approval.descriptor };
}

/** The decision that the last message holds and nobody was told yet. */
export function decisionIn(
  message: ChatMessage | undefined,
): { readonly id: string; readonly approved: boolean } | undefined {
  for (const part of message?.role === "assistant" ? message.parts : []) {
    if (part.type === "dynamic-tool" && part.state === "approval-responded")
      return { id: part.approval.id, approved: part.approval.approved };
  }
  return undefined;
}
