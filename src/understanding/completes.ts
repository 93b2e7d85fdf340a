import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readFilter } from "./filters.ts";
import { namedTask, referenceAt, referenceFields, taskWords } from "./references.ts";

const VERB =
  /(?:complete|finish|close|resolve|check\s+off|tick\s+off|mark\s+off|cross\s+(?:off|out)|check|tick|cross|done)\s+/iy;
const CROSSED = /^(?:check\s+off|tick\s+off|mark\s+off|cross\s+(?:off|out))/i;
const HAVE_DONE =
  /(i(?:['’]m|\s+am|\s+have|['’]ve)?\s+)?(?:just\s+|already\s+|all\s+)*(done\s+with|done:|done(?=\s+(?:task|#|number|\d))|finished(?:\s+with)?|completed|through\s+with|did)\s+/iy;
const MARKED =
  /(?:mark|set|flag)\s+(.{1,500}?)\s+(?:as\s+|to\s+|to\s+be\s+)?(?:done|complete|completed|finished)[.!?]*$/iy;
const IS_DONE =
  /(.{1,500}?)(?:\s+(?:is|are|was|has\s+been)|['’]s)?\s+(?:(?:already|now|all)\s+)?(?:done|complete|completed|finished)[.!]*$/iy;
const END = /\s*(?:off|out|(?:as\s+)?(?:done|complete|completed|finished))?[.!?]*\s*$/iy;

const fields = { intent: "complete_task" as const };

/** "all p1 tasks", "everything due today": a filter that needs approval. */
function bulk(request: Request, from: number, to: number, verbs: Command["verbs"]): Command | undefined {
  if (!/^\s*(?:all|everything|every|each|both|my|the|completed|overdue)\b/i.test(request.text.slice(from, to)))
    return undefined;
  const reading = readingOf(request, from, to);
  const { filter, noun, plural, leftover } = readFilter(reading);
  if (!plural || leftover !== "" || !(noun || /^\s*(?:all|everything)\b/i.test(request.text.slice(from, to))))
    return undefined;
  return { result: { ...fields, filter, requiresApproval: true }, reading, verbs };
}

const textual = (text: string, verbs: Command["verbs"]): Command => ({
  result: { ...fields, filter: { text } },
  verbs,
});

function byReference(request: Request, at: number, verbs: Command["verbs"]): Command | undefined {
  const found = referenceAt(request.text, at);
  if (
    found === undefined ||
    (!matchAt(END, request.text.slice(0, request.end), found.end) && !(found.noun && found.numbers.length > 0))
  )
    return undefined;
  return { result: { ...fields, ...referenceFields(found) }, verbs: [...verbs, found] };
}

/** Completing: "complete task 12", "mark 3 as done", "I finished paying rent", "task 12 is done". */
export function readComplete(request: Request): Command | undefined {
  const { text, start, end, body } = request;
  const marked = matchAt(MARKED, text.slice(0, end), start);
  if (marked?.[1] !== undefined && !/\bnot$/i.test(marked[1])) {
    const from = start + marked[0].indexOf(marked[1], 3);
    const verbs = [
      { start, end: from },
      { start: from + marked[1].length, end },
    ];
    const found = referenceAt(text, from);
    if (found && found.end === from + marked[1].length)
      return { result: { ...fields, ...referenceFields(found) }, verbs: [...verbs, found] };
    const many = bulk(request, from, from + marked[1].length, verbs);
    if (many) return many;
    return /^set\b/i.test(body) ? undefined : textual(taskWords(marked[1]), verbs);
  }
  const verb = matchAt(VERB, text, start);
  if (verb && VERB.lastIndex < end) {
    const from = start + verb[0].length;
    const verbs = [{ start, end: from }];
    const direct = byReference(request, from, verbs) ?? bulk(request, from, end, verbs);
    if (direct) return direct;
    const words = text.slice(from, end);
    const named = namedTask(words);
    if (named !== undefined && !/^(?:check|tick|cross|close|done)\s/i.test(verb[0])) return textual(named, verbs);
    if (CROSSED.test(verb[0])) return textual(taskWords(words), verbs);
  }
  const have = matchAt(HAVE_DONE, text, start);
  if (have && HAVE_DONE.lastIndex < end && !body.endsWith("?")) {
    const from = start + have[0].length;
    const verbs = [{ start, end: from }];
    const direct = byReference(request, from, verbs);
    if (direct) return direct;
    const subject = have[1] !== undefined || !/^did/i.test(have[2] ?? "");
    const rest = text.slice(from, end);
    if (subject && rest.trim() !== "" && !/^(?:tasks?|to-?dos?|items?)\b/i.test(rest))
      return textual(taskWords(rest), verbs);
  }
  const done = matchAt(IS_DONE, text.slice(0, end), start);
  if (done?.[1] === undefined) return undefined;
  const to = start + done[1].length;
  const found = referenceAt(text, start);
  if (found && found.end === to)
    return { result: { ...fields, ...referenceFields(found) }, verbs: [{ start: to, end }, found] };
  const stated = /^(?:the|my)\s/i.test(done[1]) && /\s(?:is|are)\s/i.test(done[0]);
  return stated ? textual(taskWords(done[1]), [{ start: to, end }]) : undefined;
}
