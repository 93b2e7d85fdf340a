/** The offline assistant behind the agents SDK's own seam: the runner, the tools and the approvals are the same. */
import { responseOf } from "../agent/observed-model.ts";
import type { AgentInputItem, AgentOutputItem, Model, ModelRequest, ModelResponse, StreamEvent } from "../agent/sdk.ts";
import type { Reader } from "../answer/outputs.ts";
import { memoryOf, toolResults } from "./memory.ts";
import { nextMove } from "./next-move.ts";

/** Name kept with its answers. */
export const OFFLINE = "offline";

/** What is longer is no sentence to a todo list; everything shorter is read in a few milliseconds. */
const MOST_CHARACTERS = 2_000;

export class OfflineModel implements Model {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  getResponse(request: ModelRequest): Promise<ModelResponse> {
    return responseOf(this.getStreamedResponse(request));
  }

  async *getStreamedResponse({ input }: ModelRequest): AsyncIterable<StreamEvent> {
    const { text = "", calls = [] } = this.#answer(typeof input === "string" ? [userSaid(input)] : input);
    yield { type: "response_started" };
    if (text !== "") yield { type: "output_text_delta", delta: text };
    const output: AgentOutputItem[] = calls.map(({ tool, input: args }, index) => ({
      type: "function_call",
      callId: `${tool}-${index}`,
      name: tool,
      status: "completed",
      arguments: JSON.stringify(args),
    }));
    if (text !== "") {
      output.unshift({
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text }],
      });
    }
    const usage = { requests: 1, inputTokens: 0, outputTokens: 0, totalTokens: 0 };
    yield { type: "response_done", response: { id: "offline", usage, output } } as StreamEvent;
  }

  #answer(items: readonly AgentInputItem[]) {
    const last = items.findLastIndex((item) => "role" in item && item.role === "user");
    const said = textOf(items[last]);
    if (said.length > MOST_CHARACTERS) {
      return {
        text: `Without a language model I read messages of at most ${MOST_CHARACTERS} characters. Say it shorter.`,
      };
    }
    const { say: text, calls } = nextMove({
      text: said,
      memory: memoryOf(items.slice(0, Math.max(0, last))),
      results: toolResults(items.slice(last + 1)),
      reader: this.#reader,
    });
    return { text, calls };
  }
}

const userSaid = (text: string): AgentInputItem => ({ type: "message", role: "user", content: text });

function textOf(item: AgentInputItem | undefined): string {
  if (item === undefined || !("role" in item) || item.role !== "user") return "";
  if (typeof item.content === "string") return item.content;
  return item.content.flatMap((part) => (part.type === "input_text" ? [part.text] : [])).join("\n");
}
