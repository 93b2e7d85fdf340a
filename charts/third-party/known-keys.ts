/** Which key paths a chart's own values have, and which of ours it does not know. */

import { readFileSync } from "node:fs";
import type { HelmValue, HelmValues } from "./helm-values.ts";

export interface KnownValues {
  readonly chart: string;
  readonly pinned: string;
  readonly seen: {
    readonly repo: string;
    readonly path: string;
    readonly commit: string;
    readonly version: string;
    /** Seen at the pinned version's own line. */
    readonly exact: boolean;
  } | null;
  readonly requests: readonly {
    readonly workload: string;
    readonly cpu: string | null;
    readonly memory: string | null;
    readonly source: string;
  }[];
  readonly pods: string;
  /** `a.b` a value, `a.b[]` a list, `a.b.*` anything below. */
  readonly keys: readonly string[];
}

/** Below the project's folder, in which npm runs every command; commands run bundled, so modules have no place of their own. */
const FOLDER = "charts/third-party/known-values";

export const readKnownValues = (chart: string): KnownValues =>
  JSON.parse(readFileSync(`${FOLDER}/${chart}.json`, "utf8")) as KnownValues;

const isMap = (value: HelmValue): value is HelmValues =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const segment = (key: string): string => (key.includes(".") ? JSON.stringify(key) : key);

interface KeyPath {
  readonly path: readonly string[];
  readonly empty: boolean;
}

/** The path to each value; a list and an empty map are values. */
function keyPaths(values: HelmValues, parent: readonly string[] = []): readonly KeyPath[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...parent, segment(key)];
    if (!isMap(value)) return [{ path, empty: false }];
    return Object.keys(value).length === 0 ? [{ path, empty: true }] : keyPaths(value, path);
  });
}

function isKnown(keys: ReadonlySet<string>, { path, empty }: KeyPath): boolean {
  const whole = path.join(".");
  if (keys.has(whole) || keys.has(`${whole}[]`)) return true;
  // An empty map may stand for any branch, and changes nothing there.
  if (empty && [...keys].some((key) => key.startsWith(`${whole}.`))) return true;
  return path.some((_, depth) => keys.has(`${path.slice(0, depth + 1).join(".")}.*`));
}

const sets = new WeakMap<KnownValues, ReadonlySet<string>>();

function keysOf(known: KnownValues): ReadonlySet<string> {
  const keys = sets.get(known) ?? new Set(known.keys);
  sets.set(known, keys);
  return keys;
}

/** Our key paths that the chart's values did not have when they were seen. */
export function unknownKeys(known: KnownValues, values: HelmValues): readonly string[] {
  const keys = keysOf(known);
  return keyPaths(values)
    .filter((each) => !isKnown(keys, each))
    .map(({ path }) => path.join("."));
}
