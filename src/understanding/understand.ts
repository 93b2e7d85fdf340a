/**
 * Reads one sentence to the todo assistant: quick add in Todoist's notation, or ordinary English around it. Runs in
 * Node and in the browser, without a clock, a network or a dependency of its own: same input, same answer.
 */
import { readAdd } from "./adds.ts";
import { type Command, requestOf } from "./command.ts";
import { readComplete } from "./completes.ts";
import { readDelete } from "./deletes.ts";
import { readDetails } from "./details.ts";
import { readList, readSearch } from "./lists.ts";
import type { Region } from "./literal.ts";
import { Reading } from "./reading.ts";
import { isSmallTalk } from "./smalltalk.ts";
import { remaining } from "./title.ts";
import { tokenize } from "./tokens.ts";
import type { Span, Understanding, UnderstandOptions } from "./types.ts";
import { readUpdate } from "./updates.ts";
import { clockAt } from "./zone.ts";

export type * from "./types.ts";

const COMMANDS = [readComplete, readUpdate, readDelete, readSearch, readList, readAdd];

const overlaps = (regions: readonly Region[], { start, end }: Region): boolean =>
  regions.some((region) => region.start < end && region.end > start);

/** The command's own words and what it read, sorted; where both claim a stretch, what was read stays. */
function commandSpans(text: string, { reading, verbs }: Command): Span[] {
  const read = reading?.spans ?? [];
  const spans = [...read];
  for (const { start, end } of verbs) {
    let from = start;
    for (const region of [...spans].sort((a, b) => a.start - b.start)) {
      if (region.end <= from || region.start >= end) continue;
      pushSpan(spans, text, from, region.start);
      from = Math.max(from, region.end);
    }
    pushSpan(spans, text, from, end);
  }
  return spans.sort((a, b) => a.start - b.start);
}

function pushSpan(spans: Span[], text: string, start: number, end: number): void {
  let [from, to] = [start, end];
  while (from < to && /\s/.test(text[from] ?? "")) from++;
  while (to > from && /\s/.test(text[to - 1] ?? "")) to--;
  if (to > from) spans.push({ start: from, end: to, kind: "verb", text: text.slice(from, to) });
}

/**
 * Understands a text.
 *
 * - Times are wall-clock times of `timeZone`; a time alone is its next occurrence, a date without a year the next one.
 * - Weeks begin on Monday; `friday` is the next one after today, `next friday` the one of the next week.
 * - A local time that a clock change leaves out is read as RFC 5545 does: an occurrence of a rule is skipped, a single
 *   date takes the offset from before the gap. UNTIL is a date for rules without a time, else a UTC instant.
 * - No verb means add_task. Words of an ignored stretch are plain words.
 *
 * @throws RangeError when `now` has no offset or `timeZone` is not known, with a message for the user
 */
export function understand(text: string, options: UnderstandOptions): Understanding {
  const clock = clockAt(options.now, options.timeZone);
  const ignore = (options.ignore ?? []).filter(({ start, end }) => end > start);
  const tokens = tokenize(text, ignore);
  const request = requestOf(text, tokens, clock);
  for (const read of request === undefined ? [] : COMMANDS) {
    const command = request && read(request);
    if (command === undefined || command.verbs.some((verb) => overlaps(ignore, verb))) continue;
    return { ...command.result, spans: commandSpans(text, command) };
  }
  if (ignore.length === 0 && isSmallTalk(text)) return { intent: "unknown", spans: [] };
  const reading = new Reading(text, tokens, clock);
  const details = readDetails(reading);
  const { spans } = reading;
  const title = remaining(text, 0, text.length, spans);
  return { intent: "add_task", ...(title === "" ? {} : { title }), ...details, spans };
}
