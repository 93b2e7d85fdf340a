/** What a call that waits for approval is about to do: read from tasks, so that nobody approves what a model claims. */
import type { CallToolResult } from "@modelcontextprotocol/client";
import type { ApprovalDescriptor } from "#contracts/http/chat";
import type { Task } from "#contracts/task";
import { taskCount } from "../answer/outputs.ts";

export type Input = Readonly<Record<string, unknown>>;

export interface Preview extends Omit<ApprovalDescriptor, "expiresAt"> {
  /** The input as it will be carried out: bound to the task, or to the number of tasks, that is shown. */
  readonly input: Input;
}

export interface Refusal {
  /** Why there is nothing to approve, for the model. */
  readonly refusal: string;
}

/** Calls a tool that only reads. */
export type Read = (tool: string, input: Input) => Promise<CallToolResult>;

const SHOWN = 10;

export async function previewOf(tool: string, input: Input, read: Read): Promise<Preview | Refusal> {
  if (tool.endsWith("_matching_tasks")) return previewMatching(tool, input, read);
  const verb = VERBS[tool] ?? "Carry out";
  // What is deleted cannot be read.
  if (tool === "restore_task") {
    return { input, summary: `Restore task ${String(input.task)}`, tasks: [], count: 1 };
  }
  const found = await read("get_task", { task: input.task });
  if (found.isError) return { refusal: refusalOf(found) };
  const { task } = found.structuredContent as { task: Task };
  return {
    input: { ...input, task: task.id },
    summary: `${verb} “${task.title}”`,
    tasks: [{ number: task.number, title: task.title }],
    count: 1,
  };
}

const VERBS: Readonly<Record<string, string>> = {
  delete_task: "Delete",
  complete_task: "Complete",
  reopen_task: "Reopen",
  update_task: "Change",
};

async function previewMatching(tool: string, input: Input, read: Read): Promise<Preview | Refusal> {
  const { text, ...filter } = (input.filter ?? {}) as { text?: unknown };
  const page = { ...filter, limit: SHOWN };
  const found = await (text === undefined ? read("list_tasks", page) : read("search_tasks", { ...page, text }));
  if (found.isError) return { refusal: refusalOf(found) };
  const { tasks, total } = found.structuredContent as {
    tasks: readonly Pick<Task, "number" | "title">[];
    total: { count: number; exact: boolean };
  };
  if (total.count === 0) return { refusal: "No task matches" };
  const verb = tool.startsWith("delete") ? "Delete" : "Complete";
  return {
    // What the user sees is what is meant: other tasks that match by then are refused.
    input: total.exact ? { ...input, expected: total.count } : input,
    summary: `${verb} ${total.exact ? taskCount(total.count) : `more than ${total.count} tasks`}`,
    tasks: tasks.map(({ number, title }) => ({ number, title })),
    count: total.count,
  };
}

export const refusalOf = ({ content }: CallToolResult): string =>
  content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n") || "The tool refused";

/** Several calls under one approval. */
export function joined(tool: string, previews: readonly Preview[]): Omit<ApprovalDescriptor, "expiresAt"> {
  const [only] = previews;
  if (previews.length === 1 && only) return { summary: only.summary, tasks: only.tasks, count: only.count };
  return {
    summary: `${VERBS[tool] ?? "Carry out"} ${taskCount(previews.length)}`,
    tasks: previews.flatMap(({ tasks }) => tasks).slice(0, SHOWN),
    count: previews.length,
  };
}
