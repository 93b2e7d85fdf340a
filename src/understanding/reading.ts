import { lowerAt } from "./match.ts";
import type { Token } from "./tokens.ts";
import type { Span, SpanKind } from "./types.ts";
import type { Clock } from "./zone.ts";

/**
 * A text while it is being read: recognisers take turns and claim the tokens that they understood. A claimed token
 * turns into a sign in `tokens`, so that no later recogniser reads across it.
 */
export class Reading {
  readonly text: string;
  readonly clock: Clock;
  readonly tokens: Token[];
  readonly #source: readonly Token[];
  readonly #spans: { start: number; end: number; kind: SpanKind }[] = [];

  constructor(text: string, tokens: readonly Token[], clock: Clock) {
    this.text = text;
    this.clock = clock;
    this.#source = tokens;
    this.tokens = [...tokens];
  }

  /** Claims the tokens `from` to `to` (exclusive). */
  claim(from: number, to: number, kind: SpanKind): void {
    const [first, last] = [this.#source[from], this.#source[to - 1]];
    if (first === undefined || last === undefined) return;
    this.#spans.push({ start: first.start, end: last.end, kind });
    for (let i = from; i < to; i++) this.#seal(i);
  }

  /** Claims every token inside a stretch of the text. */
  claimText(start: number, end: number, kind: SpanKind): void {
    let at = start;
    let to = end;
    while (at < to && /\s/.test(this.text[at] ?? "")) at++;
    while (to > at && /\s/.test(this.text[to - 1] ?? "")) to--;
    if (to <= at) return;
    this.#spans.push({ start: at, end: to, kind });
    for (const [i, token] of this.#source.entries()) if (token.end > at && token.start < to) this.#seal(i);
  }

  #seal(i: number): void {
    const token = this.#source[i];
    if (token !== undefined) this.tokens[i] = { ...token, kind: "punct", text: "", lower: "\u0000" };
  }

  /** The word before token `i`, or an empty string at the start, behind a sign or behind something claimed. */
  wordBefore(i: number): string {
    const token = this.tokens[i - 1];
    return token?.kind === "word" ? lowerAt(this.tokens, i - 1) : "";
  }

  get spans(): Span[] {
    return this.#spans
      .map(({ start, end, kind }) => ({ start, end, kind, text: this.text.slice(start, end) }))
      .sort((a, b) => a.start - b.start);
  }
}
