/** Kept messages as what a model reads. */
import { isTool, type Part, type ToolPart, textOf } from "../answer/parts.ts";
import type { AgentInputItem } from "./sdk.ts";

export interface HistoryMessage {
  readonly role: "user" | "assistant";
  readonly parts: readonly Part[];
}

/** English has about four characters a token; other languages and JSON have fewer. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / 3);

/** Of a result that is not the newest a model needs the beginning. */
const OLD_RESULT_CHARACTERS = 2_000;

/**
 * The newest messages that fit, whole ones, the last always.
 * @param maxTokens Infinity: nothing is left out or shortened
 */
export function historyOf(messages: readonly HistoryMessage[], maxTokens: number): AgentInputItem[] {
  const kept: AgentInputItem[][] = [];
  let left = maxTokens;
  for (const [index, message] of [...messages].reverse().entries()) {
    const shorten = index > 0 && Number.isFinite(maxTokens);
    const items = message.role === "user" ? [userItem(message.parts)] : answerItems(message.parts, shorten);
    left -= items.reduce((sum, item) => sum + estimateTokens(JSON.stringify(item)), 0);
    if (left < 0 && index > 0) break;
    kept.unshift(items);
  }
  // A conversation that begins with an answer confuses models; so does a lone answer to something left out.
  while (kept.length > 1 && !isUser(kept[0]?.[0])) kept.shift();
  return kept.flat();
}

const isUser = (item: AgentInputItem | undefined): boolean =>
  item !== undefined && "role" in item && item.role === "user";

const userItem = (parts: readonly Part[]): AgentInputItem => ({
  type: "message",
  role: "user",
  content: textOf(parts),
});

/** Calls of one step come before their results, as endpoints want them. */
function answerItems(parts: readonly Part[], shorten: boolean): AgentInputItem[] {
  const items: AgentInputItem[] = [];
  let results: AgentInputItem[] = [];
  const endStep = (): void => {
    items.push(...results);
    results = [];
  };
  for (const part of parts) {
    if (part.type === "step-start") endStep();
    if (part.type === "text" && part.text !== "") {
      endStep();
      items.push({
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: part.text }],
      });
    }
    if (isTool(part)) {
      items.push(callItem(part));
      results.push(resultItem(part, shorten));
    }
  }
  endStep();
  return items;
}

const callItem = ({ toolCallId, toolName, input }: ToolPart): AgentInputItem => ({
  type: "function_call",
  callId: toolCallId,
  name: toolName,
  status: "completed",
  arguments: JSON.stringify(input ?? {}),
});

const resultItem = (part: ToolPart, shorten: boolean): AgentInputItem => {
  const text = resultText(part);
  return {
    type: "function_call_result",
    callId: part.toolCallId,
    name: part.toolName,
    status: "completed",
    output:
      shorten && text.length > OLD_RESULT_CHARACTERS ? `${text.slice(0, OLD_RESULT_CHARACTERS)} [shortened]` : text,
  };
};

/** What the model is told of calls without a result; the offline assistant knows them by these words. */
export const OUTCOMES = {
  denied: "Error: the user refused this; nothing was done",
  waiting: "Error: this still waits for the user's approval; nothing was done",
  unknown: "Error: this was interrupted",
} as const;

function resultText(part: ToolPart): string {
  switch (part.state) {
    case "output-available":
      return JSON.stringify(part.output?.result ?? {});
    case "output-error":
      return `Error: ${part.errorText ?? "this failed"}`;
    case "output-denied":
      return OUTCOMES.denied;
    case "approval-requested":
      return OUTCOMES.waiting;
    case "approval-responded":
      return part.approval?.approved === false ? OUTCOMES.denied : OUTCOMES.unknown;
    default:
      return OUTCOMES.unknown;
  }
}
