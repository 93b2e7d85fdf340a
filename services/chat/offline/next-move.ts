/** The offline assistant as a function: what was said and what the tools have answered so far, in; what to do next, out. */
import { localDateOf } from "#recurrence/local";
import type { Understanding } from "#understanding/types";
import { understand } from "#understanding/understand";
import type { Reader } from "../answer/outputs.ts";
import { change, complete, remove, type Said } from "./changes.ts";
import type { Memory, ToolResult } from "./memory.ts";
import { call, type Move, say } from "./moves.ts";
import { listInWords, outcomeInWords, smallTalk } from "./sentences.ts";
import { filterInput } from "./targets.ts";

export interface Situation {
  readonly text: string;
  readonly memory: Memory;
  /** Of this answer so far. */
  readonly results: readonly ToolResult[];
  readonly reader: Reader;
}

const READING = new Set(["list_tasks", "search_tasks", "get_task"]);

export function nextMove({ text, memory, results, reader }: Situation): Move {
  const today = localDateOf(reader.now, reader.timeZone);
  const acted = results.filter(({ tool }) => !READING.has(tool));
  if (acted.length > 0) return say(outcomeInWords(acted, today));
  const understood = understand(text, { now: reader.now.toISOString(), timeZone: reader.timeZone });
  const said: Said = { text, understood, memory, results };
  switch (understood.intent) {
    case "add_task":
      return add(understood, text);
    case "complete_task":
      return complete(said);
    case "update_task":
      return change(said);
    case "delete_task":
      return remove(said);
    case "list_tasks":
    case "search_tasks":
      return list(understood, results, today);
    case "unknown":
      return say(smallTalk(text));
    default:
      return understood.intent satisfies never;
  }
}

/** "Remind me to call Bob at 5" names no time for the reminder but the task's own: who says so waits for one. */
const whenDue = ({ due, reminder }: Understanding, text: string): Understanding["reminder"] =>
  reminder ?? (due !== undefined && /^\W*(?:\w+\W+){0,4}remind\s+me\b/i.test(text) ? { minutesBefore: 0 } : undefined);

function add(understood: Understanding, text: string): Move {
  const { title, due, priority, tags, deadline, recurrence } = understood;
  const reminder = whenDue(understood, text);
  if (title === undefined) return say("What should I add? Say it with its date, as in “call the bank tomorrow at 10”.");
  const details = { due, priority, tags, deadline, recurrence, reminder };
  return call("add_task", {
    title,
    ...Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
  });
}

const LISTED = 20;

function list({ taskId, filter }: Understanding, results: readonly ToolResult[], today: string): Move {
  const [read] = results;
  if (read) return say(listInWords(read, today));
  if (taskId !== undefined) return call("get_task", { task: Number(taskId) });
  const input = filterInput(filter ?? {});
  return call(input.text === undefined ? "list_tasks" : "search_tasks", {
    ...input,
    ...(Object.keys(input).length > 0 ? { limit: LISTED } : {}),
  });
}
