/** Names of metrics that dashboards and alerts may use, each seen in the named file of its project. */

import { readFileSync } from "node:fs";

export interface KnownMetric {
  readonly name: string;
  readonly type?: string;
  /** Those that were seen; an empty list says nothing. */
  readonly labels: readonly string[];
  readonly source: { readonly repo: string; readonly path: string };
}

export const knownMetrics: readonly KnownMetric[] = JSON.parse(
  readFileSync(new URL("./metrics.json", import.meta.url), "utf8"),
);
