import type { Region } from "./literal.ts";

const JOINS_LEFT = /^[,.;:!?)\]]/;
const DANGLING_END = /[\s,;:–-]+$/;
const DANGLING_START = /^[\s,;:.–-]+/;

/**
 * What is left of a stretch of text when the understood parts are taken out: word for word, spaces touched only where
 * something was removed, and no comma left behind that separated it.
 */
export function remaining(text: string, from: number, to: number, removed: readonly Region[]): string {
  let result = "";
  let at = from;
  let cut = false;
  const append = (piece: string, last: boolean): void => {
    if (!cut) {
      result += piece;
      return;
    }
    const left = result.trimEnd();
    const right = piece.trimStart();
    if (left.endsWith("(") && right.startsWith(")")) {
      result = left.slice(0, -1).trimEnd();
      cut = true;
      append(right.slice(1), last);
      return;
    }
    if (right === "" || (last && /^[.,;:]+$/.test(right.trimEnd()))) result = left.replace(DANGLING_END, "");
    else if (left === "") result = right.replace(DANGLING_START, "");
    else if (JOINS_LEFT.test(right)) result = left.replace(DANGLING_END, "") + right;
    else result = `${left} ${right}`;
  };
  for (const { start, end } of removed) {
    if (end <= from || start >= to) continue;
    append(text.slice(at, Math.max(at, start)), false);
    cut = true;
    at = Math.max(at, end);
  }
  append(text.slice(at, Math.max(at, to)), true);
  return result.trim();
}
