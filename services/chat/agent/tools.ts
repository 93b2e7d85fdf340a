/** The tools of tasks as tools of the agent: whoever's turn it is comes with the run's context. */
import type { Tool } from "@modelcontextprotocol/client";
import type { Input } from "./preview.ts";
import { type FunctionTool, type RunContext, tool } from "./sdk.ts";
import type { Turn } from "./turn.ts";

const known = new WeakMap<readonly Tool[], readonly FunctionTool<Turn>[]>();

/** Made once for a listing. */
export function agentTools(definitions: readonly Tool[]): readonly FunctionTool<Turn>[] {
  const made = known.get(definitions) ?? definitions.map(agentTool);
  known.set(definitions, made);
  return made;
}

type Parameters = { type: "object"; properties: Record<string, never>; required: string[]; additionalProperties: true };

const turnOf = (run: RunContext<unknown> | undefined): Turn => {
  if (!run) throw new Error("a tool was called outside a run");
  return (run as RunContext<Turn>).context;
};

const idOf = (callId: string | undefined): string => {
  if (callId === undefined) throw new Error("a tool call has no id");
  return callId;
};

function agentTool({ name, description = "", inputSchema }: Tool): FunctionTool<Turn> {
  return tool<Parameters, Turn>({
    name,
    description,
    parameters: inputSchema as unknown as Parameters,
    strict: false,
    needsApproval: (run, input, callId) => turnOf(run).needsApproval(idOf(callId), input as Input),
    execute: (input, run, details) => turnOf(run).execute(idOf(details?.toolCall?.callId), input as Input),
  }) as unknown as FunctionTool<Turn>;
}
