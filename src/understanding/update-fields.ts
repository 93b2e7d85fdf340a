import { type Command, matchAt, type Request, readingOf } from "./command.ts";
import { readDetails } from "./details.ts";
import { priorityPhraseAt } from "./marks.ts";
import { referenceAt, referenceFields, type TaskReference, unquoted } from "./references.ts";
import type { Priority, Understanding } from "./types.ts";

export const updateFields = { intent: "update_task" as const };
const fields = updateFields;

const FIELD =
  /(?:set|change|update|edit|make|move|modify)\s+(?:the\s+)?(due(?:\s+date)?|date|time|deadline|priority|prio|title|name|tags?|labels?|reminder|recurrence)\s+(?:of|for|on|from)\s+/iy;
/** What may stand between a task and its new value. */
export const TO = /(?:\s*(?:to|till|until|til|by|as|=|:|->|→|for|so\s+that\s+it's|,))?\s*/iy;

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
export function withField(
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

/** "set the due date of task 3 to friday", "change the title of 4 to Buy milk" */
export function byField(request: Request): Command | undefined {
  const { text, start } = request;
  const field = matchAt(FIELD, text, start);
  const found = field && referenceAt(text, start + field[0].length);
  if (!field || !found) return undefined;
  const to = found.end + (matchAt(TO, text, found.end)?.[0].length ?? 0);
  return withField(request, found, field[1] ?? "", [{ start, end: found.start }], to);
}
