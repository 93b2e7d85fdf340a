/** Commands about tasks that are there: complete, change, delete. */
import type { Task } from "#contracts/task";
import type { Understanding } from "#understanding/types";
import type { Memory, ToolResult } from "./memory.ts";
import { type Call, call, type Move, say } from "./moves.ts";
import { postponed } from "./postpone.ts";
import { type Target, targetOf } from "./targets.ts";

export interface Said {
  readonly text: string;
  readonly understood: Understanding;
  readonly memory: Memory;
  /** Of this answer so far. */
  readonly results: readonly ToolResult[];
}

/** One approval can hold this many changes and still be read. */
const MOST_CHANGES = 20;

export function complete(said: Said): Move {
  const target = targetOf(said.understood, said.text, said.memory, said.results);
  if (target.kind === "unclear") return target.move;
  if (target.kind === "one") return call("complete_task", { task: target.number });
  return call("complete_matching_tasks", { filter: { ...target.filter, status: "open" } });
}

export function remove(said: Said): Move {
  const target = targetOf(said.understood, said.text, said.memory, said.results);
  if (target.kind === "unclear") return target.move;
  return target.kind === "one"
    ? call("delete_task", { task: target.number })
    : call("delete_matching_tasks", { filter: target.filter });
}

export function change(said: Said): Move {
  const { understood, text, memory, results } = said;
  const target = targetOf(understood, text, memory, results);
  if (target.kind === "unclear") return target.move;
  if (understood.clears?.includes("completed")) return reopen(target, text);
  const fields = changedFields(understood);
  const reads = needsReading(understood, text);
  if (Object.keys(fields).length === 0 && !reads)
    return say("What should I change? Say, for example, “move task 3 to friday”.");
  const read = reads ? readTasks(target, results) : (named(target) ?? readTasks(target, results));
  if (!("tasks" in read)) return read;
  if (read.tasks.length === 0) return say("No task matches.");
  const calls: Call[] = [];
  for (const task of read.tasks) {
    const own = reads ? ownFields(understood, task as Task) : {};
    if (own === undefined) return say("That task has no time of day to move: say a new date instead.");
    calls.push({ tool: "update_task", input: { task: task.number, ...fields, ...own } });
  }
  return { calls };
}

/** What was deleted comes back by another verb than what was completed. */
function reopen(target: Exclude<Target, { kind: "unclear" }>, text: string): Move {
  const tool = /^\W*(?:restore|undelete|recover)\b/i.test(text) ? "restore_task" : "reopen_task";
  if (target.kind === "one") return call(tool, { task: target.number });
  const numbers = (target.filter.number ?? []) as readonly number[];
  if (numbers.length === 0) return say("Say which tasks by their numbers, as in “reopen 3 and 4”.");
  return { calls: numbers.slice(0, MOST_CHANGES).map((task) => ({ tool, input: { task } })) };
}

function changedFields({ title, due, priority, deadline, recurrence, reminder, tags, clears }: Understanding) {
  const cleared = { due: null, deadline: null, recurrence: null, reminder: null, priority: "p4", tags: [] } as const;
  return {
    ...Object.fromEntries(
      (clears ?? []).flatMap((field) => (field === "completed" ? [] : [[field, cleared[field]] as const])),
    ),
    ...(title === undefined ? {} : { title }),
    ...(due === undefined ? {} : { due }),
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(recurrence === undefined ? {} : { recurrence }),
    ...(reminder === undefined ? {} : { reminder }),
    ...(tags === undefined ? {} : { tags }),
  };
}

const ADDS = /^\W*(?:(?:please|can you|could you)\s+)?(?:add|put|attach|tag|label)\b/i;

/** What counts from the task as it is: a postponement, and tags that come to those it has. */
const needsReading = ({ postponeBy, tags }: Understanding, text: string): boolean =>
  postponeBy !== undefined || (tags !== undefined && ADDS.test(text));

function ownFields({ postponeBy, tags = [] }: Understanding, task: Task): Record<string, unknown> | undefined {
  if (postponeBy === undefined) return { tags: [...new Set([...task.tags, ...tags])] };
  if (task.due === null) return undefined;
  const due = postponed(task.due, postponeBy, task.timeZone);
  return due === undefined ? undefined : { due };
}

/** Tasks that were said by their numbers need not be read. */
function named(
  target: Exclude<Target, { kind: "unclear" }>,
): { readonly tasks: readonly Pick<Task, "number">[] } | undefined {
  const numbers = target.kind === "one" ? [target.number] : (target.filter.number as readonly number[] | undefined);
  return numbers && numbers.length <= MOST_CHANGES ? { tasks: numbers.map((number) => ({ number })) } : undefined;
}

/** The tasks as they are, or the move that reads them. */
function readTasks(
  target: Exclude<Target, { kind: "unclear" }>,
  results: readonly ToolResult[],
): { readonly tasks: readonly Pick<Task, "number">[] } | Move {
  if (target.kind === "one") {
    const read = results.find(({ tool }) => tool === "get_task");
    if (!read) return call("get_task", { task: target.number });
    return read.error === undefined ? { tasks: [read.content.task as Task] } : say(`That did not work: ${read.error}.`);
  }
  const tool = target.filter.text === undefined ? "list_tasks" : "search_tasks";
  const read = results.find((result) => result.tool === tool);
  if (!read) return call(tool, { ...target.filter, limit: MOST_CHANGES });
  if (read.error !== undefined) return say(`That did not work: ${read.error}.`);
  const total = (read.content.total as { count: number } | undefined)?.count ?? 0;
  if (total > MOST_CHANGES)
    return say(`That would change ${total} tasks; I can change ${MOST_CHANGES} at once. Narrow it down.`);
  return { tasks: read.content.tasks as readonly Task[] };
}
