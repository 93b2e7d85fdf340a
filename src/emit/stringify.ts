import { inlineText, isLiteral, numberText } from "./scalar.ts";

/** Keys that lead a document, and those that lead any other map; the rest follow by code unit. */
const documentLead = ["apiVersion", "kind", "metadata", "spec", "data"] as const;
const lead = ["name", "namespace"] as const;

/** Readers look for the colon of a key within this many characters (YAML 1.2, 7.4.2). */
const longestKey = 1024;

/** A value that YAML cannot hold, with the path to it. */
export class StringifyError extends Error {
  override readonly name = "StringifyError";
  readonly problem: string;
  /** E.g. `["spec", "ports", 0]`. */
  readonly path: readonly (string | number)[];

  constructor(problem: string, path: readonly (string | number)[] = []) {
    super(`${path.length === 0 ? "the document" : path.join(".")} ${problem}`);
    this.problem = problem;
    this.path = path;
  }
}

/**
 * Block-style YAML that YAML 1.1 and 1.2 readers take for the same value: two spaces, stable key order, one line a
 * string unless a literal block fits. The same value gives the same bytes, whatever the order of its keys.
 * Keys whose value is `undefined` are left out and -0 is 0, as in JSON.
 *
 * @param value strings, finite numbers, booleans, null, arrays and plain objects
 * @throws StringifyError naming the path to anything else
 */
export function stringify(value: unknown): string {
  return `${node(value, 0, true, []).slice(1)}\n`;
}

/**
 * The text after `key:` or `-`.
 * @param inline whether a collection begins on the same line, as after `-`
 * @param parents the collections around it, to notice cycles
 */
function node(value: unknown, depth: number, inline: boolean, parents: unknown[]): string {
  switch (typeof value) {
    case "string":
      return string(value, depth);
    case "number":
      if (!Number.isFinite(value)) throw new StringifyError(`is ${value}`);
      return ` ${numberText(value)}`;
    case "boolean":
      return value ? " true" : " false";
    case "object":
      if (value === null) return " null";
      return collection(value, depth, inline, parents);
    default:
      throw new StringifyError(value === undefined ? "is undefined" : `is a ${typeof value}`);
  }
}

function collection(value: object, depth: number, inline: boolean, parents: unknown[]): string {
  if (parents.includes(value)) throw new StringifyError("contains itself");
  parents.push(value);
  const text = Array.isArray(value) ? sequence(value, depth, inline, parents) : mapping(value, depth, inline, parents);
  parents.pop();
  return text;
}

function sequence(items: readonly unknown[], depth: number, inline: boolean, parents: unknown[]): string {
  if (items.length === 0) return " []";
  const line = newLine(depth);
  let text = "";
  for (let index = 0; index < items.length; index++) {
    try {
      text += `${inline && index === 0 ? " " : line}-${node(items[index], depth + 1, true, parents)}`;
    } catch (error) {
      throw within(index, error);
    }
  }
  return text;
}

function mapping(map: object, depth: number, inline: boolean, parents: unknown[]): string {
  assertPlainObject(map);
  const line = newLine(depth);
  let text = "";
  for (const key of orderedKeys(map, depth === 0 ? documentLead : lead)) {
    const value = (map as Record<string, unknown>)[key];
    if (value === undefined) continue;
    try {
      text += `${inline && text === "" ? " " : line}${keyText(key)}${node(value, depth + 1, false, parents)}`;
    } catch (error) {
      throw within(key, error);
    }
  }
  return text === "" ? " {}" : text;
}

function string(text: string, depth: number): string {
  if (!text.isWellFormed()) throw new StringifyError("is a string with half a surrogate pair");
  if (!isLiteral(text)) return ` ${inlineText(text)}`;
  const chomping = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  const line = newLine(Math.max(depth, 1));
  return ` |${chomping}${line}${body.replace(/\n(?=[^\n])/g, line)}`;
}

/** Few keys are written many times. */
const keyTexts = new Map<string, string>();

function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  if (!key.isWellFormed()) throw new StringifyError("has a key with half a surrogate pair");
  const text = `${inlineText(key)}:`;
  if (text.length > longestKey) throw new StringifyError(`has a key of more than ${longestKey} characters`);
  keyTexts.set(key, text);
  return text;
}

function orderedKeys(map: object, leading: readonly string[]): string[] {
  const keys = sorted(Object.keys(map));
  let front = 0;
  for (const key of leading) {
    const index = keys.indexOf(key, front);
    if (index < 0) continue;
    keys.copyWithin(front + 1, front, index);
    keys[front++] = key;
  }
  return keys;
}

/** By code unit, in place. Insertion sort for the usual few keys: it halves the time of the whole writer. */
function sorted(keys: string[]): string[] {
  if (keys.length > 32) return keys.sort();
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next] as string;
    let at = next;
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

/** Class instances, dates and maps would silently lose what they hold. Objects of another realm are plain, too. */
function assertPlainObject(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  throw new StringifyError(`is a ${value.constructor?.name || "class instance"}`);
}

const newLines = Array.from({ length: 32 }, (_, depth) => `\n${"  ".repeat(depth)}`);
function newLine(depth: number): string {
  return newLines[depth] ?? `\n${"  ".repeat(depth)}`;
}

function within(key: string | number, error: unknown): unknown {
  return error instanceof StringifyError ? new StringifyError(error.problem, [key, ...error.path]) : error;
}
