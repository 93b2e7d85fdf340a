/** How values are shown to people: readable, without secrets, without characters that do something to a terminal. */
import type { Manifest } from "#emit/document";
import { stringify } from "#emit/stringify";
import { type LeafChange, pathText } from "./leaves.ts";
import { canonical, isMap, type Value } from "./value.ts";

/** Characters that cannot be seen, or that steer a terminal or the direction of text. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029\ufff0-\uffff]/gu;

/** The text with invisible characters written as escapes. */
export const printable = (text: string): string =>
  text.replace(invisible, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`);

/** The same on one line. */
export const oneLine = (text: string): string => printable(text).replaceAll("\n", "\\n");

const secretName = /(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|private[-_]?key|credential)/i;
/** The name or place of a secret is none. */
const isReference = (name: string): boolean =>
  /(?:file|path|name|ref|dir|url)$/i.test(name) || /secretName|secretKey/.test(name);

const HIDDEN = "(hidden)";

/** Passwords in addresses, wherever they stand. */
const withoutPassword = (text: string): string => text.replace(/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, `$1${HIDDEN}`);

/**
 * The value without what nobody may read: data of Secrets, entries whose name says that they are secret, passwords in
 * addresses.
 * @param names the fields and items it lies in
 */
export function redacted(kind: string, names: readonly string[], value: Value): Value {
  if (kind === "Secret" && (names[0] === "data" || names[0] === "stringData") && names.length > 1) return HIDDEN;
  if (Array.isArray(value)) {
    return value.map((item) =>
      redacted(kind, [...names, isMap(item) && typeof item.name === "string" ? item.name : ""], item),
    );
  }
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([field, item]) => {
        const entry = field === "value" && typeof value.name === "string" ? value.name : field;
        return [field, isSecretValue(entry, item) ? HIDDEN : redacted(kind, [...names, field], item)];
      }),
    );
  }
  const last = names.at(-1) ?? "";
  const name = last === "value" ? (names.at(-2) ?? "") : last;
  if (isSecretValue(name, value)) return HIDDEN;
  return typeof value === "string" ? withoutPassword(value) : value;
}

/** Annotations and references name secrets; they hold none. */
const isSecretValue = (name: string, value: Value): boolean =>
  typeof value === "string" &&
  secretName.test(name) &&
  !isReference(name) &&
  !name.includes("/") &&
  !/^[/.]|^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value) &&
  value !== "";

/** Lines of a value as YAML; text of several lines as it is. */
function linesOf(value: Value): string[] {
  if (typeof value === "string") return printable(value).replace(/\n$/, "").split("\n");
  if (typeof value !== "object" || value === null) return [String(value)];
  return yamlOf(value).replace(/\n$/, "").split("\n");
}

export function yamlOf(value: Value): string {
  try {
    return printable(stringify(value));
  } catch {
    // Numbers that YAML's writer refuses.
    return printable(canonical(value));
  }
}

/** A document without its secrets, as YAML. */
export const documentText = (manifest: Manifest): string =>
  yamlOf(redacted(manifest.kind, [], manifest as unknown as Value));

/** One leaf for a reader: where, and the lines that went and came. */
export interface ShownLeaf {
  readonly path: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Lines in common before and after, of text with several lines. */
  readonly leading: readonly string[];
  readonly trailing: readonly string[];
}

/** How many lines in common are shown around a change in a text. */
const CONTEXT = 2;

export function shownLeaf(kind: string, { path, before, after }: LeafChange): ShownLeaf {
  const names = path.map((step) => (typeof step === "string" ? step : "item" in step ? step.item : ""));
  const lines = (value: Value | undefined): string[] =>
    value === undefined ? [] : linesOf(redacted(kind, names, value));
  const [old, now] = [lines(before), lines(after)];
  let start = 0;
  let end = 0;
  const shortest = Math.min(old.length, now.length);
  if (shortest > 1) {
    while (start < shortest && old[start] === now[start]) start++;
    while (end < shortest - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  }
  return {
    path: oneLine(pathText(path)),
    removed: old.slice(start, old.length - end),
    added: now.slice(start, now.length - end),
    leading: old.slice(Math.max(0, start - CONTEXT), start),
    trailing: old.slice(old.length - end, old.length - end + CONTEXT),
  };
}
