/** The pinned versions of the third-party charts. */

import { readFileSync } from "node:fs";

export interface ChartPin {
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly appVersion?: string;
  /** The day on which the version was current. */
  readonly asOf: string;
}

export const chartPins: readonly ChartPin[] = JSON.parse(readFileSync(new URL("./pins.json", import.meta.url), "utf8"));
