/** Parts of a kept message: those of the AI SDK's `UIMessage` that this service writes. */
import type { ApprovalDescriptor, Notice, ToolOutput } from "#contracts/http/chat";

export interface TextPart {
  readonly type: "text";
  text: string;
  state?: "streaming" | "done";
}

export interface StepStartPart {
  readonly type: "step-start";
}

export interface NoticePart {
  readonly type: "data-notice";
  readonly data: Notice;
}

export interface PartApproval {
  readonly id: string;
  readonly descriptor?: ApprovalDescriptor;
  approved?: boolean;
}

export type ToolState =
  | "input-available"
  | "approval-requested"
  | "approval-responded"
  | "output-available"
  | "output-error"
  | "output-denied";

export interface ToolPart {
  readonly type: "dynamic-tool";
  readonly toolName: string;
  readonly toolCallId: string;
  readonly title?: string;
  state: ToolState;
  readonly input: unknown;
  output?: ToolOutput;
  errorText?: string;
  approval?: PartApproval;
}

export type Part = TextPart | StepStartPart | NoticePart | ToolPart;

export const isTool = (part: Part): part is ToolPart => part.type === "dynamic-tool";

export const textOf = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
