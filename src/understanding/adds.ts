import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readDetails } from "./details.ts";
import type { Region } from "./literal.ts";
import { IMPERATIVE, unquoted } from "./references.ts";
import { reminderAt } from "./reminders.ts";
import { remaining } from "./title.ts";
import type { Priority } from "./types.ts";

const NOUN = "(?:task|to-?do|to\\s+do|item|reminder|entry|note)";
const LEVEL = "(?:(?:high|low|medium|top|highest|lowest)[\\s-]priority|urgent|p[1-4])";
const VERBS: readonly RegExp[] = [
  new RegExp(
    `(?:add|create|make|set\\s+up|set|insert|log|record|schedule|new)\\s+(?:me\\s+)?(?:an?\\s+|another\\s+|the\\s+|one\\s+(?:more\\s+)?)?(?:new\\s+)?(?:(${LEVEL})\\s+)?(?:new\\s+)?${NOUN}\\b(?:\\s*(?:called|named|titled|saying|that\\s+says|which\\s+says|for\\s+me\\s+to|to|about|of|:|-|–)(?=[\\s"“'‘]))?\\s*[:,]?\\s*(?:for\\s+me\\s+)?`,
    "iy",
  ),
  /(?:to-?do|to\s+do|task|note(?:\s+to\s+self)?|reminder)\s*(?::|\s-\s)\s*/iy,
  /to-?do\s+(?=\p{L})/iuy,
  new RegExp(`create\\s+(?=${IMPERATIVE.source.slice(1)})`, "iy"),
  /(?:please\s+)?(?:don['’]?t|do\s+not|never)\s+(?:let\s+me\s+)?forget\s+(?:(?:to|about|that)\s+)?/iy,
  /remember\s+to\s+/iy,
  /(?:make|be)\s+sure\s+(?:to|that\s+i|i)\s+/iy,
  /(?:i|we)(?:['’](?:ve|d))?\s+(?:really\s+|also\s+|still\s+|just\s+)?(?:need|have|want|got|ought|gotta|must|should)(?:\s+to)?\s+(?!been\b|done\b|finished\b|completed\b|a\b|an\b|the\b|no\b)/iy,
  /(?:need|have)\s+to\s+/iy,
  /(?:jot|note)\s+down\s*:?\s+/iy,
  /(?:add|create\s*:|insert)\s*:?\s+/iy,
];
const ON_LIST =
  /\s+(?:to|on|onto|in|into)\s+(?:my|the|our)\s+(?:([\p{L}-]{2,30})\s+)?(?:(?:to-?do|to\s+do|task)\s+)?lists?(?![\w'’-])|\s+to\s+(?:my|the)\s+(?:tasks|to-?dos|calendar|agenda|schedule|inbox)(?![\w'’-])/iu;
const PUT = /(?:put|place|stick|throw)\s+(?=\S)/iy;
const REMIND = /remind\s+(?:me|us)\s*(?:,\s*)?((?:to|about|of|that(?:\s+i)?)\s+|:\s*)?/iy;

interface Lead {
  readonly spans: Region[];
  readonly priority?: Priority;
  readonly tag?: string;
}

/** "add a high priority task": the words in front of the noun. */
function levelOf(words: string): Priority {
  if (/^p[1-4]$/.test(words)) return words as Priority;
  return /^(?:high|top|urgent)/.test(words) ? "p1" : /^medium/.test(words) ? "p2" : /^lowest/.test(words) ? "p4" : "p3";
}

/** "milk to my shopping list": the list's name is a tag, as a project is. */
function onList(request: Request): { region: Region; tag?: string } | undefined {
  const found = ON_LIST.exec(request.body);
  if (found === null) return undefined;
  const start = request.start + found.index;
  const name = found[1]?.toLowerCase();
  const generic = name === undefined || ["to-do", "todo", "task", "own", "whole"].includes(name);
  return { region: { start, end: start + found[0].length }, ...(generic ? {} : { tag: found[1] ?? "" }) };
}

function lead(request: Request): Lead | undefined {
  const { text, start, end } = request;
  const remind = matchAt(REMIND, text, start);
  if (remind) return remindLead(request, start + remind[0].length, remind[1] !== undefined);
  const put = matchAt(PUT, text, start);
  const list = onList(request);
  if (put)
    return (
      list && {
        spans: [{ start, end: start + put[0].length }, list.region],
        ...(list.tag === undefined ? {} : { tag: list.tag }),
      }
    );
  const pattern = VERBS.find((verb) => matchAt(verb, text, start) !== undefined && verb.lastIndex < end);
  if (pattern === undefined) return undefined;
  const verb = { start, end: pattern.lastIndex };
  const level = matchAt(pattern, text, start)?.[1]?.toLowerCase();
  if (level !== undefined) return { spans: [verb], priority: levelOf(level) };
  const adds = /^(?:add|create|insert|new|make|put|set)/i.test(request.body);
  if (!adds || list === undefined || list.region.start < verb.end) return { spans: [verb] };
  return { spans: [verb, list.region], ...(list.tag === undefined ? {} : { tag: list.tag }) };
}

/**
 * "remind me to X tomorrow" and "remind me tomorrow to X" add a task that is due then; "remind me an hour before" and
 * nothing but a time are reminders.
 */
function remindLead(request: Request, from: number, linked: boolean): Lead | undefined {
  const { start, end } = request;
  const verb = { start, end: from };
  if (linked) return { spans: [verb] };
  const reading = readingOf(request, start, end);
  const found = reminderAt(reading, 0);
  const before = found && ("minutesBefore" in found.value || "daysBefore" in found.value);
  const closes = found && reading.tokens.slice(found.to).every(({ kind }) => kind === "punct");
  if (before || closes) return { spans: [] };
  return { spans: [verb] };
}

/** Where "remind me tomorrow at 9 to call" leaves "to call": the linking word goes with the verb. */
function linkAfter(request: Request, from: number, spans: readonly Region[]): Region | undefined {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  let at = from;
  for (;;) {
    while (/\s/.test(request.text[at] ?? "")) at++;
    const next = sorted.find(({ start, end }) => start <= at && end > at);
    if (next === undefined) break;
    at = next.end;
  }
  const link = /^(?:to|about|that(?:\s+i)?|of)\s+(?=\S)/i.exec(request.text.slice(at, request.end));
  return link ? { start: at, end: at + link[0].trimEnd().length } : undefined;
}

/** Adding with a verb in front: "add buy milk tomorrow", "remind me to call Bob", "I need to pay rent by friday". */
export function readAdd(request: Request): Command | undefined {
  const found = lead(request);
  if (found === undefined) return undefined;
  const { text, end } = request;
  const from = found.spans[0]?.end ?? request.start;
  const listed = found.spans[1];
  const reading = readingOf(request, from, end);
  if (listed) reading.claimText(listed.start, listed.end, "verb");
  const details = readDetails(reading, /^remind|^set\s+(?:me\s+)?a\s+reminder/i.test(request.body));
  const link = linkAfter(request, from, reading.spans);
  if (link) reading.claimText(link.start, link.end, "verb");
  const tags = found.tag === undefined ? details.tags : [...new Set([...(details.tags ?? []), found.tag])];
  const rest = unquoted(remaining(text, from, end, reading.spans));
  const title =
    request.asked || /^(?:remind|don|do not|never|i\s|i['’]|we\s|put|add|create)/i.test(request.body)
      ? rest.replace(/(?<![.!?])[.?]$/, "")
      : rest;
  const result = {
    intent: "add_task" as const,
    ...(title === "" ? {} : { title }),
    ...(found.priority === undefined ? {} : { priority: found.priority }),
    ...details,
    ...(tags ? { tags } : {}),
  };
  return { result, reading, verbs: found.spans.slice(0, 1) };
}
