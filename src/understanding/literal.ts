import { MONTHS, ORDINALS, WEEKDAYS } from "./words.ts";

export interface Region {
  readonly start: number;
  readonly end: number;
}

const OPENING: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["“", "”"],
  ["„", "“”"],
  ["«", "»"],
  ["`", "`"],
  ["'", "'"],
  ["‘", "’"],
]);

const isSpaceOrOpening = (char: string | undefined): boolean => char === undefined || /[\s([{,:;]/.test(char);
const isSpaceOrClosing = (char: string | undefined): boolean => char === undefined || /[\s)\]}.,;:!?]/.test(char);

/** How far a quotation may reach: an unclosed quote in a long text must not cost a scan per quote. */
const LONGEST_QUOTE = 500;

/** Quoted stretches, marks included. A quote opens after a space and closes before one, so apostrophes do not count. */
export function quotations(text: string): Region[] {
  const regions: Region[] = [];
  for (let start = 0; start < text.length; start++) {
    const closing = OPENING.get(text[start] ?? "");
    if (closing === undefined || !isSpaceOrOpening(text[start - 1])) continue;
    const limit = Math.min(text.length, start + LONGEST_QUOTE);
    for (let end = start + 2; end < limit; end++) {
      if (closing.includes(text[end] ?? "") && isSpaceOrClosing(text[end + 1])) {
        regions.push({ start, end: end + 1 });
        start = end;
        break;
      }
    }
  }
  return regions;
}

/** A word, possibly with apostrophes: `don't`, `o'clock`. */
export const WORD = /^\p{L}[\p{L}\p{M}]*(?:'\p{L}+)*$/u;

const LIST_PART = /^(?:\d{1,2}(?:st|nd|rd|th)?|\p{L}+)$/u;

/**
 * How a chunk between spaces falls apart, where it is more than one word: `mon,wed/fri`, `mon-fri`, `2,15,27`,
 * `mid-january`. `undefined` means that it does not, and that its parts mean nothing on their own.
 */
export function compoundParts(core: string): string[] | undefined {
  if (core.length > 60 || ORDINALS.has(core)) return undefined;
  const pieces = core.split(/([,/&–-])/);
  if (pieces.length < 3 || pieces.length > 15) return undefined;
  const parts = pieces.filter((_, index) => index % 2 === 0);
  const signs = pieces.filter((_, index) => index % 2 === 1);
  if (!parts.every((part) => LIST_PART.test(part))) return undefined;
  const days = parts.every((part) => WEEKDAYS.has(part));
  if (days && (signs.every((sign) => !"–-".includes(sign)) || parts.length === 2)) return pieces;
  const numbers = parts.every((part) => /^\d/.test(part));
  if (numbers && signs.every((sign) => sign === ",")) return pieces;
  const [head, tail] = parts;
  if (parts.length === 2 && signs[0] === "-" && head === "mid" && MONTHS.has(tail ?? "")) return pieces;
  if (parts.length === 2 && signs[0] === "," && WEEKDAYS.has(head ?? "")) return pieces;
  return undefined;
}
