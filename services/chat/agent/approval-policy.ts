/** Which calls of tools wait for the user's word. */
import type { Tool } from "@modelcontextprotocol/client";
import type { ToolPart } from "../answer/parts.ts";

/** `in-bulk`: alone it needs none, the second of its kind in an answer does. */
export type Need = "never" | "in-bulk" | "always";

/** Not destructive, and still a change of many tasks at once. */
const BULK_TOOLS = new Set(["complete_matching_tasks"]);
const ADDING = new Set(["add_task"]);

/** By what the tool says of itself (MCP annotations): one that says nothing counts as destructive. */
export function needOf({ name, annotations }: Tool): Need {
  if (annotations?.readOnlyHint === true) return "never";
  if (BULK_TOOLS.has(name) || annotations?.destructiveHint !== false) return "always";
  return ADDING.has(name) ? "never" : "in-bulk";
}

/** Whether the same tool changes another task too, in this answer: then it is a bulk change in single calls. */
export function isBulk(call: ToolPart, calls: readonly ToolPart[]): boolean {
  return calls.some(
    (other) =>
      other !== call &&
      other.toolName === call.toolName &&
      other.state !== "output-error" &&
      other.state !== "output-denied" &&
      taskOf(other) !== taskOf(call),
  );
}

const taskOf = ({ input }: ToolPart): string => String((input as { task?: unknown } | null)?.task).toLowerCase();
