import { endsBefore, isWord, lowerAt } from "./match.ts";
import type { Reading } from "./reading.ts";
import { CONNECTORS, MONTHS, WEEKDAYS } from "./words.ts";

const DETERMINERS = [
  "the",
  "a",
  "an",
  "my",
  "our",
  "your",
  "his",
  "her",
  "their",
  "last",
  "past",
  "each",
  "previous",
  "that",
  "every",
];
const NAMED_DAYS = [
  "black",
  "good",
  "cyber",
  "ash",
  "palm",
  "easter",
  "fat",
  "freaky",
  "casual",
  "bloody",
  "shrove",
  "giving",
  "usa",
];
const PRONOUNS = ["he", "she", "it", "i", "we", "they", "who", "cat", "dog", "get", "got", "getting"];
/** Verbs and prepositions behind which `tom` is a person. */
const BEFORE_PERSON = (
  "call email text meet ask tell ping phone message invite visit thank see with for to from and help pay remind " +
  "dear hi hello hey uncle contact write give send show"
).split(" ");
const AMBIGUOUS_MONTHS = ["may", "march", "april", "june", "august", "mar"];
const AFTER_SUBJECT = ["be", "have", "will", "not", "i", "you", "we", "they", "he", "she", "it", "do"];
const SHORT_WORDS = ["sat", "sun", "wed", "mon"];

/**
 * True where the tokens of a date belong to something else: "Sunday Times", "Black Friday", "the friday report",
 * "call Tom", "sun cream", "march 3 miles".
 *
 * @param prefixed behind "on", "by" or "due", which settles most doubts
 */
export function isNamePart(reading: Reading, from: number, to: number, prefixed: boolean): boolean {
  const { tokens, text } = reading;
  const token = tokens[from];
  if (token?.kind !== "word") return false;
  const before = reading.wordBefore(from);
  const next = tokens[to];
  const single = to === from + 1;
  if (!prefixed && isWord(tokens, to, "is", "was", "are", "were", "isn't", "wasn't")) return true;
  if (isWord(tokens, from, "tom", "tod")) return isPerson(reading, from);
  if (single && (WEEKDAYS.has(token.lower) || token.lower === "today") && NAMED_DAYS.includes(before)) return true;
  if (prefixed) return false;
  if (DETERMINERS.includes(before) && !isWord(tokens, from, "the") && (single || isWord(tokens, from, "next"))) {
    return !isWord(tokens, from, "coming");
  }
  if (PRONOUNS.includes(before) && SHORT_WORDS.includes(token.lower)) return true;
  if (single && SHORT_WORDS.includes(token.lower))
    return (
      !endsBefore(tokens, to) && next?.kind !== "number" && (from > 0 || token.lower === "sun" || token.text === "sat")
    );
  if (single && token.capital && next?.kind === "word" && next.capital && text !== text.toUpperCase()) {
    const joins = CONNECTORS.has(next.lower) || MONTHS.has(next.lower) || WEEKDAYS.has(next.lower);
    const after = tokens[to + 1];
    return !joins || (after?.kind === "word" && after.capital && !CONNECTORS.has(after.lower));
  }
  if (AMBIGUOUS_MONTHS.includes(token.lower) && next?.kind === "word") {
    return (/s$|^people$/.test(next.lower) || AFTER_SUBJECT.includes(next.lower)) && !endsBefore(tokens, to);
  }
  return false;
}

function isPerson(reading: Reading, i: number): boolean {
  const { tokens } = reading;
  const timed =
    tokens[i + 1]?.kind === "clock" ||
    isWord(tokens, i + 1, "morning", "afternoon", "evening", "night", "noon", "at", "@");
  const before = lowerAt(tokens, i - 1);
  if (tokens[i]?.capital && reading.text !== reading.text.toUpperCase())
    return !timed || BEFORE_PERSON.includes(before);
  if (timed)
    return BEFORE_PERSON.includes(before) && !isWord(tokens, i + 1, "morning", "afternoon", "evening", "night");
  return BEFORE_PERSON.includes(before) || !(endsBefore(tokens, i + 1) || i === 0) || isWord(tokens, i + 1, "and");
}
