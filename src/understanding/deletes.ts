import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readFilter } from "./filters.ts";
import { readPriority, readTags } from "./marks.ts";
import { readDue } from "./recurrence.ts";
import { namedTask, referenceAt, referenceFields, taskWords } from "./references.ts";

const VERB =
  /(delete|remove|cancel|erase|trash|discard|drop|scrap|bin|clear(?:\s+(?:out|away|off))?|get\s+rid\s+of|throw\s+(?:away|out)|wipe)\s+/iy;
const FROM_LIST = /\s+from\s+(?:my|the)\s+(?:(?:to-?do|task)\s+|([\p{L}-]{2,30})\s+)?lists?[.!]*$/iu;
const END = /\s*(?:from\s+(?:my|the)\s+(?:(?:to-?do|task)\s+)?lists?|too|again|now)?[.!?]*\s*$/iy;
const WHOLE_LIST =
  /^(?:(?:my|the)\s+(?:(?:to-?do|task|whole|entire)\s+)*lists?|everything|all|all\s+of\s+(?:them|it)|them\s+all)[.!]*$/i;

const fields = { intent: "delete_task" as const, requiresApproval: true as const };

/** A date, priority or tag in it: a note about deleting something, "Delete old photos tomorrow". */
function isNote(request: Request, from: number): boolean {
  const reading = readingOf(request, from, request.end);
  return readTags(reading).length > 0 || readPriority(reading) !== undefined || readDue(reading) !== undefined;
}

/** Deleting; every form needs approval. Only "delete" itself reaches a task by any words at all. */
export function readDelete(request: Request): Command | undefined {
  const { text, start, end } = request;
  const verb = matchAt(VERB, text, start);
  if (verb === undefined || VERB.lastIndex >= end) return undefined;
  const from = start + verb[0].length;
  const verbs = [{ start, end: from }];
  const found = referenceAt(text, from);
  if (found && (matchAt(END, text.slice(0, end), found.end) || (found.noun && found.numbers.length > 0))) {
    return { result: { ...fields, ...referenceFields(found) }, verbs: [...verbs, found] };
  }
  const words = text.slice(from, end);
  if (WHOLE_LIST.test(words)) return { result: { ...fields, filter: {} }, verbs };
  const reading = readingOf(request, from, end);
  const { filter, noun, plural, leftover } = readFilter(reading);
  const all = /^(?:all|everything|every|each)\b/i.test(words);
  if (plural && leftover === "" && (noun || all)) return { result: { ...fields, filter }, reading, verbs };
  if (filter.status !== undefined && filter.text === undefined && leftover === "")
    return { result: { ...fields, filter }, reading, verbs };
  if (noun && plural && leftover !== "" && all && filter.text === undefined) {
    return { result: { ...fields, filter: { ...filter, text: leftover } }, reading, verbs };
  }
  const listed = FROM_LIST.exec(words);
  const named = listed ? taskWords(words.slice(0, listed.index)) : namedTask(words);
  const tags = listed?.[1] === undefined ? {} : { tags: [listed[1]] };
  if (named !== undefined) return { result: { ...fields, filter: { ...tags, text: named } }, verbs };
  if (noun && filter.text !== undefined && leftover === "") return { result: { ...fields, filter }, reading, verbs };
  if (!/^delete/i.test(verb[0]) || isNote(request, from)) return undefined;
  return { result: { ...fields, filter: { text: taskWords(words) } }, verbs };
}
