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

const sets = new WeakMap<KnownValues, ReadonlySet<string>>();

function keysOf(known: KnownValues): ReadonlySet<string> {
  const keys = sets.get(known) ?? new Set(known.keys);
  sets.set(known, keys);
  return keys;
}

/** Our key paths, a list and an empty map being values, that the chart's values did not have when they were seen. */
export function unknownKeys(known: KnownValues, values: HelmValues): readonly string[] {
  const keys = keysOf(known);
  const unknown: string[] = [];
  const visit = (below: HelmValues, parent: string): void => {
    for (const [key, value] of Object.entries(below)) {
      const path = parent === "" ? segment(key) : `${parent}.${segment(key)}`;
      if (keys.has(`${path}.*`)) continue;
      if (isMap(value) && Object.keys(value).length > 0) visit(value, path);
      else if (!keys.has(path) && !keys.has(`${path}[]`) && !(isMap(value) && isBranch(keys, path))) unknown.push(path);
    }
  };
  visit(values, "");
  return unknown;
}

/** An empty map may stand for any branch, and changes nothing there. */
const isBranch = (keys: ReadonlySet<string>, path: string): boolean =>
  [...keys].some((key) => key.startsWith(`${path}.`));
