/**
 * An answer as it is written: each step goes out as a chunk of the AI SDK's UI message stream and into the parts that are kept,
 * so that the reader's message and the kept one are the same.
 */
import type { UIMessageChunk } from "ai";
import type { AnswerStatus, ApprovalDescriptor, MessageMetadata, Notice, ToolOutput } from "#contracts/http/chat";
import { isTool, type Part, type TextPart, type ToolPart } from "./parts.ts";

export type Emit = (chunk: UIMessageChunk) => void;

export interface AnswerStart {
  readonly id: string;
  readonly metadata: MessageMetadata;
  /** Of a message that goes on. */
  readonly parts?: readonly Part[];
}

export class Answer {
  readonly id: string;
  readonly parts: Part[];
  #metadata: MessageMetadata;
  readonly #send: Emit;
  #held: UIMessageChunk[] | undefined;
  #text: { readonly id: string; readonly part: TextPart } | undefined;
  /** Calls whose approval was asked for in an earlier turn of this message. */
  readonly #asked: ReadonlySet<string>;
  #texts = 0;
  #inStep = false;

  constructor({ id, metadata, parts = [] }: AnswerStart, emit: Emit) {
    this.id = id;
    this.parts = structuredClone([...parts]);
    this.#asked = new Set(this.tools().flatMap((tool) => (tool.approval ? [tool.toolCallId] : [])));
    this.#metadata = { ...metadata, status: "streaming" };
    this.#send = emit;
    this.#emit({ type: "start", messageId: id, messageMetadata: this.#metadata });
  }

  get status(): AnswerStatus {
    return this.#metadata.status ?? "streaming";
  }

  /** From here on nothing goes out, until it is kept: then what was said holds. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const chunk of held) this.#send(chunk);
  }

  /** What was held could not be kept. */
  drop(): void {
    this.#held = undefined;
  }

  /** Its end did not come true: approvals that were asked for with it do not exist. */
  reopen(): void {
    this.#metadata = { ...this.#metadata, status: "streaming" };
    for (const part of this.tools()) {
      if (part.state !== "approval-requested" || this.#asked.has(part.toolCallId)) continue;
      part.state = "input-available";
      delete part.approval;
    }
  }

  tools(): readonly ToolPart[] {
    return this.parts.filter(isTool);
  }

  /** One call of the model. */
  step(): void {
    this.#endStep();
    this.#inStep = true;
    this.#emit({ type: "start-step" });
    this.parts.push({ type: "step-start" });
  }

  text(delta: string): void {
    if (delta === "") return;
    if (!this.#text) {
      const part: TextPart = { type: "text", text: "", state: "streaming" };
      this.#text = { id: `${this.id}-${this.parts.length}-${this.#texts++}`, part };
      this.parts.push(part);
      this.#emit({ type: "text-start", id: this.#text.id });
    }
    this.#text.part.text += delta;
    this.#emit({ type: "text-delta", id: this.#text.id, delta });
  }

  /** Whether this step has words. */
  hasSpoken(): boolean {
    const step = this.parts.findLastIndex(({ type }) => type === "step-start");
    return this.parts.slice(step + 1).some(({ type }) => type === "text");
  }

  endText(): void {
    if (!this.#text) return;
    this.#text.part.state = "done";
    this.#emit({ type: "text-end", id: this.#text.id });
    this.#text = undefined;
  }

  toolCalled(call: Pick<ToolPart, "toolCallId" | "toolName" | "title" | "input">): void {
    this.endText();
    this.parts.push({ type: "dynamic-tool", ...call, state: "input-available" });
    this.#emit({ type: "tool-input-available", ...call, dynamic: true });
  }

  approvalAsked(toolCallId: string, approvalId: string, descriptor: ApprovalDescriptor): void {
    const part = this.#tool(toolCallId);
    part.state = "approval-requested";
    part.approval = { id: approvalId, descriptor };
    this.#emit({ type: "tool-approval-request", toolCallId, approvalId, approvalDescriptor: descriptor });
  }

  approvalAnswered(approvalId: string, approved: boolean): void {
    // A reader finds one part by the id of an approval; its outcome follows for each.
    const part = this.tools().find(({ approval }) => approval?.id === approvalId);
    if (!part?.approval) return;
    part.state = "approval-responded";
    part.approval.approved = approved;
    this.#emit({ type: "tool-approval-response", approvalId, approved });
  }

  toolDone(toolCallId: string, output: ToolOutput): void {
    Object.assign(this.#tool(toolCallId), { state: "output-available", output });
    this.#emit({ type: "tool-output-available", toolCallId, output });
  }

  toolFailed(toolCallId: string, errorText: string): void {
    Object.assign(this.#tool(toolCallId), { state: "output-error", errorText });
    this.#emit({ type: "tool-output-error", toolCallId, errorText });
  }

  toolDenied(toolCallId: string): void {
    this.#tool(toolCallId).state = "output-denied";
    this.#emit({ type: "tool-output-denied", toolCallId });
  }

  notice(data: Notice): void {
    this.endText();
    this.parts.push({ type: "data-notice", data });
    this.#emit({ type: "data-notice", data });
  }

  /** What was begun and has no outcome gets one: nothing stays open in a kept message. */
  finish(status: Exclude<AnswerStatus, "streaming">, errorText?: string): void {
    for (const { toolCallId, state } of this.tools()) {
      if (state === "input-available") this.toolFailed(toolCallId, NOT_CARRIED_OUT);
    }
    if (errorText !== undefined) this.notice({ level: "error", text: errorText });
    this.#endStep();
    this.#metadata = { ...this.#metadata, status };
    if (errorText !== undefined) this.#emit({ type: "error", errorText });
    this.#emit({ type: "finish", finishReason: FINISH_REASONS[status], messageMetadata: this.#metadata });
  }

  #emit(chunk: UIMessageChunk): void {
    if (this.#held) this.#held.push(chunk);
    else this.#send(chunk);
  }

  #endStep(): void {
    this.endText();
    if (this.#inStep) this.#emit({ type: "finish-step" });
    this.#inStep = false;
  }

  #tool(toolCallId: string): ToolPart {
    const part = this.tools().findLast((tool) => tool.toolCallId === toolCallId);
    if (!part) throw new Error(`the answer has no tool call ${toolCallId}`);
    return part;
  }
}

const NOT_CARRIED_OUT = "This was not carried out";

const FINISH_REASONS = {
  done: "stop",
  waiting: "tool-calls",
  stopped: "interrupted",
  failed: "error",
} as const satisfies Record<Exclude<AnswerStatus, "streaming">, string>;
