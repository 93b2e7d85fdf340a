/** What the offline assistant says. */
import { OUTCOMES } from "../agent/history.ts";
import { listedInWords, summaryOf, taskCount } from "../answer/outputs.ts";
import { listed } from "../answer/rule-words.ts";
import type { ListedTask } from "../answer/task-words.ts";
import type { ToolResult } from "./memory.ts";

export const HELP =
  "I keep your to-do list. Try “pay the rent every 1st, remind me the day before”, “what is due this week?”, “complete task 3”, “move it to friday” or “delete the second one”.";

const SHOWN = 20;
const NAMED = 5;

/** What became of the calls that change something. */
export function outcomeInWords(results: readonly ToolResult[], today: string): string {
  const done = results.filter(({ error }) => error === undefined);
  const refused = results.some(({ error }) => error !== undefined && isRefusal(error));
  const failed = results.flatMap(({ error }) => (error === undefined || isRefusal(error) ? [] : [error]));
  const sentences = [
    ...successInWords(done, today),
    ...(refused ? ["All right, I left it as it was."] : []),
    ...[...new Set(failed)].map((reason) => `That did not work: ${withStop(reason)}`),
  ];
  return sentences.join("\n");
}

const isRefusal = (error: string): boolean => OUTCOMES.denied === `Error: ${error}`;

function successInWords(done: readonly ToolResult[], today: string): string[] {
  const [first] = done;
  if (!first) return [];
  if (done.length > 1 && done.every(({ tool }) => tool === first.tool)) {
    const titles = done.map(({ content }) => (content.task as ListedTask).title);
    const verb = (summaryOf(first.tool, first.content, today).split(":")[0] ?? "Done").trim();
    return [`${verb} ${taskCount(done.length)}: ${listed(titles)}.`];
  }
  return done.map(({ tool, content }) =>
    `${summaryOf(tool, content, today)}${restOf(content)}`.replace(/([^.!?…])$/u, "$1."),
  );
}

/** What the summary leaves out: the number to name it by, what comes next, and which tasks. */
function restOf({ task, changed, more }: ToolResult["content"]): string {
  if (task) {
    const { number, recurrence, status } = task as ListedTask;
    return status === "completed" && recurrence ? ". The next one is on its way" : ` (task ${number})`;
  }
  const titles = (changed as readonly { title: string }[] | undefined)?.map(({ title }) => title) ?? [];
  if (titles.length === 0) return "";
  const rest = titles.length > NAMED ? `, and ${titles.length - NAMED} more` : "";
  return `: ${titles.length > NAMED ? titles.slice(0, NAMED).join(", ") : listed(titles)}${rest}${more ? ". There are more: say it again" : ""}`;
}

export function listInWords(result: ToolResult, today: string): string {
  if (result.error !== undefined) return `That did not work: ${withStop(result.error)}`;
  if (result.content.task) return listedInWords(result.content.task as ListedTask, today);
  const tasks = (result.content.tasks ?? []) as readonly ListedTask[];
  const { count } = (result.content.total ?? { count: tasks.length }) as { count: number };
  if (tasks.length === 0) return isWholeList(result.input) ? "You have no open tasks." : "No task matches.";
  const shown = tasks.slice(0, SHOWN).map((task) => listedInWords(task, today));
  const rest = count > shown.length ? `\n\n${count - shown.length} more are in the list.` : "";
  return `${summaryOf(result.tool, result.content, today)}:\n\n${shown.join("\n")}${rest}`;
}

const isWholeList = (input: ToolResult["input"]): boolean =>
  Object.keys(input).every((field) => field === "limit" || field === "sort");

const withStop = (text: string): string => (/[.!?…]$/u.test(text) ? text : `${text}.`);

/** A greeting, thanks, or something that is about nothing here. */
export function smallTalk(text: string): string {
  if (/^\W*(?:thanks?|thx|cheers)\b/i.test(text)) return "You are welcome.";
  if (/^\W*(?:bye|goodbye|see (?:you|ya)|good\s*night)\b/i.test(text)) return "Goodbye. Your tasks are safe.";
  if (/^\W*undo\b/i.test(text))
    return "Use Undo on the card of what I did, or say “reopen task 3” or “restore task 3”.";
  if (/^\W*(?:yes|yep|yeah|yup|sure|ok|okay|no|nope|nah)\b/i.test(text)) {
    return "If something waits for your approval, use its buttons: I cannot take a text for it. Otherwise tell me what to do.";
  }
  if (/^\W*(?:hi+|hello+|hey+|hiya|howdy|yo|good\s+(?:morning|afternoon|evening|day))\b/i.test(text))
    return `Hello! ${HELP}`;
  return HELP;
}
