import type { Token } from "./tokens.ts";
import { CONNECTORS, NUMBERS, ORDINALS, UNITS, type Unit } from "./words.ts";

/** What a recogniser found: the tokens from where it was asked up to `to` (exclusive). */
export interface Match<T> {
  readonly to: number;
  readonly value: T;
}

export const lowerAt = (tokens: readonly Token[], i: number): string => {
  const token = tokens[i];
  return token === undefined || token.kind === "literal" ? "" : token.lower;
};

export const isWord = (tokens: readonly Token[], i: number, ...words: string[]): boolean =>
  words.includes(lowerAt(tokens, i));

/** The index after an optional word. */
export const skip = (tokens: readonly Token[], i: number, ...words: string[]): number =>
  isWord(tokens, i, ...words) ? i + 1 : i;

/** Matches a sequence of words, each one of some alternatives written `a|b`. */
export function sequence(tokens: readonly Token[], i: number, ...words: string[]): number | undefined {
  for (const [offset, word] of words.entries()) {
    if (!word.split("|").includes(lowerAt(tokens, i + offset))) return undefined;
  }
  return i + words.length;
}

/** A count in digits or words: `5`, `five`, `a`, `a couple of`. */
export function countAt(tokens: readonly Token[], i: number): Match<number> | undefined {
  const token = tokens[i];
  if (token === undefined) return undefined;
  if (token.kind === "number" || token.kind === "plus") return { to: i + 1, value: token.value };
  if (token.kind !== "word") return undefined;
  const couple = sequence(tokens, i, "a", "couple", "of") ?? sequence(tokens, i, "a", "couple");
  if (couple !== undefined) return { to: couple, value: 2 };
  const value = NUMBERS.get(token.lower);
  return value === undefined ? undefined : { to: i + 1, value };
}

export interface Amount {
  readonly count: number;
  readonly unit: Unit;
}

/** `5 days`, `an hour`, `half an hour`, `30min`, `1.5 hours` is none. */
export function amountAt(tokens: readonly Token[], i: number): Match<Amount> | undefined {
  const half = sequence(tokens, i, "half", "an|a", "hour") ?? sequence(tokens, i, "half", "hour");
  if (half !== undefined) return { to: half, value: { count: 30, unit: "minute" } };
  const token = tokens[i];
  if (token?.kind === "quantity") return { to: i + 1, value: { count: token.value, unit: token.unit as Unit } };
  const count = countAt(tokens, i);
  const noun = count && tokens[count.to];
  const unit = noun?.kind === "word" ? UNITS.get(noun.lower) : undefined;
  // "Around the World in 80 Days": a capital unit inside a sentence belongs to a name.
  if (!count || !noun || unit === undefined || (noun.capital && noun.text !== noun.text.toUpperCase()))
    return undefined;
  return { to: count.to + 1, value: { count: count.value, unit } };
}

/** `27th`, `third`, `last` (as -1). */
export function ordinalAt(tokens: readonly Token[], i: number): Match<number> | undefined {
  const token = tokens[i];
  if (token?.kind === "ordinal") return { to: i + 1, value: token.value };
  if (token?.kind !== "word") return undefined;
  if (token.lower === "last") return { to: i + 1, value: -1 };
  const value = ORDINALS.get(token.lower);
  return value === undefined ? undefined : { to: i + 1, value };
}

/** True where a phrase may end before token `i`: the text ends, a sign follows, or a word that joins. */
export function endsBefore(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  if (token === undefined || isWord(tokens, i + 1, "times")) return true;
  if (token.kind === "literal" || token.kind === "number" || token.kind === "quantity") return false;
  if (token.kind !== "word") return true;
  return CONNECTORS.has(token.lower) || /^p[1-4]$/.test(token.lower);
}
