/** Any model, with all that it says going through the answer first, and all that it costs through the budget. */
import { estimateTokens } from "./history.ts";
import type { Input } from "./preview.ts";
import {
  type AgentOutputItem,
  type Model,
  type ModelRequest,
  type ModelResponse,
  type StreamEvent,
  Usage,
} from "./sdk.ts";
import type { Turn } from "./turn.ts";

type Done = Extract<StreamEvent, { type: "response_done" }>["response"];

export interface Budget {
  /** @throws BudgetError when the day's tokens are used up */
  check(): Promise<void>;
  spend(tokens: number): Promise<void>;
}

/** The stream ended without saying that it is complete. */
export class BrokenOffError extends Error {
  override readonly name = "BrokenOffError";
}

export interface Observed {
  readonly inner: Model;
  readonly turn: Turn;
  /** Undefined: costs nothing. */
  readonly budget?: Budget | undefined;
}

export class ObservedModel implements Model {
  readonly #observed: Observed;

  constructor(observed: Observed) {
    this.#observed = observed;
  }

  getResponse(request: ModelRequest): Promise<ModelResponse> {
    return responseOf(this.getStreamedResponse(request));
  }

  async *getStreamedResponse(request: ModelRequest): AsyncIterable<StreamEvent> {
    const { inner, turn, budget } = this.#observed;
    await budget?.check();
    turn.answer.step();
    let cut = false;
    let said = false;
    for await (const event of inner.getStreamedResponse(request)) {
      if (event.type === "model") cut = isCut(event.event, cut);
      if (event.type === "output_text_delta") {
        said = true;
        turn.answer.text(event.delta);
      }
      if (event.type !== "response_done") {
        yield event;
        continue;
      }
      if (cut) throw new BrokenOffError();
      await budget?.spend(tokensOf(event.response, request));
      const output = event.response.output.map((item) => this.#heard(item as AgentOutputItem, said));
      yield { ...event, response: { ...event.response, output } } as StreamEvent;
    }
  }

  /** A call gets an id of ours: models repeat theirs, and a hostile one could name another call's. */
  #heard(item: AgentOutputItem, said: boolean): AgentOutputItem {
    const { turn } = this.#observed;
    if (item.type === "function_call") {
      const input = parsed(item.arguments);
      // The SDK asks nobody about arguments that it cannot read: such a call is refused where it would be carried out.
      return { ...item, callId: turn.called(item.name, input), arguments: JSON.stringify(input ?? {}) };
    }
    if (item.type === "message" && item.role === "assistant" && !said) {
      for (const part of item.content) {
        if (part.type === "output_text") turn.answer.text(part.text);
        if (part.type === "refusal") turn.answer.text(part.refusal);
      }
    }
    return item;
  }
}

/** The whole of a streamed response. */
export async function responseOf(events: AsyncIterable<StreamEvent>): Promise<ModelResponse> {
  for await (const event of events) {
    if (event.type !== "response_done") continue;
    const { usage, output, id } = event.response;
    return { usage: new Usage(usage as never), output: output as AgentOutputItem[], responseId: id };
  }
  throw new BrokenOffError();
}

/** Chat completions end with a chunk that has a finish reason; until it comes the stream may have been cut. */
function isCut(chunk: unknown, before: boolean): boolean {
  const choices = (chunk as { choices?: readonly { finish_reason?: unknown }[] } | null)?.choices;
  const [choice] = choices ?? [];
  return choice === undefined ? before : !choice.finish_reason;
}

function parsed(json: string): Input | undefined {
  try {
    const value: unknown = JSON.parse(json === "" ? "{}" : json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Input) : undefined;
  } catch {
    return undefined;
  }
}

/** Endpoints need not report usage. */
function tokensOf({ usage, output }: Done, request: ModelRequest): number {
  if (usage.totalTokens > 0) return usage.totalTokens;
  return estimateTokens(JSON.stringify([request.systemInstructions, request.input, request.tools, output]));
}
