import { formatDay } from "./calendar.ts";
import { priorityPhraseAt, readTags } from "./marks.ts";
import { isWord, lowerAt, sequence, skip } from "./match.ts";
import { type DayRange, rangeAt } from "./ranges.ts";
import type { Reading } from "./reading.ts";
import { unquoted } from "./references.ts";
import type { Filter } from "./types.ts";

export interface FilterReading {
  readonly filter: Filter;
  /** Words that are no filter and no filler; empty where everything was understood. */
  readonly leftover: string;
  /** It says tasks, to-dos or reminders. */
  readonly noun: boolean;
  /** It means more than one task. */
  readonly plural: boolean;
}

const NOUNS = /^(?:tasks?|todos?|to-dos?|reminders?)$/;
const WEAK_NOUNS = /^(?:items?|list|agenda|plate|schedule|things?|stuff|chores|calendar|backlog|ones?)$/;
const FILLERS = new Set(
  (
    "me my mine all the of any every each both everything tasks task todos todo to-dos to-do reminders reminder items item list " +
    "lists things thing stuff due that are is do does i i've have has got to for on in with please up what what's whats which " +
    "currently left still there be been must should need so far a an and from until by at plate agenda schedule planned " +
    "scheduled coming upcoming set get doing done did now right our us only just also how many else going supposed was were " +
    "will can ones one yet not anything something calendar backlog out know date dates marked having chores or today's s day look like tagged labelled labeled tag label without am does make next soon next's"
  ).split(" "),
);
const DONE = ["completed", "done", "finished", "closed", "ticked"];
const OPEN = [
  "open",
  "pending",
  "active",
  "incomplete",
  "unfinished",
  "uncompleted",
  "outstanding",
  "remaining",
  "undone",
  "unresolved",
];
const TEXT_CUES = [
  "about",
  "regarding",
  "concerning",
  "containing",
  "contains",
  "contain",
  "mentioning",
  "mention",
  "mentions",
  "matching",
  "named",
  "called",
  "titled",
  "like",
  "re",
];

function applyRange(filter: Filter, { from, to }: DayRange): void {
  if (from !== undefined) filter.dueFrom = formatDay(from);
  if (to !== undefined) filter.dueTo = formatDay(to);
}

function readStatus(reading: Reading, filter: Filter): void {
  const { tokens, clock } = reading;
  for (let i = 0; i < tokens.length; i++) {
    const notDone = sequence(tokens, i, "not|isn't|aren't|haven't", DONE.join("|"));
    const pastDue = sequence(tokens, i, "past", "due") ?? sequence(tokens, i, "overdue|late");
    if (pastDue !== undefined) {
      filter.dueTo = formatDay(clock.today - 1);
      filter.status = "open";
      reading.claim(i, pastDue, "filter");
    } else if (notDone !== undefined) {
      filter.status = "open";
      reading.claim(i, notDone, "filter");
    } else if (isWord(tokens, i, ...DONE) || isWord(tokens, i, ...OPEN)) {
      filter.status = isWord(tokens, i, ...DONE) ? "completed" : "open";
      reading.claim(i, i + 1, "filter");
    } else if (isWord(tokens, i, "upcoming")) {
      filter.dueFrom ??= formatDay(clock.today);
      reading.claim(i, i + 1, "filter");
    }
  }
}

/** `tagged work`, `with the tag home`, `labelled @errand`, `in the shopping list` */
function readNamedTags(reading: Reading, tags: string[]): void {
  const { tokens } = reading;
  for (let i = 0; i < tokens.length; i++) {
    const tagged =
      sequence(tokens, i, "tagged|labelled|labeled", "with|as") ??
      sequence(tokens, i, "tagged|labelled|labeled") ??
      sequence(tokens, i, "with|in", "the", "tag|label|project") ??
      sequence(tokens, i, "with|in", "tag|label|project") ??
      sequence(tokens, i, "tag|label|project");
    const named = sequence(tokens, i, "in|from|on", "the|my") ?? sequence(tokens, i, "in|from|on");
    const mine = sequence(tokens, i, "my|the|our");
    if (mine !== undefined && isWord(tokens, mine + 1, "list", "project") && !FILLERS.has(lowerAt(tokens, mine))) {
      tags.push(tokens[mine]?.text ?? "");
      reading.claim(i, mine + 2, "tag");
      continue;
    }
    const listed =
      named !== undefined &&
      tokens[named]?.kind === "word" &&
      isWord(tokens, named + 1, "project", "list", "tag", "label");
    const at = listed ? named : tagged;
    if (at === undefined || tokens[at]?.kind !== "word" || FILLERS.has(lowerAt(tokens, at))) continue;
    tags.push(tokens[at]?.text ?? "");
    reading.claim(i, listed ? at + 2 : at + 1, "tag");
  }
}

function readRanges(reading: Reading, filter: Filter): void {
  for (let i = 0; i < reading.tokens.length; i++) {
    const found = rangeAt(reading.tokens, i, reading.clock);
    if (found === undefined) continue;
    applyRange(filter, found.value);
    reading.claim(i, found.to, "due");
    return;
  }
}

function readFilterPriority(reading: Reading, filter: Filter): void {
  for (let i = 0; i < reading.tokens.length; i++) {
    const start = skip(reading.tokens, i, "with");
    const found =
      priorityPhraseAt(reading, start) ??
      (isWord(reading.tokens, i, "urgent", "critical") ? { to: i + 1, value: "p1" as const } : undefined);
    if (found === undefined) continue;
    filter.priority = found.value;
    reading.claim(i, found.to, "priority");
    return;
  }
}

/** Words behind `about` or `containing`, or a quotation. */
function readText(reading: Reading, filter: Filter): void {
  const { tokens, text } = reading;
  for (let i = 0; i < tokens.length; i++) {
    const cue =
      sequence(tokens, i, "with|containing", "the", "word|words|text") ??
      sequence(tokens, i, "related", "to") ??
      sequence(tokens, i, "that", "mention|contain") ??
      (isWord(tokens, i, ...TEXT_CUES) ? i + 1 : undefined);
    const quoted = tokens[i]?.kind === "literal" && /^["“„«`'‘]/.test(tokens[i]?.text ?? "") ? i : undefined;
    const from = cue ?? quoted;
    if (from === undefined) continue;
    let to = from;
    while (to < tokens.length && tokens[to]?.kind !== "punct") to++;
    const [first, last] = [tokens[from], tokens[to - 1]];
    if (first === undefined || last === undefined || to <= from) continue;
    filter.text = unquoted(text.slice(first.start, last.end))
      .replace(/^(?:the|my|a)\s+/i, "")
      .replace(/\s+(?:in|with|on|for|due|tagged|and|from|by|that|is|are)$/i, "");
    reading.claim(i, to, "filter");
    return;
  }
}

/** Reads the conditions in a command: dates as ranges, priority, tags, status and words to look for. */
export function readFilter(reading: Reading): FilterReading {
  const filter: Filter = {};
  const words = reading.tokens.filter(({ kind }) => kind === "word").map(({ lower }) => lower);
  const tags = readTags(reading);
  readNamedTags(reading, tags);
  readFilterPriority(reading, filter);
  readStatus(reading, filter);
  const range: Filter = {};
  readRanges(reading, range);
  Object.assign(filter, range);
  if (tags.length > 0) filter.tags = tags;
  readText(reading, filter);
  const rest = reading.tokens.filter(({ kind, lower }) => kind !== "punct" && !FILLERS.has(lower));
  const noun =
    words.some((word) => NOUNS.test(word)) || (words.includes("to") && words[words.indexOf("to") + 1] === "do");
  const plural = words.some((word) =>
    /^(?:tasks|todos|to-dos|reminders|all|everything|every|each|both|items|ones)$/.test(word),
  );
  return {
    filter,
    noun: noun || words.some((word) => WEAK_NOUNS.test(word) && /^(?:agenda|plate|backlog)$/.test(word)),
    plural,
    leftover: rest.map(({ text }) => text).join(" "),
  };
}
