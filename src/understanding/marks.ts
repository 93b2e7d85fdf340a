import { formatDay } from "./calendar.ts";
import { dateAt, expectedDateAt } from "./dates.ts";
import { endsBefore, isWord, lowerAt, sequence, skip } from "./match.ts";
import type { Reading } from "./reading.ts";
import { timeAt } from "./times.ts";
import { tokenize } from "./tokens.ts";
import type { Priority } from "./types.ts";

/** Claims `@work` and `#home`; returns the names without their sigil, each once, in the order said. */
export function readTags(reading: Reading): string[] {
  const tags: string[] = [];
  for (const [i, token] of reading.tokens.entries()) {
    if (token.kind !== "tag") continue;
    const name = token.text.slice(1);
    if (!tags.some((tag) => tag.toLowerCase() === name.toLowerCase())) tags.push(name);
    reading.claim(i, i + 1, "tag");
  }
  return tags;
}

const LEVELS: ReadonlyMap<string, Priority> = new Map<string, Priority>([
  ["highest", "p1"],
  ["top", "p1"],
  ["high", "p1"],
  ["urgent", "p1"],
  ["critical", "p1"],
  ["medium", "p2"],
  ["normal", "p3"],
  ["low", "p3"],
  ["lowest", "p4"],
  ["no", "p4"],
]);

/** `high priority`, `priority 2`, `priority: high`: the priority and where the phrase ends. */
export function priorityPhraseAt(reading: Reading, i: number): { to: number; value: Priority } | undefined {
  const { tokens } = reading;
  const token = tokens[i];
  if (token?.kind === "word" && /^p[1-4]$/.test(token.lower)) return { to: i + 1, value: token.lower as Priority };
  const joined = /^(\w+)-priority$/.exec(lowerAt(tokens, i))?.[1];
  const named = joined === undefined ? undefined : LEVELS.get(joined);
  if (named !== undefined) return { to: i + 1, value: named };
  const level = LEVELS.get(lowerAt(tokens, i));
  if (level !== undefined && isWord(tokens, i + 1, "priority", "prio")) return { to: i + 2, value: level };
  if (!isWord(tokens, i, "priority", "prio")) return undefined;
  const at = skip(tokens, skip(tokens, i + 1, ":", "of", "is", "to"), "to");
  const number = tokens[at];
  if (number?.kind === "number" && number.value >= 1 && number.value <= 4) {
    return { to: at + 1, value: `p${number.value}` as Priority };
  }
  if (number?.kind === "word" && /^p[1-4]$/.test(number.lower)) return { to: at + 1, value: number.lower as Priority };
  const word = LEVELS.get(lowerAt(tokens, at));
  return word === undefined ? undefined : { to: at + 1, value: word };
}

/** A page, a part, a chapter: "read p3 of the report", "page p2". */
const isPage = (reading: Reading, i: number): boolean =>
  isWord(reading.tokens, i + 1, "of") ||
  reading.tokens[i - 1]?.kind === "bang" ||
  ["page", "pages", "pp", "see", "vitamin", "part", "section"].includes(reading.wordBefore(i));

/** Claims and returns the last `p1` to `p4`, or a phrase that stands apart: `high priority`, `, urgent`. */
export function readPriority(reading: Reading): Priority | undefined {
  const { tokens } = reading;
  let priority: Priority | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== "word" || !/^p[1-4]$/.test(token.lower) || isPage(reading, i)) continue;
    const said = isWord(tokens, i - 1, ":") ? i - 2 : i - 1;
    const lead = isWord(tokens, said, "priority", "prio")
      ? said
      : skip(tokens, i - 1, "as", "with", "at") === i && i > 0
        ? i - 1
        : i;
    const bracketed = isWord(tokens, i - 1, "(") && isWord(tokens, i + 1, ")");
    const [from, to] = bracketed ? [i - 1, i + 2] : [lead, i + 1];
    reading.claim(from, to, "priority");
    priority = token.lower as Priority;
  }
  if (priority !== undefined) return priority;
  for (let i = 0; i < tokens.length; i++) {
    const start = skip(tokens, skip(tokens, i, "with", "at", "as"), "a");
    const bare = /^p[1-4]$/.test(lowerAt(tokens, start));
    const phrase = bare ? undefined : (priorityPhraseAt(reading, start) ?? urgentAt(reading, i));
    if (phrase === undefined || !endsBefore(tokens, phrase.to) || (start === i && isWord(tokens, i, "no"))) continue;
    reading.claim(i, phrase.to, "priority");
    return phrase.value;
  }
  return undefined;
}

/** `urgent` set apart by a sign or at the end: "urgent: call the bank", "call the bank, it's urgent". */
function urgentAt(reading: Reading, i: number): { to: number; value: Priority } | undefined {
  const { tokens } = reading;
  const said = sequence(tokens, i, "it's|this", "urgent") ?? sequence(tokens, i, "it|this", "is", "urgent");
  if (said !== undefined) return { to: said, value: "p1" };
  if (!isWord(tokens, i, "urgent", "urgently")) return undefined;
  const opens = i === 0 && isWord(tokens, 1, ":", "!", ",", "-");
  const closes = tokens.slice(i + 1).every((token) => token.kind === "punct");
  const before = reading.wordBefore(i);
  const states = [
    "as",
    "is",
    "are",
    "not",
    "be",
    "very",
    "if",
    "when",
    "it",
    "and",
    "or",
    "most",
    "really",
    "an",
    "the",
  ].includes(before);
  return opens || (closes && i > 0 && !states) ? { to: i + 1, value: "p1" } : undefined;
}

/** Claims `{march 30}`, `with a deadline of march 30`, `deadline: friday`; returns the last such local date. */
export function readDeadline(reading: Reading): string | undefined {
  const { tokens, clock } = reading;
  let deadline: string | undefined;
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== "brace") continue;
    const inner = tokenize(token.text.slice(1, -1));
    const start = skip(inner, 0, "by", "on");
    const before = timeAt(inner, start, false);
    const date = expectedDateAt(inner, before?.to ?? start, clock);
    // A deadline is a day: a time inside is understood and has no place to go.
    const to = date && (timeAt(inner, date.to, true)?.to ?? date.to);
    if (date === undefined || to !== inner.length) continue;
    deadline = formatDay(date.value.day);
    reading.claim(i, i + 1, "deadline");
  }
  for (let i = 0; deadline === undefined && i < tokens.length; i++) {
    const at =
      sequence(tokens, i, "with", "a", "deadline", "of|on") ??
      sequence(tokens, i, "with", "deadline") ??
      sequence(tokens, i, "deadline", ":") ??
      sequence(tokens, i, "deadline", "is");
    const date = at === undefined ? undefined : dateAt(tokens, skip(tokens, at, "of", "on"), clock);
    if (date === undefined) continue;
    deadline = formatDay(date.value.day);
    reading.claim(i, date.to, "deadline");
  }
  return deadline;
}
