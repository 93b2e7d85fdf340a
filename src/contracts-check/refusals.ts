/** Whether whoever reads with one JSON Schema takes everything that is written with another. Doubt counts as no. */
import { type Alternative, alternatives, type Json, type Schema, same } from "./alternatives.ts";

export interface Refusal {
  /** Fields joined by dots, `[]` for the items of a list, `{}` for the values of a map; empty at the top. */
  readonly path: string;
  readonly reason: string;
}

/** A schema in the document that its references point into. */
export interface Rooted {
  readonly schema: Schema;
  readonly root: Json;
}

export interface Side extends Rooted {
  /** When it holds, as reasons say it: `before` or `now`. */
  readonly when: "before" | "now";
}

export interface ReadingRules {
  /** A field that the reader declares and the writer does not is lost, even an optional one. */
  readonly keepsFields?: boolean;
  /** The reader drops fields that it does not know, whatever its schema says. */
  readonly ignoresUnknown?: boolean;
}

/** What is written and the reader refuses or misses; empty when every value is taken. */
export function refusals(written: Side, read: Side, rules: ReadingRules = {}): Refusal[] {
  return new Comparison(written, read, rules).compare(written.schema, read.schema, "");
}

class Comparison {
  readonly #written: Side;
  readonly #read: Side;
  readonly #rules: ReadingRules;
  /** Pairs being compared: schemas that refer to themselves hold unless something else refuses. */
  readonly #open = new Map<Schema, Set<Schema>>();

  constructor(written: Side, read: Side, rules: ReadingRules) {
    this.#written = written;
    this.#read = read;
    this.#rules = rules;
  }

  compare(written: Schema, read: Schema, path: string): Refusal[] {
    const open = this.#open.get(written) ?? new Set();
    if (open.has(read)) return [];
    this.#open.set(written, open.add(read));
    const readers = alternatives(read, this.#read.root);
    const found = alternatives(written, this.#written.root).flatMap((each) => this.#amongst(each, readers, path));
    open.delete(read);
    return found.filter((one, index) => found.findIndex((other) => same(one, other)) === index);
  }

  /** The refusals of the alternative that comes nearest. */
  #amongst(written: Alternative, readers: readonly Alternative[], path: string): Refusal[] {
    let nearest: Refusal[] | undefined;
    for (const reader of readers) {
      const found = this.#alternative(written, reader, path);
      if (found?.length === 0) return [];
      if (found && (nearest === undefined || found.length < nearest.length)) nearest = found;
    }
    const { when } = this.#written;
    return nearest ?? [{ path, reason: `may be ${nameOf(written)} ${when}, not ${this.#read.when}` }];
  }

  /** `undefined` when the two have nothing in common. */
  #alternative(written: Alternative, read: Alternative, path: string): Refusal[] | undefined {
    if (read.kind === "any") return [];
    if (written.kind === "opaque" || read.kind === "opaque") {
      if (written.kind === "opaque" && read.kind === "opaque" && same(written.schema, read.schema)) return [];
      const why = [written, read].flatMap((each) => (each.kind === "opaque" ? [each.why] : []));
      return [{ path, reason: `cannot be compared: ${[...new Set(why)].join(", ")}` }];
    }
    if (written.kind === "any") return undefined;
    if (written.kind === "value") return takesValue(read, written.value) ? [] : undefined;
    if (read.kind === "value") return undefined;
    if (written.kind !== read.kind && !(written.kind === "integer" && read.kind === "number")) return undefined;
    switch (written.kind) {
      case "string":
        return this.#bounds(written.schema, read.schema, path);
      case "integer":
      case "number":
        return this.#bounds(written.schema, read.schema, path);
      case "array":
        return [
          ...this.#bounds(written.schema, read.schema, path),
          ...this.compare(part(written.schema.items), part(read.schema.items), `${path}[]`),
        ];
      case "object":
        return this.#object(written.schema, read.schema, path);
    }
  }

  #bounds(written: Json, read: Json, path: string): Refusal[] {
    return Object.keys(read)
      .filter((keyword) => keyword in holds && !holds[keyword]?.(written[keyword], read[keyword], written))
      .map((keyword) => ({ path, reason: this.#values(keyword, written[keyword], read[keyword]) }));
  }

  #values(keyword: string, written: unknown, read: unknown): string {
    const text = (value: unknown): string => (value === undefined ? "not set" : JSON.stringify(value));
    return `${keyword} is ${text(read)} ${this.#read.when}, ${text(written)} ${this.#written.when}`;
  }

  #object(written: Json, read: Json, path: string): Refusal[] {
    const [mine, theirs] = [fieldsOf(written), fieldsOf(read)];
    const [given, needed] = [requiredOf(written), requiredOf(read)];
    const found: Refusal[] = [];
    for (const field of needed) {
      if (given.has(field)) continue;
      const now = mine.has(field) ? "optional" : "not declared";
      found.push({
        path: at(path, field),
        reason: `is required ${this.#read.when}, ${now} ${this.#written.when}`,
      });
    }
    for (const [field, schema] of theirs) {
      const own = mine.get(field);
      if (own !== undefined) found.push(...this.compare(own, schema, at(path, field)));
      else if (this.#rules.keepsFields && !needed.has(field)) {
        found.push({ path: at(path, field), reason: `is declared ${this.#read.when}, gone ${this.#written.when}` });
      }
    }
    const rest = this.#rules.ignoresUnknown && read.additionalProperties === false ? true : read.additionalProperties;
    for (const [field, schema] of mine) {
      if (theirs.has(field)) continue;
      if (rest === false) {
        const reason = `is declared ${this.#written.when}, refused as unknown ${this.#read.when}`;
        found.push({ path: at(path, field), reason });
      } else found.push(...this.compare(schema, part(rest), at(path, field)));
    }
    found.push(...this.#others(part(written.additionalProperties), part(rest), path));
    if (read.propertyNames !== undefined) {
      found.push(...this.compare(part(written.propertyNames), part(read.propertyNames), `${path}{name}`));
    }
    return found;
  }

  /** Fields that neither side names. */
  #others(written: Schema, read: Schema, path: string): Refusal[] {
    if (read !== false) return this.compare(written, read, `${path}{}`);
    if (written === false) return [];
    return [{ path, reason: `refuses fields that it does not know ${this.#read.when}, not ${this.#written.when}` }];
  }
}

const part = (schema: unknown): Schema => (schema ?? true) as Schema;
const at = (path: string, field: string): string => (path === "" ? field : `${path}.${field}`);
const fieldsOf = ({ properties = {} }: Json): Map<string, Schema> => new Map(Object.entries(properties as Json) as []);
const requiredOf = ({ required = [] }: Json): Set<string> => new Set(required as string[]);

/** Whether what is written keeps to what the reader asks for; `written` is undefined where nothing is set. */
type Holds = (written: unknown, read: unknown, all: Json) => boolean;

const atLeast: Holds = (written, read) => Number(written ?? Number.NEGATIVE_INFINITY) >= Number(read);
const atMost: Holds = (written, read) => Number(written ?? Number.POSITIVE_INFINITY) <= Number(read);

const holds: Readonly<Record<string, Holds>> = {
  minLength: (written, read) => Number(written ?? 0) >= Number(read),
  maxLength: atMost,
  pattern: same,
  format: same,
  minimum: (written, read, { exclusiveMinimum }) => atLeast(written, read, {}) || atLeast(exclusiveMinimum, read, {}),
  maximum: (written, read, { exclusiveMaximum }) => atMost(written, read, {}) || atMost(exclusiveMaximum, read, {}),
  exclusiveMinimum: (written, read, { minimum }) => atLeast(written, read, {}) || Number(minimum) > Number(read),
  exclusiveMaximum: (written, read, { maximum }) => atMost(written, read, {}) || Number(maximum) < Number(read),
  multipleOf: (written, read) => written !== undefined && Number.isInteger(Number(written) / Number(read)),
  minItems: (written, read) => Number(written ?? 0) >= Number(read),
  maxItems: atMost,
  uniqueItems: (written, read) => read !== true || written === true,
};

/** Formats are not tried on a value: a reader that asks for one takes no fixed value. */
function takesValue(read: Exclude<Alternative, { kind: "any" | "opaque" }>, value: unknown): boolean {
  if (read.kind === "value") return same(read.value, value);
  const { schema } = read;
  if (read.kind === "string") {
    if (typeof value !== "string" || "format" in schema) return false;
    const length = [...value].length;
    if (length < Number(schema.minLength ?? 0) || length > Number(schema.maxLength ?? Number.POSITIVE_INFINITY))
      return false;
    return schema.pattern === undefined || new RegExp(String(schema.pattern), "u").test(value);
  }
  if (read.kind !== "number" && read.kind !== "integer") return false;
  if (typeof value !== "number" || (read.kind === "integer" && !Number.isInteger(value))) return false;
  const exactly = { minimum: value, maximum: value };
  return Object.keys(schema).every((keyword) =>
    keyword === "multipleOf"
      ? Number.isInteger(value / Number(schema.multipleOf))
      : holds[keyword]?.(exactly[keyword as "minimum"], schema[keyword], exactly),
  );
}

const nameOf = (written: Alternative): string =>
  written.kind === "value" ? JSON.stringify(written.value) : written.kind === "any" ? "anything" : `a ${written.kind}`;
