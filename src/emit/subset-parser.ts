import { isPlain } from "./scalar.ts";

const LF = 10;
const SPACE = 32;
const DOUBLE = 34;
const HASH = 35;
const SINGLE = 39;
const DASH = 45;
const COLON = 58;
const BACKSLASH = 92;
const PIPE = 124;

/** What `stringify` never writes raw: control characters, line breaks of YAML 1.1, byte order marks. */
const foreign = /[^\n -~\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]/;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:e[+-]\d+)?)?$/;
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** The text uses YAML that `stringify` does not write; a full parser may still read it. */
export class NotOurSubset extends Error {
  override readonly name = "NotOurSubset";
}

/**
 * Reads exactly the YAML that `stringify` writes, header comments before it; keys in any order.
 * What it accepts, every YAML 1.1 or 1.2 reader takes for the same value.
 *
 * @throws NotOurSubset for anything else, also for YAML that is valid
 */
export function parse(text: string): unknown {
  if (foreign.test(text) || !text.isWellFormed()) throw new NotOurSubset("a character that is never written raw");
  const reader = new Reader(text);
  const value = reader.value(0);
  if (!reader.atEnd) throw reader.refusal();
  return value;
}

/** A cursor that stands, between values, at the first token of a line, or behind the `- ` before it. */
class Reader {
  readonly #text: string;
  #at = 0;
  /** Column of the token at the cursor; -1 at the end of the text. */
  #column = 0;

  constructor(text: string) {
    this.#text = text;
    while (text.charCodeAt(this.#at) === HASH) this.#at = this.#lineEnd() + 1;
    this.#nextLine(this.#at);
  }

  get atEnd(): boolean {
    return this.#column < 0;
  }

  refusal(): NotOurSubset {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return new NotOurSubset(`line ${line} is not what stringify writes`);
  }

  /** The value whose first token stands at `column`. */
  value(column: number): unknown {
    if (this.#column !== column) throw this.refusal();
    if (this.#atDash()) return this.#sequence(column);
    const end = this.#keyEnd();
    return end < 0 ? this.#scalar(Math.max(column, 2)) : this.#mapping(column, end);
  }

  #sequence(column: number): unknown[] {
    const items: unknown[] = [];
    do {
      this.#at += 2;
      this.#column += 2;
      items.push(this.value(column + 2));
    } while (this.#column === column && this.#atDash());
    this.#assertClosed(column);
    return items;
  }

  #mapping(column: number, firstKeyEnd: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let end = firstKeyEnd; ; end = this.#keyEnd()) {
      if (end < 0) throw this.refusal();
      const key = this.#key(end);
      if (map[key] !== undefined && Object.hasOwn(map, key)) throw this.refusal();
      this.#at = end + 1;
      const value = this.#valueOfKey(column + 2);
      if (key === "__proto__") {
        Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
      } else {
        map[key] = value;
      }
      if (this.#column !== column) break;
    }
    this.#assertClosed(column);
    return map;
  }

  /** A line that is indented less than its block must belong to a block around it. */
  #assertClosed(column: number): void {
    if (this.#column >= column) throw this.refusal();
  }

  #valueOfKey(column: number): unknown {
    switch (this.#text.charCodeAt(this.#at)) {
      case LF:
        this.#nextLine(this.#at + 1);
        // A scalar on a line of its own is valid YAML, but not ours.
        if (this.#column === column && (this.#atDash() || this.#keyEnd() >= 0)) return this.value(column);
        throw this.refusal();
      case SPACE:
        this.#at++;
        return this.#scalar(column);
      default:
        throw this.refusal();
    }
  }

  /** The scalar or empty collection that fills the rest of the line. @param indent of a literal block's lines */
  #scalar(indent: number): unknown {
    if (this.#text.charCodeAt(this.#at) === PIPE) return this.#literal(indent);
    const token = this.#text.slice(this.#at, this.#lineEnd());
    const value = this.#token(token);
    this.#nextLine(this.#at + token.length + 1);
    return value;
  }

  #token(token: string): unknown {
    switch (token.charCodeAt(0)) {
      case DOUBLE:
      case SINGLE:
        return this.#quoted(token);
    }
    if (isPlain(token)) return token;
    if (number.test(token)) return Number(token);
    switch (token) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      case "{}":
        return {};
      case "[]":
        return [];
      default:
        throw this.refusal();
    }
  }

  #quoted(token: string): string {
    if (token.charCodeAt(0) === SINGLE) {
      if (!/^'(?:[^']|'')*'$/.test(token)) throw this.refusal();
      return token.slice(1, -1).replaceAll("''", "'");
    }
    if (surrogateEscape.test(token)) throw this.refusal();
    try {
      return JSON.parse(token) as string;
    } catch {
      throw this.refusal();
    }
  }

  #literal(indent: number): string {
    const header = this.#text.slice(this.#at + 1, this.#lineEnd());
    if (header !== "" && header !== "-" && header !== "+") throw this.refusal();
    let start = this.#at + header.length + 2;
    const lines: string[] = [];
    while (start < this.#text.length) {
      const first = this.#firstCharacter(start);
      if (this.#text.charCodeAt(first) !== LF && first - start < indent) break;
      this.#at = start;
      const end = this.#lineEnd();
      if (first === end ? first > start : lines.length === 0 && first - start > indent) throw this.refusal();
      lines.push(first === end ? "" : this.#text.slice(start + indent, end));
      start = end + 1;
    }
    const blank = lines.at(-1) === "";
    if (lines.length === 0 || lines[0] === "" || blank !== (header === "+")) throw this.refusal();
    this.#nextLine(start);
    return header === "-" ? lines.join("\n") : `${lines.join("\n")}\n`;
  }

  #key(end: number): string {
    const token = this.#text.slice(this.#at, end);
    const first = token.charCodeAt(0);
    if (first === DOUBLE || first === SINGLE) return this.#quoted(token);
    if (isPlain(token)) return token;
    throw this.refusal();
  }

  /** Where the colon of a key at the cursor stands, -1 where none is on this line. */
  #keyEnd(): number {
    const text = this.#text;
    let at = this.#at;
    const quote = text.charCodeAt(at);
    if (quote === DOUBLE || quote === SINGLE) {
      at = this.#quoteEnd(quote) + 1;
      return text.charCodeAt(at) === COLON ? at : -1;
    }
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === LF) return -1;
      if (code !== COLON) continue;
      const next = text.charCodeAt(at + 1);
      if (next === SPACE || next === LF) return at;
    }
    return -1;
  }

  #quoteEnd(quote: number): number {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === LF) break;
      if (code === BACKSLASH && quote === DOUBLE) at++;
      else if (code === quote && (quote === DOUBLE || text.charCodeAt(at + 1) !== quote)) return at;
      else if (code === quote) at++;
    }
    throw this.refusal();
  }

  #atDash(): boolean {
    return this.#text.charCodeAt(this.#at) === DASH && this.#text.charCodeAt(this.#at + 1) === SPACE;
  }

  /** @throws NotOurSubset where the last line has no line break */
  #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#at);
    if (end < 0) throw this.refusal();
    return end;
  }

  #firstCharacter(start: number): number {
    let at = start;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  #nextLine(start: number): void {
    this.#at = this.#firstCharacter(start);
    this.#column = this.#at < this.#text.length ? this.#at - start : -1;
  }
}
