import { formatDue } from "./calendar.ts";
import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { shift } from "./dates.ts";
import { readDetails } from "./details.ts";
import { readFilter } from "./filters.ts";
import { priorityPhraseAt } from "./marks.ts";
import { amountAt, isWord } from "./match.ts";
import { referenceAt, referenceFields, type TaskReference, unquoted } from "./references.ts";
import { remaining } from "./title.ts";
import type { Cleared, Priority, Understanding } from "./types.ts";

const VERB =
  /(move|reschedule|postpone|push(?:\s+(?:back|out|off))?|delay|shift|snooze|defer|bring\s+forward|bump|set|change|update|edit|modify|make|put|schedule|tag|label|prioriti[sz]e|flag|mark|repeat|remind\s+me\s+(?:about|of))\s+/iy;
const RENAME = /(?:rename|retitle)\s+/iy;
const FIELD =
  /(?:set|change|update|edit|make|move|modify)\s+(?:the\s+)?(due(?:\s+date)?|date|time|deadline|priority|prio|title|name|tags?|labels?|reminder|recurrence)\s+(?:of|for|on|from)\s+/iy;
const POSSESSIVE =
  /(?:['’]s\s+)(due(?:\s+date)?|date|time|deadline|priority|prio|title|name|tags?|labels?|reminder|recurrence)\b/iy;
const ADD_TO = /(?:add|put|attach)\s+(.{1,200}?)\s+(?:to|on|onto|for)\s+/iy;
const CLEAR =
  /(?:remove|clear|delete|drop|cancel|unset|take)\s+(?:the\s+|its\s+|all\s+)?(due(?:\s+date)?|date|deadline|priority|tags?|labels?|reminders?|recurrence|repetition)(?:\s+\S{1,60})?\s+(?:from|of|on|for|off)\s+/iy;
const REOPEN = /(?:reopen|re-open|uncomplete|undo|uncheck|untick|restore)\s+/iy;
const UNDONE =
  /mark\s+(.{1,100}?)\s+(?:as\s+)?(?:not\s+(?:done|complete[d]?|finished)|undone|incomplete|open|unfinished|todo|to\s+do)[.!]*$/iy;
const TO = /(?:\s*(?:to|till|until|til|by|as|=|:|->|→|for|so\s+that\s+it's|,))?\s*/iy;
const MOVED =
  /(?:move|reschedule|postpone|push(?:\s+back)?|delay|shift|bring\s+forward|bump)\s+(.{1,200})\s+(?:to|until|till|till|by)\s+(?=\S)/iy;

const CLEARED: readonly [RegExp, Cleared][] = [
  [/^(?:due|date)/i, "due"],
  [/^deadline/i, "deadline"],
  [/^prio/i, "priority"],
  [/^(?:tag|label)/i, "tags"],
  [/^reminder/i, "reminder"],
  [/^(?:recurrence|repetition)/i, "recurrence"],
];
const clearedField = (word: string): Cleared => CLEARED.find(([pattern]) => pattern.test(word))?.[1] ?? "due";

const fields = { intent: "update_task" as const };

/** A bare number names a task only where something follows that changes it: "move 12 to friday", not "set 3 alarms". */
function changes(request: Request, found: TaskReference): boolean {
  const rest = request.text.slice(found.end, request.end);
  if (found.noun || found.reference !== undefined) return true;
  return (
    rest.trim() === "" ||
    /^\s*(?:to|till|until|by|as|for|due|from|=|:|->|→|'s|’s|[@#!{]|p[1-4]\b|urgent|high|low|today|tomorrow|repeat)/i.test(
      rest,
    )
  );
}

/** "snooze 4 for 2 hours" counts from now, "postpone 4 by 2 days" from the task's own due date. */
function postponement(request: Request, found: TaskReference, verbs: Command["verbs"]): Command | undefined {
  const reading = readingOf(request, found.end, request.end);
  if (!isWord(reading.tokens, 0, "for", "by")) return undefined;
  const amount = amountAt(reading.tokens, 1);
  if (amount === undefined || amount.to < reading.tokens.length) return undefined;
  const spans = [...verbs, { start: found.start, end: request.end }];
  const base = { ...fields, ...referenceFields(found) };
  if (isWord(reading.tokens, 0, "by")) return { result: { ...base, postponeBy: amount.value }, verbs: spans };
  const moment = shift(undefined, amount.value, request.clock);
  return moment && { result: { ...base, due: formatDue(moment.day, moment.minute) }, verbs: spans };
}

/** Reads what follows the reference as details; `titled` makes of words that say nothing else the new title. */
function withDetails(
  request: Request,
  found: TaskReference,
  verbs: Command["verbs"],
  titled: boolean,
): Command | undefined {
  const postponed = postponement(request, found, verbs);
  if (postponed) return postponed;
  const to = matchAt(TO, request.text, found.end);
  const from = Math.min(request.end, found.end + (to?.[0].length ?? 0));
  const reading = readingOf(request, from, request.end);
  const details: Partial<Understanding> = { ...readDetails(reading) };
  const urgent = details.priority === undefined && isWord(reading.tokens, 0, "urgent", "important");
  if (urgent) details.priority = "p1";
  const repeat = /^\s*(?:repeat|recur)/i.test(request.text.slice(from));
  const rest = urgent || repeat ? "" : remaining(request.text, from, request.end, reading.spans);
  if (titled && rest !== "") details.title = unquoted(rest);
  if (!titled && !found.noun && found.numbers.length > 0 && rest !== "" && Object.keys(details).length === 0)
    return undefined;
  return {
    result: { ...fields, ...details, ...referenceFields(found) },
    reading,
    verbs: [...verbs, { start: found.start, end: from }],
  };
}

const LEVEL_WORDS: Record<string, Priority> = {
  urgent: "p1",
  highest: "p1",
  high: "p1",
  medium: "p2",
  low: "p3",
  lowest: "p4",
  none: "p4",
  normal: "p3",
};

/** The value of one named field: a title or a tag as it stands, a priority by number or word, else details. */
function withField(
  request: Request,
  found: TaskReference,
  field: string,
  verbs: Command["verbs"],
  from: number,
): Command | undefined {
  const value = request.text.slice(from, request.end).trim();
  const base = { ...fields, ...referenceFields(found) };
  const done = (details: Partial<Understanding>): Command => ({
    result: { ...base, ...details },
    verbs: [...verbs, { start: found.start, end: from }],
  });
  if (/^(?:title|name)/i.test(field)) return value === "" ? undefined : done({ title: unquoted(value) });
  if (/^(?:tag|label)/i.test(field)) {
    const tags = value
      .split(/[\s,]+/)
      .map((tag) => tag.replace(/^[@#]/, "").replace(/[.!?]+$/, ""))
      .filter((tag) => tag !== "" && tag !== "and");
    return done({ tags });
  }
  if (/^prio/i.test(field)) {
    const level =
      LEVEL_WORDS[
        value
          .toLowerCase()
          .replace(/[.!]+$/, "")
          .replace(/\s+priority$/, "")
      ];
    const phrase =
      priorityPhraseAt(readingOf(request, from, request.end), 0)?.value ??
      (/^[1-4]$/.test(value) ? (`p${value}` as Priority) : level);
    return phrase === undefined ? undefined : done({ priority: phrase });
  }
  const reading = readingOf(request, from, request.end);
  const details: Partial<Understanding> = { ...readDetails(reading) };
  if (/^deadline/i.test(field) && details.due !== undefined) {
    details.deadline = details.due.slice(0, 10);
    delete details.due;
  }
  if (/^reminder/i.test(field) && details.due !== undefined) {
    details.reminder = { at: details.due.length > 10 ? details.due : `${details.due}T09:00` };
    delete details.due;
  }
  return { ...done(details), reading };
}

function byField(request: Request): Command | undefined {
  const { text, start } = request;
  const field = matchAt(FIELD, text, start);
  const found = field && referenceAt(text, start + field[0].length);
  if (!field || !found) return undefined;
  const to = found.end + (matchAt(TO, text, found.end)?.[0].length ?? 0);
  return withField(request, found, field[1] ?? "", [{ start, end: found.start }], to);
}

/** "add @work to task 3", "add a reminder to 4 at 9am", "remove the due date from task 3", "reopen 5" */
function byPart(request: Request): Command | undefined {
  const { text, start, end } = request;
  const clear = matchAt(CLEAR, text, start);
  const cleared = clear && referenceAt(text, start + clear[0].length);
  if (clear && cleared) {
    return {
      result: { ...fields, ...referenceFields(cleared), clears: [clearedField(clear[1] ?? "")] },
      verbs: [{ start, end: cleared.end }],
    };
  }
  const reopen = matchAt(REOPEN, text, start);
  const undone = matchAt(UNDONE, text.slice(0, end), start);
  const reopened = reopen
    ? referenceAt(text, start + reopen[0].length)
    : undone && referenceAt(text, start + undone[0].indexOf(undone[1] ?? "", 4));
  if (reopened && (undone || text.slice(reopened.end, end).trim() === "")) {
    return { result: { ...fields, ...referenceFields(reopened), clears: ["completed"] }, verbs: [{ start, end }] };
  }
  const add = matchAt(ADD_TO, text.slice(0, end), start);
  const found = add && referenceAt(text, start + add[0].length);
  if (!add || !found || !(found.noun || /^[@#]|^(?:the\s+)?(?:tag|label)\b|^a\s+reminder/i.test(add[1] ?? "")))
    return undefined;
  const what = add[1] ?? "";
  const from = start + add[0].indexOf(what);
  const tag = /^(?:the\s+)?(?:tags?|labels?)\s+[@#]?(\S+)$/i.exec(what);
  if (tag?.[1] !== undefined)
    return { result: { ...fields, ...referenceFields(found), tags: [tag[1]] }, verbs: [{ start, end }] };
  if (/^a\s+reminder/i.test(what))
    return withField(request, found, "reminder", [{ start, end: found.start }], found.end);
  const reading = readingOf(request, from, from + what.length);
  const details = readDetails(reading);
  if (Object.keys(details).length === 0) return undefined;
  return {
    result: { ...fields, ...details, ...referenceFields(found) },
    reading,
    verbs: [{ start, end: from }, found],
  };
}

/** "move all overdue tasks to tomorrow": every change of more than one task needs approval. */
function byFilter(request: Request, from: number, verb: number): Command | undefined {
  const { text, end } = request;
  const words = text.slice(from, end);
  if (!/^(?:all|everything|every|each|both|my|the|overdue)\b/i.test(words)) return undefined;
  const cut = /\s+(?:to|until|till|as|by)\s+(?!do\b)/i.exec(words);
  if (cut === null) return undefined;
  const at = from + cut.index;
  const filtered = readingOf(request, from, at);
  const { filter, noun, plural, leftover } = readFilter(filtered);
  if (!plural || leftover !== "" || !(noun || /^(?:all|everything)\b/i.test(words))) return undefined;
  const reading = readingOf(request, at + cut[0].length, end);
  const details = readDetails(reading);
  if (Object.keys(details).length === 0) return undefined;
  for (const span of filtered.spans) reading.claimText(span.start, span.end, span.kind);
  return {
    result: { ...fields, ...details, filter, requiresApproval: true },
    reading,
    verbs: [{ start: request.start, end: verb }],
  };
}

/** "move dentist appointment to friday": a task by its words, where all that follows is a date. */
function byWords(request: Request): Command | undefined {
  const { text, start, end } = request;
  const moved = matchAt(MOVED, text.slice(0, end), start);
  if (moved?.[1] === undefined) return undefined;
  const from = start + moved[0].length;
  const reading = readingOf(request, from, end);
  const details = readDetails(reading);
  if (details.due === undefined || remaining(text, from, end, reading.spans) !== "" || /\bfrom\s/i.test(moved[1]))
    return undefined;
  const words = moved[1].replace(/^(?:the|my)\s+/i, "").replace(/\s+task$/i, "");
  return {
    result: { ...fields, ...details, filter: { text: unquoted(words) } },
    reading,
    verbs: [{ start, end: from }],
  };
}

/** Changing: "move task 12 to friday", "set task 3 to p1", "rename task 5 to Buy oat milk". */
export function readUpdate(request: Request): Command | undefined {
  const { text, start, end } = request;
  const part = byField(request) ?? byPart(request);
  if (part) return part;
  const rename = matchAt(RENAME, text, start);
  const renamed = rename && referenceAt(text, start + rename[0].length);
  if (rename && renamed) {
    const to = /^\s*(?:to|as|into|:)?\s*/i.exec(text.slice(renamed.end))?.[0].length ?? 0;
    return withField(request, renamed, "title", [{ start, end: renamed.start }], renamed.end + to);
  }
  const verb = matchAt(VERB, text, start);
  if (verb && VERB.lastIndex < end) {
    const from = start + verb[0].length;
    const verbs = [{ start, end: from }];
    const found = referenceAt(text, from);
    if (found) {
      const field = matchAt(POSSESSIVE, text, found.end);
      if (field) {
        const to = POSSESSIVE.lastIndex + (matchAt(TO, text, POSSESSIVE.lastIndex)?.[0].length ?? 0);
        return withField(request, found, field[1] ?? "", verbs, to);
      }
      if (/^(?:tag|label)/i.test(verb[0]) && /^\s*(?:with|as)\s+\w/i.test(text.slice(found.end))) {
        const to = found.end + (/^\s*(?:with|as)\s+/i.exec(text.slice(found.end))?.[0].length ?? 0);
        return withField(request, found, "tag", verbs, to);
      }
      if (changes(request, found))
        return withDetails(request, found, verbs, /^(?:change|update|edit|modify)/i.test(verb[0]));
    }
    return byFilter(request, from, from) ?? byWords(request);
  }
  const stated = /^tasks?\s/i.test(request.body) ? referenceAt(text, start) : undefined;
  if (stated === undefined || stated.numbers.length !== 1) return undefined;
  const command = withDetails(request, stated, [], false);
  const complete =
    command?.reading && remaining(text, stated.end, end, [...command.verbs, ...command.reading.spans]) === "";
  return complete && Object.keys(command.result).length > 2 ? command : undefined;
}
