/** What a conversation has shown and touched so far: what "the second one" and "it" point at. */
import type { AgentInputItem } from "../agent/sdk.ts";

export interface Memory {
  /** Numbers of the tasks of the list shown last, in its order. */
  readonly listed: readonly number[];
  /** The task spoken of last. */
  readonly touched: number | undefined;
}

export interface ToolResult {
  readonly tool: string;
  /** What the tool was called with. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly error: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

/** The calls in these items that have a result, in order. */
export function toolResults(items: readonly AgentInputItem[]): ToolResult[] {
  const inputs = new Map<string, Readonly<Record<string, unknown>>>();
  const results: ToolResult[] = [];
  for (const item of items) {
    if (item.type === "function_call") inputs.set(item.callId, object(item.arguments));
    if (item.type !== "function_call_result") continue;
    const text = outputText(item.output);
    const error = /^Error: (.*)$/s.exec(text)?.[1];
    const input = inputs.get(item.callId) ?? {};
    results.push({ tool: item.name, input, text, error, content: error === undefined ? object(text) : {} });
  }
  return results;
}

export function memoryOf(items: readonly AgentInputItem[]): Memory {
  let listed: readonly number[] = [];
  let touched: number | undefined;
  for (const { content } of toolResults(items)) {
    const { tasks, task, deleted } = content as {
      tasks?: readonly { number: number }[];
      task?: { number: number };
      deleted?: { number: number };
    };
    if (tasks) {
      listed = tasks.map(({ number }) => number);
      touched = listed.length === 1 ? listed[0] : touched;
    }
    touched = task?.number ?? deleted?.number ?? touched;
  }
  return { listed, touched };
}

/** The SDK gives text back as it was, or as the one part of a list. */
function outputText(output: unknown): string {
  if (typeof output === "string") return output;
  if (Array.isArray(output)) return output.map(outputText).join("");
  const text = (output as { text?: unknown } | null)?.text;
  return typeof text === "string" ? text : "";
}

function object(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
