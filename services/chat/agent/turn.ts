/** One answer under way: what its tools may do, for whom, and what has come of it. */
import type { CallToolResult, Tool } from "@modelcontextprotocol/client";
import { AppError } from "#kit/errors";
import type { Answer } from "../answer/answer.ts";
import { outputOf, type Reader } from "../answer/outputs.ts";
import type { ToolPart } from "../answer/parts.ts";
import { isBulk, needOf } from "./approval-policy.ts";
import { type Input, type Preview, previewOf, type Refusal, refusalOf } from "./preview.ts";
import type { TasksMcp } from "./tasks-mcp.ts";

export interface TurnOptions {
  readonly answer: Answer;
  readonly mcp: TasksMcp;
  readonly tools: readonly Tool[];
  /** For tasks, `act: "chat"`, without an approval. */
  readonly token: string;
  readonly reader: Reader;
  readonly maxToolCalls: number;
  /** Keeps what the answer has become, and says that a tool was used. */
  readonly onToolUsed: (call: ToolPart, outcome: "succeeded" | "failed") => Promise<void>;
}

export interface CarryOut {
  readonly token: string;
  readonly idempotencyKey: string;
}

/** The answer needs more calls than one message may make. */
export class TooManyToolCallsError extends Error {
  override readonly name = "TooManyToolCallsError";
}

export class Turn {
  readonly answer: Answer;
  readonly tools: readonly Tool[];
  readonly #options: TurnOptions;
  readonly #previews = new Map<string, Preview | Refusal>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: TurnOptions) {
    this.#options = options;
    this.answer = options.answer;
    this.tools = options.tools;
  }

  /**
   * The model wants to call a tool.
   * @param input undefined: what it gave is no JSON object
   * @returns the id under which the call is known from here on
   */
  called(toolName: string, input: Input | undefined): string {
    const { length } = this.answer.tools();
    if (length >= this.#options.maxToolCalls) throw new TooManyToolCallsError();
    const toolCallId = `call_${this.answer.id.slice(-12)}_${length + 1}`;
    const definition = this.#definition(toolName);
    const title = definition?.title;
    this.answer.toolCalled({ toolCallId, toolName, ...(title ? { title } : {}), input: input ?? {} });
    if (!definition) this.answer.toolFailed(toolCallId, `There is no tool ${toolName}`);
    else if (!input) this.#previews.set(toolCallId, { refusal: "The arguments are no JSON object" });
    return toolCallId;
  }

  /** Asked before each call; what would do nothing needs nobody's word. */
  async needsApproval(toolCallId: string, input: Input): Promise<boolean> {
    const call = this.#call(toolCallId);
    const definition = this.#definition(call.toolName);
    if (!definition || this.#previews.has(toolCallId)) return false;
    const need = needOf(definition);
    if (need === "never" || (need === "in-bulk" && !isBulk(call, this.answer.tools()))) return false;
    const preview = await previewOf(call.toolName, input, (tool, reading) => this.#read(tool, reading));
    this.#previews.set(toolCallId, preview);
    return !("refusal" in preview);
  }

  previewFor(toolCallId: string): Preview {
    const preview = this.#previews.get(toolCallId);
    if (!preview || "refusal" in preview) throw new Error(`${toolCallId} was not asked for`);
    return preview;
  }

  /** Carries out a call that needs no approval. @returns what the model gets to read */
  execute(toolCallId: string, input: Input): Promise<string> {
    const call = this.#call(toolCallId);
    const preview = this.#previews.get(toolCallId);
    if (preview && "refusal" in preview) return this.#failed(call, preview.refusal);
    const definition = this.#definition(call.toolName);
    // The policy was asked before; with an approval a call never comes this way.
    if (!definition || needOf(definition) === "always") return this.#failed(call, "This needs the user's approval");
    const position = this.answer.tools().indexOf(call);
    return this.carryOut(toolCallId, input, {
      token: this.#options.token,
      idempotencyKey: `${this.answer.id}.${position}`,
    });
  }

  /** Finishes also when the reader has gone: an effect is never left without its record. */
  carryOut(toolCallId: string, input: Input, by: CarryOut): Promise<string> {
    const work = this.#carryOut(this.#call(toolCallId), input, by).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
    return work;
  }

  /** Resolves when nothing of it is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #carryOut(call: ToolPart, input: Input, { token, idempotencyKey }: CarryOut): Promise<string> {
    const tool = call.toolName;
    let result: CallToolResult;
    let before: CallToolResult | undefined;
    try {
      // What a change replaces is what undoing it puts back.
      if (tool === "update_task") before = await this.#read("get_task", { task: input.task });
      result = await this.#options.mcp.call({ tool, input, token, idempotencyKey });
    } catch (error) {
      return this.#failed(call, error instanceof AppError ? error.message : "Tasks did not answer as expected");
    }
    if (result.isError) return this.#failed(call, refusalOf(result));
    const content = (result.structuredContent ?? {}) as Record<string, unknown>;
    const task = before?.isError ? undefined : (before?.structuredContent as { task?: never } | undefined)?.task;
    this.answer.toolDone(call.toolCallId, outputOf(tool, content, this.#options.reader, task));
    await this.#options.onToolUsed(call, "succeeded");
    return JSON.stringify(content);
  }

  async #failed(call: ToolPart, reason: string): Promise<string> {
    this.answer.toolFailed(call.toolCallId, reason);
    await this.#options.onToolUsed(call, "failed");
    return `Error: ${reason}`;
  }

  #read(tool: string, input: Input): Promise<CallToolResult> {
    return this.#options.mcp.call({ tool, input, token: this.#options.token });
  }

  #call(toolCallId: string): ToolPart {
    const call = this.answer.tools().find((tool) => tool.toolCallId === toolCallId);
    if (!call) throw new Error(`there is no tool call ${toolCallId}`);
    return call;
  }

  #definition(name: string): Tool | undefined {
    return this.tools.find((tool) => tool.name === name);
  }
}
