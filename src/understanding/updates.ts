import { formatDue } from "./calendar.ts";
import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { shift } from "./dates.ts";
import { readDetails } from "./details.ts";
import { readFilter } from "./filters.ts";
import { amountAt, isWord, skip } from "./match.ts";
import { referenceAt, referenceFields, type TaskReference, unquoted } from "./references.ts";
import { remaining } from "./title.ts";
import type { Understanding } from "./types.ts";
import { byField, updateFields as fields, TO, withField } from "./update-fields.ts";
import { byPart, byReminder } from "./update-parts.ts";

const VERB =
  /(move|reschedule|postpone|push(?:\s+(?:back|out|off))?|delay|shift|snooze|defer|bring\s+forward|bump|set|change|update|edit|modify|make|put|schedule|tag|label|prioriti[sz]e|flag|mark|repeat)\s+/iy;
const RENAME = /(?:rename|retitle)\s+/iy;
const QUOTED_RENAME = /^((["'`]).{1,300}?\2|“.{1,300}?”)\s+(?:to|as|into)\s+(.{1,500})$/is;
const POSSESSIVE =
  /(?:['’]s\s+)(due(?:\s+date)?|date|time|deadline|priority|prio|title|name|tags?|labels?|reminder|recurrence)\b/iy;
const NOT_DONE = /\s*(?:is|are)(?:\s+not|n['’]t)\s+(?:done|complete[d]?|finished)(?:\s+yet)?[.!]*$/iy;
const MOVED =
  /(?:move|reschedule|postpone|push(?:\s+back)?|delay|shift|bring\s+forward|bump)\s+(.{1,200})\s+(?:to|until|till|till|by)\s+(?=\S)/iy;

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
  const snooze = /^snooze/i.test(request.body) && !isWord(reading.tokens, 0, "until", "till", "to");
  if (!snooze && !isWord(reading.tokens, 0, "for", "by")) return undefined;
  const amount = amountAt(reading.tokens, skip(reading.tokens, 0, "for", "by"));
  if (amount === undefined || amount.to < reading.tokens.length) return undefined;
  const spans = [...verbs, { start: found.start, end: request.end }];
  const base = { ...fields, ...referenceFields(found) };
  if (!snooze && isWord(reading.tokens, 0, "by"))
    return { result: { ...base, postponeBy: amount.value }, verbs: spans };
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
  if (/^prioriti/i.test(request.body)) details.priority ??= "p1";
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
  const part = byField(request) ?? byReminder(request) ?? byPart(request);
  if (part) return part;
  const rename = matchAt(RENAME, text, start);
  const quoted = rename && QUOTED_RENAME.exec(text.slice(start + rename[0].length, end));
  if (rename && quoted) {
    const result = { ...fields, title: unquoted(quoted[3] ?? ""), filter: { text: unquoted(quoted[1] ?? "") } };
    return { result, verbs: [{ start, end: start + rename[0].length }] };
  }
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
  const subject = referenceAt(text, start);
  if (subject && matchAt(NOT_DONE, text.slice(0, end), subject.end)) {
    return { result: { ...fields, ...referenceFields(subject), clears: ["completed"] }, verbs: [{ start, end }] };
  }
  const stated = /^tasks?\s/i.test(request.body) ? referenceAt(text, start) : undefined;
  if (stated === undefined || stated.numbers.length !== 1) return undefined;
  const command = withDetails(request, stated, [], false);
  const complete =
    command?.reading && remaining(text, stated.end, end, [...command.verbs, ...command.reading.spans]) === "";
  return complete && Object.keys(command.result).length > 2 ? command : undefined;
}
