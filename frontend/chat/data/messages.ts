/** Messages as the service keeps and streams them, and what screens ask of them. */
import type { DynamicToolUIPart, UIMessage } from "ai";
import type { ApprovalDescriptor, MessageMetadata, Notice, ToolOutput } from "#contracts/http/chat";

export type ChatMessage = UIMessage<MessageMetadata, { notice: Notice; conversation: { id: string; title: string } }>;
export type Part = ChatMessage["parts"][number];
export type ToolPart = DynamicToolUIPart;

export const isTool = (part: Part): part is ToolPart => part.type === "dynamic-tool";

export const textOf = ({ parts }: Pick<ChatMessage, "parts">): string =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");

/** What the tool answered; undefined while there is no answer. */
export const outputOf = (part: ToolPart): ToolOutput | undefined =>
  part.state === "output-available" ? (part.output as ToolOutput) : undefined;

export const approvalIdOf = (part: ToolPart): string | undefined => part.approval?.id;

export const descriptorOf = (part: ToolPart): ApprovalDescriptor | undefined =>
  part.approval?.descriptor as ApprovalDescriptor | undefined;

/** Whether an answer says why it ended early, so that nothing else has to. */
export const saysWhy = ({ parts }: ChatMessage): boolean => parts.some((part) => part.type === "data-notice");
