/** Which tasks a command means: by number, by place in the list shown last, by "it", by words, or by a filter. */
import type { Filter, Understanding } from "#understanding/types";
import type { Memory, ToolResult } from "./memory.ts";
import { call, type Move, say } from "./moves.ts";

export type Target =
  | { readonly kind: "one"; readonly number: number }
  | { readonly kind: "many"; readonly filter: Readonly<Record<string, unknown>> }
  | { readonly kind: "unclear"; readonly move: Move };

interface Named {
  readonly number: number;
  readonly title: string;
}

const one = (number: number): Target => ({ kind: "one", number });
const unclear = (move: Move): Target => ({ kind: "unclear", move });

/** Tool arguments for what was understood as a filter. */
export function filterInput({ dueFrom, dueTo, priority, tags, status, text }: Filter): Record<string, unknown> {
  return {
    ...(status ? { status } : {}),
    ...(priority ? { priority: [priority] } : {}),
    ...(tags && tags.length > 0 ? { tag: tags } : {}),
    ...(dueFrom ? { dueFrom } : {}),
    ...(dueTo ? { dueTo } : {}),
    ...(text ? { text } : {}),
  };
}

const ALL = /\b(?:all|every|everything|each|both)\b/i;
const CANDIDATES = 6;

/**
 * @param understood a command about tasks that are there
 * @param results of this answer so far: a search is made first where only words are given
 */
export function targetOf(
  understood: Understanding,
  said: string,
  memory: Memory,
  results: readonly ToolResult[],
): Target {
  const { taskId, reference, filter } = understood;
  if (taskId !== undefined) return one(Number(taskId));
  if (reference && "numbers" in reference) {
    return { kind: "many", filter: { number: reference.numbers.map(Number), status: "all" } };
  }
  if (reference && "ordinal" in reference) return byOrdinal(reference.ordinal, memory);
  if (reference) {
    if (memory.touched !== undefined) return one(memory.touched);
    return unclear(say("I am not sure which task you mean: say its number, as in “complete task 12”."));
  }
  if (filter === undefined) return unclear(say("Which task do you mean? Say its number or its words."));
  const single = filter.text !== undefined && !ALL.test(said);
  return single ? byWords(filter, results) : { kind: "many", filter: filterInput(filter) };
}

function byOrdinal(ordinal: number, { listed }: Memory): Target {
  if (listed.length === 0) {
    return unclear(
      say("I have not shown you a list yet. Ask for one, as in “show my tasks”, or say the task's number."),
    );
  }
  const number = listed.at(ordinal < 0 ? ordinal : ordinal - 1);
  if (number !== undefined && ordinal !== 0) return one(number);
  return unclear(say(`The list had ${listed.length === 1 ? "only one task" : `only ${listed.length} tasks`}.`));
}

function byWords(filter: Filter, results: readonly ToolResult[]): Target {
  const search = results.find(({ tool }) => tool === "search_tasks");
  if (!search) return unclear(call("search_tasks", { ...filterInput(filter), limit: CANDIDATES }));
  if (search.error !== undefined) return unclear(say(`That did not work: ${search.error}.`));
  const tasks = (search.content.tasks ?? []) as readonly Named[];
  const words = filter.text ?? "";
  const same = tasks.filter(({ title }) => title.toLowerCase() === words.toLowerCase());
  const [only] = same.length === 1 ? same : tasks;
  if (only && (same.length === 1 || tasks.length === 1)) return one(only.number);
  if (tasks.length === 0) return unclear(say(`I found no open task with “${words}”.`));
  const lines = tasks.map(({ number, title }) => `${number}. ${title}`);
  return unclear(
    say(`Several tasks match “${words}”. Which one?\n\n${lines.join("\n")}\n\nSay its number, or “the first one”.`),
  );
}
