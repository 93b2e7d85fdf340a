import type { Region } from "./literal.ts";
import { Reading } from "./reading.ts";
import type { Token } from "./tokens.ts";
import type { Understanding } from "./types.ts";
import type { Clock } from "./zone.ts";

/** A text with its greeting and politeness set aside: commands are looked for between `start` and `end`. */
export interface Request {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly clock: Clock;
  readonly start: number;
  readonly end: number;
  /** The text between `start` and `end`. */
  readonly body: string;
  /** It was said as a question or with please: a command, not a note. */
  readonly asked: boolean;
}

/** A command's result; `verbs` are the stretches that must not have been clicked away. */
export interface Command {
  readonly result: Omit<Understanding, "spans">;
  readonly reading?: Reading;
  readonly verbs: readonly Region[];
}

/** Only tokens that lie wholly between two offsets. */
export function readingOf(request: Request, from: number, to: number): Reading {
  const tokens = request.tokens.filter(({ start, end }) => start >= from && end <= to);
  return new Reading(request.text, tokens, request.clock);
}

/** The offsets of a match of `pattern` at the request's start; `pattern` is sticky. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const GREETING = /(?:(?:hi|hello|hey|hiya|ok|okay|yo)(?:\s+(?:there|again|assistant))?[,!.]?\s+)/iy;
const COURTESY =
  /(?:(?:can|could|would|will)\s+you\s+|please\s+|pls\s+|i(?:'d|’d|\s+would)\s+like\s+(?:you\s+)?to\s+|i\s+want\s+you\s+to\s+|i\s+want\s+to\s+(?=add|see|delete|remove|complete|move|list|search)|go\s+ahead\s+and\s+|let's\s+(?=add|see|delete|list)|now\s+(?=add|show|delete|move|complete|mark))+/iy;
const THANKS = /[,\s]+(?:please|pls|thanks|thank\s+you|thx|for\s+me)[.!?]*$/i;
const LONGEST_COMMAND = 2000;

/** Sets greeting and politeness aside; `undefined` for texts too long to be a command. */
export function requestOf(text: string, tokens: readonly Token[], clock: Clock): Request | undefined {
  if (text.length > LONGEST_COMMAND) return undefined;
  let start = text.length - text.trimStart().length;
  start = matchAt(GREETING, text, start) === undefined ? start : GREETING.lastIndex;
  const courtesy = matchAt(COURTESY, text, start);
  if (courtesy) start += courtesy[0].length;
  let end = text.trimEnd().length;
  const thanks = THANKS.exec(text.slice(start, end));
  if (thanks) end = start + thanks.index;
  if (courtesy) end = start + text.slice(start, end).replace(/\s*[.?!]+$/, "").length;
  return {
    text,
    tokens,
    clock,
    start,
    end,
    body: text.slice(start, end),
    asked: courtesy !== undefined || thanks !== null,
  };
}
