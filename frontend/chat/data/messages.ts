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

/** A paragraph, a card, or a note: one thing that an answer shows, in its order. */
export type Block =
  | { readonly kind: "text"; readonly key: string; readonly text: string }
  | { readonly kind: "tool"; readonly key: string; readonly part: ToolPart }
  /** Calls that are decided together. */
  | { readonly kind: "approval"; readonly key: string; readonly id: string; readonly parts: readonly ToolPart[] }
  | { readonly kind: "notice"; readonly key: string; readonly notice: Notice };

/** Whether a call still waits for its decision, or for what comes of it. */
const isUndecided = ({ state }: ToolPart): boolean => state === "approval-requested" || state === "approval-responded";

/** @param parts of one answer */
export function blocksOf(parts: readonly Part[]): readonly Block[] {
  const blocks: Block[] = [];
  const asked = new Set<string>();
  for (const [index, part] of parts.entries()) {
    if (part.type === "text") {
      if (part.text.trim() !== "") blocks.push({ kind: "text", key: `text ${index}`, text: part.text });
    } else if (part.type === "data-notice") {
      blocks.push({ kind: "notice", key: `notice ${index}`, notice: part.data });
    } else if (isTool(part)) {
      const id = approvalIdOf(part);
      if (id === undefined || !isUndecided(part)) {
        blocks.push({ kind: "tool", key: part.toolCallId, part });
      } else if (!asked.has(id)) {
        asked.add(id);
        const together = parts.filter(isTool).filter((other) => approvalIdOf(other) === id && isUndecided(other));
        blocks.push({ kind: "approval", key: id, id, parts: together });
      }
    }
  }
  return blocks;
}
