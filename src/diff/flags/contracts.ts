import type { Manifest } from "#emit/document";
import { canonical, equal, type Fields, isMap, mapAt, type Value } from "../value.ts";
import { danger, type RuleInfo } from "./rule.ts";

/** A rendered contract before and after: a ConfigMap whose values are JSON Schemas. */
export interface ContractChange {
  readonly environment: string;
  readonly before: Manifest;
  readonly after: Manifest | undefined;
}

/**
 * Judges contracts: says in words what breaks a running consumer, nothing where all is well. It can be replaced, because
 * what is compatible is the contracts' own affair.
 */
export type ContractJudge = (change: ContractChange) => Iterable<string>;

export const contractRules = {
  "contract-breaks": danger("A contract changes in a way that running consumers or stored events do not follow."),
} as const satisfies Record<string, RuleInfo>;

/** The JSON Schemas of a ConfigMap, by key. */
function schemasOf(manifest: Manifest | undefined): Map<string, Fields> {
  const schemas = new Map<string, Fields>();
  if (manifest?.kind !== "ConfigMap") return schemas;
  for (const [key, text] of Object.entries(mapAt(manifest, "data"))) {
    if (typeof text !== "string" || !text.includes('"$schema"')) continue;
    const schema = parsed(text);
    if (isMap(schema) && typeof schema.$schema === "string") schemas.set(key, schema);
  }
  return schemas;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isContract = (manifest: Manifest): boolean => schemasOf(manifest).size > 0;

/** Judges by structure alone, for consumers that hold the old schema against what producers of the new one send. */
export const contractFlags: ContractJudge = function* ({ before, after }) {
  const now = schemasOf(after);
  for (const [key, schema] of schemasOf(before)) {
    const other = now.get(key);
    if (!other) yield `${key} is gone, or is no JSON Schema any more`;
    else for (const problem of problemsOf(schema, other, "")) yield `${key}: ${problem}`;
  }
};

/** What only explains. */
const silent = new Set(["$id", "$schema", "$comment", "title", "description", "examples", "deprecated", "default"]);
/** What is compared part by part; any other difference may let through what was refused. */
const structural = new Set(["type", "properties", "required", "additionalProperties", "enum", "const", "items"]);

function* problemsOf(before: Value | undefined, after: Value | undefined, path: string): Generator<string> {
  if (equal(before, after)) return;
  const where = path === "" ? "the whole" : path;
  if (!isMap(before) || !isMap(after)) {
    if (before !== true && after !== false) yield `${where} may be something else`;
    return;
  }
  const types = (schema: Fields): Set<string> => new Set([schema.type ?? "any"].flat().map(String));
  const [had, has] = [types(before), types(after)];
  if (!had.has("any") && [...has].some((type) => !had.has(type) && !(type === "integer" && had.has("number")))) {
    yield `${where} may be of type ${[...has].join(" or ")}`;
  }
  yield* propertyProblems(before, after, path);
  if (Array.isArray(before.enum)) {
    const allowed = new Set(before.enum.map(canonical));
    const values = Array.isArray(after.enum) ? after.enum : after.const === undefined ? [undefined] : [after.const];
    if (values.some((value) => !allowed.has(canonical(value)))) yield `${where} may have other values`;
  }
  if (before.const !== undefined && !equal(before.const, after.const)) yield `${where} has another value`;
  if (before.items !== undefined) yield* problemsOf(before.items, after.items ?? true, `${path}[]`);
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (silent.has(keyword) || structural.has(keyword) || equal(before[keyword], after[keyword])) continue;
    // A limit that is new only refuses more.
    if (before[keyword] !== undefined || /Of$|^\$|^if$|^not$/.test(keyword)) yield `${keyword} of ${where} changed`;
  }
}

function* propertyProblems(before: Fields, after: Fields, path: string): Generator<string> {
  const [old, now] = [mapAt(before, "properties"), mapAt(after, "properties")];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, schema] of Object.entries(old)) {
    if (now[name] === undefined) yield `${at(name)} is gone`;
    else yield* problemsOf(schema, now[name], at(name));
  }
  const required = new Set(Array.isArray(after.required) ? after.required : []);
  for (const name of Array.isArray(before.required) ? before.required : []) {
    if (!required.has(name) && now[String(name)] !== undefined) yield `${at(String(name))} may be absent`;
  }
  const added = Object.keys(now).filter((name) => old[name] === undefined);
  if (before.additionalProperties === false) {
    for (const name of added) yield `${at(name)} is new, and running consumers refuse fields that they do not know`;
    if (after.additionalProperties !== false) yield `${path === "" ? "it" : path} may have any other field`;
  }
}
