import { compoundParts, quotations, type Region, WORD } from "./literal.ts";
import { ORDINALS, UNITS } from "./words.ts";

export type TokenKind =
  | "word"
  | "number"
  | "ordinal"
  | "clock"
  | "date"
  | "quantity"
  | "plus"
  | "tag"
  | "bang"
  | "brace"
  | "punct"
  | "literal";

/** `start` and `end` are UTF-16 offsets into the text. `lower` is what look-ups use. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  /** The number of a number, ordinal or quantity; minute of the day of a clock. */
  readonly value: number;
  /** Unit of a quantity (`30min`); meridiem or `24` of a clock. */
  readonly unit: string;
  readonly capital: boolean;
}

const LEADING = /^[([{"'“‘„«¿¡,;:.…*-]/;
const TRAILING = /[)\]}"'”’»,;:.!?…*]$/;
const CLOCK_12 = /^(\d{1,2})(?:[:.](\d{2}))?(am|pm|a\.m\.?|p\.m\.?)$/;
const CLOCK_24 = /^(\d{1,2}):(\d{2})$/;
const DATE =
  /^(?:\d{4}-\d{2}-\d{2}(?:t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?|\d{4}\/\d{1,2}\/\d{1,2}|\d{1,2}\/\d{1,2}\/\d{4}|\d{1,2}\.\d{1,2}\.\d{4})$/;
const QUANTITY = /^(\d{1,4})(min|mins|m|minutes|h|hr|hrs|hour|hours|d|day|days|w|wk|week|weeks)$/;
const GLUED_UNITS: Record<string, string> = { m: "minute", d: "day", w: "week" };
const TAG = /^[@#]([^\s@#,!{}"'“”()<>;:?[\]]{1,60})/u;

function minuteOf(hour: number, minute: number, meridiem: string): number | undefined {
  if (minute > 59) return undefined;
  if (meridiem === "") return hour > 23 ? undefined : hour * 60 + minute;
  if (hour < 1 || hour > 12) return undefined;
  return ((hour % 12) + (meridiem === "p" ? 12 : 0)) * 60 + minute;
}

/** A longer run without a space is data, not a word. */
const LONGEST_CHUNK = 200;

/** A name after `@` or `#`: it has a letter, and is no issue number, ordinal or colour. */
function isTagName(name: string): boolean {
  if (!/\p{L}/u.test(name) || /^\d+(?:st|nd|rd|th)$/i.test(name)) return false;
  const colour = /^[0-9a-f]{6}$/i.test(name) && /\d/.test(name);
  return !colour && !/^([0-9a-f])\1\1(?:\1\1\1)?$/i.test(name);
}

interface Shape {
  kind: TokenKind;
  value?: number;
  unit?: string;
}

function shapeOf(core: string): Shape {
  if (WORD.test(core)) return { kind: "word" };
  if (/^\d{1,5}$/.test(core)) return { kind: "number", value: Number(core) };
  const clock12 = CLOCK_12.exec(core);
  if (clock12 !== null) {
    const value = minuteOf(Number(clock12[1]), Number(clock12[2] ?? 0), clock12[3]?.[0] ?? "");
    return value === undefined ? { kind: "literal" } : { kind: "clock", value, unit: "12" };
  }
  const clock24 = CLOCK_24.exec(core);
  if (clock24 !== null) {
    const value = minuteOf(Number(clock24[1]), Number(clock24[2]), "");
    return value === undefined ? { kind: "literal" } : { kind: "clock", value, unit: "24" };
  }
  const ordinal = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(core);
  if (ordinal !== null) return { kind: "ordinal", value: Number(ordinal[1]) };
  if (DATE.test(core)) return { kind: "date" };
  const quantity = QUANTITY.exec(core);
  if (quantity !== null) {
    const word = quantity[2] ?? "";
    return { kind: "quantity", value: Number(quantity[1]), unit: GLUED_UNITS[word] ?? UNITS.get(word) ?? "" };
  }
  const plus = /^\+(\d{1,4})$/.exec(core);
  if (plus !== null) return { kind: "plus", value: Number(plus[1]) };
  if (/^(?:to-?dos?|p[1-4]|re-open|(?:high|highest|top|medium|low|lowest)-priority)$/.test(core) || ORDINALS.has(core))
    return { kind: "word" };
  return { kind: "literal" };
}

class Tokenizer {
  readonly tokens: Token[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  push(start: number, end: number, shape: Shape): void {
    const text = this.#text.slice(start, end);
    this.tokens.push({
      kind: shape.kind,
      text,
      lower: text.toLowerCase().replaceAll("’", "'"),
      start,
      end,
      value: shape.value ?? 0,
      unit: shape.unit ?? "",
      capital: /^\p{Lu}/u.test(text),
    });
  }

  /** One chunk between spaces: punctuation, what it holds, punctuation. */
  chunk(start: number, end: number): void {
    let from = start;
    let to = end;
    while (from < to && LEADING.test(this.#text.slice(from, to)) && !this.#isBang(from, to)) {
      this.push(from, ++from, { kind: "punct" });
    }
    const whole = this.#text.slice(from, to);
    if (this.#isBang(from, to)) {
      this.push(from, ++from, { kind: "bang" });
    } else if (whole === "@" || whole === "&") {
      this.push(from, to, { kind: "word" });
      return;
    } else if (/^[@#]/.test(whole)) {
      from = this.#sigil(from, to);
    }
    const trailing: number[] = [];
    while (to > from && TRAILING.test(this.#text.slice(to - 1, to)) && !this.#keepsEnd(from, to)) trailing.push(--to);
    if (to > from) this.#core(from, to);
    for (const at of trailing.reverse()) this.push(at, at + 1, { kind: "punct" });
  }

  /** `!` opens a reminder only right before a number or a word; `!!` and `!important!` are punctuation or words. */
  #isBang(from: number, to: number): boolean {
    return this.#text[from] === "!" && to - from > 1 && /^[\p{L}\d]/u.test(this.#text.slice(from + 1, from + 3));
  }

  /** `every!` and `a.m.` keep the sign at their end. */
  #keepsEnd(from: number, to: number): boolean {
    const core = this.#text.slice(from, to).toLowerCase();
    return core === "every!" || core === "ev!" || /^\d*(?:[:.]\d\d)?[ap]\.m\.$/.test(core);
  }

  #sigil(from: number, to: number): number {
    const whole = this.#text.slice(from, to);
    const name = (TAG.exec(whole)?.[1] ?? "").replace(/[.…*]+$/, "");
    const rest = whole.slice(1 + name.length);
    if (
      whole.startsWith("@") &&
      /^\d{1,2}(?:[:.]\d\d)?(?:am|pm|a\.m|p\.m)?$/i.test(name + rest.replace(/[.,;!?]+$/, ""))
    ) {
      this.push(from, from + 1, { kind: "word" });
      return from + 1;
    }
    if (!isTagName(name) || !/^[.,;:!?)\]}"”…*]*$/.test(rest)) {
      this.push(from, to, { kind: "literal" });
      return to;
    }
    this.push(from, from + 1 + name.length, { kind: "tag" });
    return from + 1 + name.length;
  }

  #core(from: number, to: number): void {
    const core = this.#text.slice(from, to).toLowerCase().replaceAll("’", "'");
    if (core === "every!" || core === "ev!" || /^[ap]\.m\.$/.test(core)) {
      this.push(from, to, { kind: "word" });
      return;
    }
    const parts = compoundParts(core);
    if (parts === undefined) {
      this.push(from, to, shapeOf(core));
      return;
    }
    let at = from;
    for (const part of parts) {
      this.push(at, at + part.length, /^[,/&–-]$/.test(part) ? { kind: "punct" } : shapeOf(part));
      at += part.length;
    }
  }
}

/**
 * Splits a text into words, numbers, clocks, dates, tags and signs. What has no shape of its own (an address, a
 * version, a fraction, `foo_bar`) and what is quoted or ignored becomes one `literal` token that nothing matches.
 */
export function tokenize(text: string, ignore: readonly Region[] = []): Token[] {
  const literal = [...quotations(text), ...ignore.filter(({ start, end }) => end > start)].sort(
    (a, b) => a.start - b.start,
  );
  const tokenizer = new Tokenizer(text);
  const next = /\S+/g;
  let at = 0;
  let region = 0;
  for (;;) {
    next.lastIndex = at;
    const found = next.exec(text);
    if (found === null) return tokenizer.tokens;
    const start = found.index;
    let end = start + found[0].length;
    while (region < literal.length && (literal[region]?.end ?? 0) <= start) region++;
    const protectedBy = literal[region];
    const brace = text[start] === "{" ? /^\{[^{}\n]{1,80}\}/.exec(text.slice(start, start + 84)) : null;
    if (protectedBy !== undefined && protectedBy.start < end) {
      // A chunk that only touches the region belongs to it whole, so that what was clicked away stays away.
      end = Math.max(end, protectedBy.end);
      for (let i = region; i < literal.length && (literal[i]?.start ?? 0) < end; i++)
        end = Math.max(end, literal[i]?.end ?? 0);
      const tail = /^\S*/.exec(text.slice(end));
      end += tail?.[0].length ?? 0;
      tokenizer.push(start, Math.min(end, text.length), { kind: "literal" });
    } else if (brace !== null) {
      end = start + brace[0].length;
      tokenizer.push(start, end, { kind: "brace" });
    } else if (end - start > LONGEST_CHUNK) {
      tokenizer.push(start, end, { kind: "literal" });
    } else {
      tokenizer.chunk(start, end);
    }
    at = Math.max(end, start + 1);
  }
}
