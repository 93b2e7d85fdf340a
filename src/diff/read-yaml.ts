import { createRequire } from "node:module";
import type { Manifest } from "#emit/document";
import { NotOurSubset, parse } from "#emit/parse";
import { DiffError } from "./tree.ts";
import { isMap, type Value } from "./value.ts";

const require = createRequire(import.meta.url);

/**
 * The resources of a file, ours or anybody's: several documents, lists, comments and anchors as kubectl reads them.
 * @param name what to call the file in an error
 * @throws DiffError when it is no YAML, repeats a key, or holds something that is no Kubernetes resource
 */
export function readManifests(text: string, name: string): Manifest[] {
  try {
    const value = parse(text);
    if (!isRounded(value)) return manifestsIn(value, name);
  } catch (error) {
    if (!(error instanceof NotOurSubset)) throw error;
  }
  return parseAnyYaml(text, name).flatMap((value) => manifestsIn(value, name));
}

/** An integer that a JavaScript number may not hold exactly: two of them could look equal. */
function isRounded(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.some(isRounded);
  return isMap(value) && Object.values(value).some(isRounded);
}

/** A `List` is what it holds; a document of comments alone is nothing. */
function manifestsIn(value: unknown, name: string): Manifest[] {
  if (value === null || value === undefined) return [];
  if (!isMap(value)) throw noResource(name);
  const { kind, apiVersion, items } = value;
  if (typeof kind !== "string" || typeof apiVersion !== "string") throw noResource(name);
  if (kind.endsWith("List") && Array.isArray(items)) return items.flatMap((item) => manifestsIn(item, name));
  const metadata = value.metadata;
  if (!isMap(metadata)) throw noResource(name);
  const named = typeof metadata.name === "string" ? metadata.name : undefined;
  // Argo CD makes a new one of these at each sync.
  const generated = typeof metadata.generateName === "string" ? `${metadata.generateName}*` : undefined;
  if (named === undefined && generated === undefined) throw noResource(name);
  if (metadata.namespace !== undefined && typeof metadata.namespace !== "string") throw noResource(name);
  return [{ ...value, metadata: { ...metadata, name: named ?? generated } } as unknown as Manifest];
}

function noResource(name: string): DiffError {
  return new DiffError(`${name} holds something that is no Kubernetes resource`, "Correct it, or leave it out");
}

function parseAnyYaml(text: string, name: string): Value[] {
  const yaml = require("yaml") as typeof import("yaml");
  const refuse = (problem: string, cause: unknown): DiffError =>
    new DiffError(
      `${name} is not YAML: ${(problem.split("\n", 1)[0] ?? "").replace(/[:.]$/, "")}`,
      "Correct it, or restore it with npm run synth",
      { cause },
    );
  // As sigs.k8s.io/yaml reads: YAML 1.1, but dates and base 60 stay strings.
  const documents = yaml.parseAllDocuments(text, {
    version: "1.1",
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isTime(tag)),
    intAsBigInt: true,
    logLevel: "error",
  });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error) throw refuse(error.message, error);
    try {
      return plain(document.toJS({ maxAliasCount: 1000 }) as Value);
    } catch (cause) {
      throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
    }
  });
}

function isTime(tag: { readonly tag: string; readonly format?: string }): boolean {
  return tag.tag === "tag:yaml.org,2002:timestamp" || tag.format === "TIME";
}

/** Integers as numbers where that loses nothing; keys as text. */
function plain(value: unknown): Value {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value as Value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item)]));
}
