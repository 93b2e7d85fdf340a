import type { Reference, Understanding } from "./types.ts";
import { ORDINALS } from "./words.ts";

export interface TaskReference {
  readonly start: number;
  readonly end: number;
  readonly numbers: readonly string[];
  readonly reference?: Reference;
  /** It says "task", so that whatever follows, a task is meant: "delete task 3 old files". */
  readonly noun: boolean;
}

const NUMBERS =
  /(?:(?:the|my)\s+)?((?:(?:tasks?|to-?dos?|items?|reminders?|number|no\.|nr\.?)\s+)*)(#?)(\d{1,9}(?:\s*(?:,\s*and|,|and|&|-|–|to|through)\s*#?\d{1,9}(?!\d|[:/.]\d|\s*(?:am|pm)\b)){0,30})(?![\d%/\p{L}-]|[.,:]\d)/iuy;
const ORDINAL_WORDS = [...ORDINALS.keys()].join("|");
const ORDINAL = new RegExp(
  `(the\\s+)?(last|${ORDINAL_WORDS}|\\d{1,2}(?:st|nd|rd|th))(\\s+(?:one|task|item|to-?do|entry))?(?![\\w-])`,
  "iy",
);
const PRONOUN = /(?:it|(?:that|this)(?:\s+(?:one|task))?)(?![\w'’-])/iy;

const LONGEST_RANGE = 100;

/** `3, 4 and 5`, `1-3`: every number meant; `undefined` for a range that is none. */
function listed(words: string): string[] | undefined {
  const numbers: string[] = [];
  for (const part of words.split(/,\s*and|,|and|&/)) {
    const [first = "", last] = part.match(/\d+/g) ?? [];
    if (last === undefined) numbers.push(first);
    const length = Number(last ?? first) - Number(first);
    if (length < 0 || length > LONGEST_RANGE) return undefined;
    if (last !== undefined) for (let n = Number(first); n <= Number(last); n++) numbers.push(String(n));
  }
  return numbers;
}

/** What a command points at, at this offset: `task 12`, `#12`, `3, 4 and 5`, `the second one`, `it`. */
export function referenceAt(text: string, at: number): TaskReference | undefined {
  NUMBERS.lastIndex = at;
  const numbers = NUMBERS.exec(text);
  if (numbers !== null) {
    const all = listed(numbers[3] ?? "");
    if (all === undefined) return undefined;
    const reference = all.length > 1 ? { reference: { numbers: all } } : {};
    return {
      start: at,
      end: NUMBERS.lastIndex,
      numbers: all,
      noun: numbers[1] !== "" || numbers[2] !== "",
      ...reference,
    };
  }
  ORDINAL.lastIndex = at;
  const nth = ORDINAL.exec(text);
  if (nth !== null && (nth[1] !== undefined || nth[3] !== undefined)) {
    const word = (nth[2] ?? "").toLowerCase();
    const ordinal = word === "last" ? -1 : (ORDINALS.get(word) ?? Number.parseInt(word, 10));
    return { start: at, end: ORDINAL.lastIndex, numbers: [], noun: nth[3] !== undefined, reference: { ordinal } };
  }
  PRONOUN.lastIndex = at;
  if (!PRONOUN.test(text)) return undefined;
  return { start: at, end: PRONOUN.lastIndex, numbers: [], noun: false, reference: { pronoun: true } };
}

/** The fields of the result that say which task is meant; several numbers need approval. */
export function referenceFields(
  found: TaskReference,
): Pick<Understanding, "taskId" | "reference" | "requiresApproval"> {
  const [only] = found.numbers;
  if (found.numbers.length === 1 && only !== undefined) return { taskId: only };
  return {
    ...(found.reference === undefined ? {} : { reference: found.reference }),
    ...(found.numbers.length > 1 ? { requiresApproval: true as const } : {}),
  };
}

/** Imperatives that tasks begin with: two verbs in a row, "complete buy milk", name a task by its title. */
export const IMPERATIVE =
  /^(?:buy|call|pay|send|e?mail|write|read|clean|wash|fix|book|order|pick|get|make|prepare|finish|submit|review|plan|schedule|visit|meet|water|feed|walk|take|return|renew|cancel|cook|bake|do|go|check|ask|tell|text|start|organi[sz]e|study|practi[cs]e|do)\s+\S/i;
const QUOTED = /^(["“„«`'‘])(.{1,500})["“”»`'’]$/s;

/** A task named by words: in quotes, as "the dentist task", or by a title that begins with a verb. */
export function namedTask(words: string): string | undefined {
  const said = words.trim().replace(/[.!?]+$/, "");
  const quoted = QUOTED.exec(said.replace(/^(?:the\s+)?(?:tasks?|to-?dos?|items?)\s+(?:called\s+|named\s+)?/i, ""));
  if (quoted?.[2] !== undefined) return quoted[2];
  const titled = /^(?:the\s+)?(?:task|to-?do)\s+(?!about\b)(.{1,300})$/is.exec(said);
  if (titled?.[1] !== undefined && !/^[#\d]/.test(titled[1])) return unquoted(titled[1]);
  const noun = /^(?:the|my)\s+(?!(?:all|open|completed|overdue)\b)(.{1,200}?)\s+(?:task|to-?do|item|reminder)$/i.exec(
    said,
  );
  if (noun?.[1] !== undefined) return unquoted(noun[1]);
  return IMPERATIVE.test(said) ? said : undefined;
}

/** Without quotes around all of it. */
export function unquoted(words: string): string {
  return QUOTED.exec(words.trim())?.[2] ?? words.trim();
}

/** Words that name a task, without article and closing signs: "the report." is "report". */
export function taskWords(words: string): string {
  return unquoted(words.trim().replace(/[.!?]+$/, ""))
    .replace(/^(?:the|my)\s+/i, "")
    .replace(/\s+(?:task|to-?do)$/i, "");
}
