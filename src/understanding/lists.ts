import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readFilter } from "./filters.ts";
import { referenceAt, unquoted } from "./references.ts";

const SHOW =
  /(show|list|display|give|tell|view|see|read(?:\s+out)?|print|pull\s+up|bring\s+up|open|get|check|what\s+about)(\s+(?:me|us))?\s+/iy;
const QUESTION =
  /(?:what(?:['’]s|\s+does|\s+is|\s+are|\s+else|\s+tasks|\s+to-?dos|\s+do|\s+did|\s+have|\s+should|\s+must|\s+am|\s+remains)?|whats|which|how\s+many|how\s+much|do\s+i\s+have|have\s+i|is\s+there|are\s+there|am\s+i|any|anything|did\s+i)(?=\s|\?|$)/iy;
const ABOUT_TASKS =
  /\b(?:tasks?|to-?dos?|to do|due|overdue|reminders?|agenda|schedule[d]?|planned|plate|(?:my|the) (?:\w+ )?list|do i have|have i got|should i do|next|left|pending|coming up|my day|my week)\b/i;
const COMPLETED_BY_ME = /\b(?:did i|have i)\b.*\b(?:do|done|complete[d]?|finish(?:ed)?|get done|accomplish(?:ed)?)\b/i;
const SEARCH = /(?:search|look\s+up|look\s+for|find|locate|where\s+is|where['’]s|where\s+are)(?:\s+me)?\s+/iy;
const SEARCHED =
  /^(?:through\s+)?(?:(?:in|my|the|all|any|of)\s+)*(?:tasks?|to-?dos?|to do(?:s| list)?|list|everything|anything|something)\b\s*/i;
const EXISTS =
  /(?:do\s+i\s+have|have\s+i\s+got|is\s+there|are\s+there)\s+(?:a|an|any|some)\s*(?:tasks?|to-?dos?|reminders?|thing|things)?\s+(?:about|for|to|regarding|with|called|named|mentioning|containing)\s+/iy;

/** "show my tasks", "what's due this week", "p1 tasks tagged @work", "overdue" */
export function readList(request: Request): Command | undefined {
  const command = conditions(request);
  // Nothing was said about which ones: the key is absent.
  if (command?.result.filter && Object.keys(command.result.filter).length === 0) delete command.result.filter;
  return command;
}

function conditions(request: Request): Command | undefined {
  const { text, start, end, body } = request;
  if (COMPLETED_BY_ME.test(body) && matchAt(QUESTION, text, start)) {
    const reading = readingOf(request, start, end);
    readFilter(reading);
    return { result: { intent: "list_tasks", filter: { status: "completed" } }, verbs: [{ start, end }] };
  }
  const show = matchAt(SHOW, text, start);
  if (show && SHOW.lastIndex < end) {
    const shown = readShow(request, start + show[0].length, show[2] !== undefined);
    if (shown) return shown;
  }
  const question = matchAt(QUESTION, text, start);
  if (question) {
    if (!ABOUT_TASKS.test(body) && !/^what['’]?s\s+(?:on|for|up)\b/i.test(body)) return undefined;
    const reading = readingOf(request, start, end);
    const { filter, leftover, noun } = readFilter(reading);
    const strange = leftover.split(" ").filter((word) => word !== "").length > (noun ? 3 : 1);
    if (strange) return undefined;
    const next = { ...filter };
    if (noun && leftover !== "" && next.text === undefined) next.text = leftover;
    return {
      result: { intent: "list_tasks", filter: next },
      reading,
      verbs: [{ start, end: start + question[0].length }],
    };
  }
  return readNoun(request);
}

function readShow(request: Request, from: number, toMe: boolean): Command | undefined {
  const { text, start, end } = request;
  const verbs = [{ start, end: from }];
  const task = referenceAt(text, from);
  if (task?.noun && task.numbers.length === 1 && /^[.!?\s]*$/.test(text.slice(task.end, end))) {
    return { result: { intent: "list_tasks", taskId: task.numbers[0] ?? "" }, verbs: [...verbs, task] };
  }
  const reading = readingOf(request, from, end);
  const { filter, noun, leftover } = readFilter(reading);
  const words = text.slice(from, end);
  const list =
    /\b(?:my|the)\s+(?:[\w-]+\s+){0,2}(?:list|schedule|day|week|plan)\b|\bwhat\b|^(?:all|everything)\b/i.test(words);
  const strict = /^(?:open|get|check|give|tell|read|print|see|view)/i.test(text.slice(start)) && !toMe;
  const filtered = Object.keys(filter).length > 0;
  if (leftover !== "" && (!(noun || list) || leftover.split(" ").length > 3)) return undefined;
  if (!noun && !list && (strict || !filtered)) return undefined;
  if (strict && !/\b(?:my|all|the|open|overdue|completed)\b/i.test(words)) return undefined;
  const text_ = leftover !== "" && filter.text === undefined ? { text: leftover } : {};
  return { result: { intent: "list_tasks", filter: { ...filter, ...text_ } }, reading, verbs };
}

/** "overdue tasks", "tasks for today", "today's agenda": nothing but conditions and the noun. */
function readNoun(request: Request): Command | undefined {
  const reading = readingOf(request, request.start, request.end);
  const { filter, noun, leftover } = readFilter(reading);
  const plural = /\b(?:tasks|to-?dos|reminders|agenda|overdue)\b/i.test(request.body);
  const bare = /^overdue\W*$/i.test(request.body) || (/^due\s/i.test(request.body) && filter.dueTo !== undefined);
  if (leftover !== "" || !(bare || (plural && noun))) return undefined;
  if (/\b(?:can|will|is|are|was|were|and)\b/i.test(request.body) && !/^(?:all|my|open|overdue)\b/i.test(request.body))
    return undefined;
  return { result: { intent: "list_tasks", filter }, reading, verbs: [{ start: request.start, end: request.end }] };
}

/** "find tasks about rent", "search for dentist", "do I have a task for the bank?" */
export function readSearch(request: Request): Command | undefined {
  const { text, start, end } = request;
  const exists = matchAt(EXISTS, text, start);
  const verb = exists ?? matchAt(SEARCH, text, start);
  if (verb === undefined || start + verb[0].length >= end) return undefined;
  let from = start + verb[0].length;
  const explicit = exists !== undefined || /^search/i.test(verb[0]);
  const lead = /^for\s+/i.exec(text.slice(from, end));
  if (lead && /^search|^look/i.test(verb[0])) from += lead[0].length;
  const noun = SEARCHED.exec(text.slice(from, end));
  if (noun && from + noun[0].length < end) from += noun[0].length;
  const behind = /^for\s+/i.exec(text.slice(from, end));
  if (behind && (noun || explicit)) from += behind[0].length;
  const reading = readingOf(request, from, end);
  const words = text.slice(from, end).replace(/[?!.]+$/, "");
  const { filter, noun: said, leftover } = readFilter(reading);
  const quoted = /^["“'‘`«]/.test(words);
  if (!explicit && !noun && !quoted && !(said && /\b(?:tasks?|to-?dos?)\b/i.test(words))) return undefined;
  if (
    !noun &&
    !said &&
    !quoted &&
    (filter.dueFrom !== undefined || filter.dueTo !== undefined || filter.priority !== undefined)
  )
    return undefined;
  const rest = leftover.replace(/^(?:the|my|a)\s+/i, "");
  const only =
    filter.text ?? (Object.keys(filter).length === 0 && !said ? unquoted(words.replace(/^(?:the|my)\s+/i, "")) : rest);
  const result = only === "" ? filter : { ...filter, text: only };
  return { result: { intent: "search_tasks", filter: result }, reading, verbs: [{ start, end: from }] };
}
