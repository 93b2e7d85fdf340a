/** One run of the agent: the model, the tools it calls, until it has answered or waits for an approval. */

import type { Reader } from "../answer/outputs.ts";
import { instructionsFor } from "./instructions.ts";
import { type Budget, ObservedModel } from "./observed-model.ts";
import { Agent, type AgentInputItem, type Model, Runner } from "./sdk.ts";
import { agentTools } from "./tools.ts";
import type { Turn } from "./turn.ts";

const runner = new Runner({ tracingDisabled: true, traceIncludeSensitiveData: false });

export interface AgentRun {
  readonly turn: Turn;
  readonly model: Model;
  readonly budget?: Budget | undefined;
  readonly reader: Reader;
  readonly history: readonly AgentInputItem[];
  readonly maxModelCalls: number;
  readonly signal: AbortSignal;
}

/** @returns the ids of calls that wait for an approval */
export async function runAgent(run: AgentRun): Promise<readonly string[]> {
  const { turn, model, budget, reader, history, maxModelCalls, signal } = run;
  const agent = new Agent<Turn>({
    name: "todo-assistant",
    instructions: instructionsFor(reader),
    tools: [...agentTools(turn.tools)],
    model: new ObservedModel({ inner: model, turn, budget }),
  });
  const result = await runner.run(agent, [...history], {
    stream: true,
    context: turn,
    maxTurns: maxModelCalls,
    signal,
    toolNotFoundBehavior: "return_error_to_model",
  });
  // The answer is written by the model and the tools themselves: the events only have to be taken.
  for await (const _ of result);
  await result.completed;
  signal.throwIfAborted();
  if (result.error) throw result.error;
  return (result.interruptions ?? []).flatMap(({ rawItem }) => ("callId" in rawItem ? [String(rawItem.callId)] : []));
}
