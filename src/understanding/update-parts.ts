import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readDetails } from "./details.ts";
import { skip } from "./match.ts";
import { referenceAt, referenceFields } from "./references.ts";
import { resolveReminder, specAt } from "./reminders.ts";
import type { Cleared } from "./types.ts";
import { updateFields as fields } from "./update-fields.ts";

const ADD_TO = /(?:add|put|attach)\s+(.{1,200}?)\s+(?:to|on|onto|for)\s+/iy;
const CLEAR =
  /(?:remove|clear|delete|drop|cancel|unset|take)\s+(?:the\s+|its\s+|all\s+)?(due(?:\s+date)?|date|deadline|priority|tags?|labels?|reminders?|recurrence|repetition)(?:\s+\S{1,60})?\s+(?:from|of|on|for|off)\s+/iy;
const REMINDER = /(?:(?:set|add|create|put)\s+a\s+reminder\s+(?:for|on|to)|remind\s+me\s+(?:about|of))\s+/iy;
const REOPEN = /(?:reopen|re-open|uncomplete|undo|uncheck|untick|restore)\s+/iy;
const UNDONE =
  /mark\s+(.{1,100}?)\s+(?:as\s+)?(?:not\s+(?:done|complete[d]?|finished)|undone|incomplete|open|unfinished|todo|to\s+do)[.!]*$/iy;

const CLEARED: readonly [RegExp, Cleared][] = [
  [/^(?:due|date)/i, "due"],
  [/^deadline/i, "deadline"],
  [/^prio/i, "priority"],
  [/^(?:tag|label)/i, "tags"],
  [/^reminder/i, "reminder"],
  [/^(?:recurrence|repetition)/i, "recurrence"],
];
const clearedField = (word: string): Cleared => CLEARED.find(([pattern]) => pattern.test(word))?.[1] ?? "due";

/** "set a reminder for task 4 at 6pm", "remind me about task 4 the day before" */
export function byReminder(request: Request): Command | undefined {
  const verb = matchAt(REMINDER, request.text, request.start);
  const found = verb && referenceAt(request.text, request.start + verb[0].length);
  if (!found?.noun) return undefined;
  const reading = readingOf(request, found.end, request.end);
  const spec = specAt(reading, skip(reading.tokens, 0, ","), true);
  if (spec) reading.claim(0, spec.to, "reminder");
  const reminder = spec ? { reminder: resolveReminder(spec.value, undefined, false) } : {};
  return {
    result: { ...fields, ...referenceFields(found), ...reminder },
    reading,
    verbs: [{ start: request.start, end: found.end }],
  };
}

/** "add @work to task 3", "add a reminder to 4 at 9am", "remove the due date from task 3", "reopen 5" */
export function byPart(request: Request): Command | undefined {
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
  if (!add || !found || !(found.noun || /^[@#]|^(?:the\s+)?(?:tag|label)\b/i.test(add[1] ?? ""))) return undefined;
  const what = add[1] ?? "";
  const from = start + add[0].indexOf(what);
  const tag = /^(?:the\s+)?(?:tags?|labels?)\s+[@#]?(\S+)$/i.exec(what);
  if (tag?.[1] !== undefined)
    return { result: { ...fields, ...referenceFields(found), tags: [tag[1]] }, verbs: [{ start, end }] };
  const reading = readingOf(request, from, from + what.length);
  const details = readDetails(reading);
  if (Object.keys(details).length === 0) return undefined;
  return {
    result: { ...fields, ...details, ...referenceFields(found) },
    reading,
    verbs: [{ start, end: from }, found],
  };
}
