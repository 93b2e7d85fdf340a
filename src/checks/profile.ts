import type { Rendering, Rule, Violation } from "./rule.ts";
import { violationsOf } from "./run.ts";

export interface RuleTime {
  readonly rule: string;
  /** Over all renderings. What rules share is computed, and counted, where it is first asked for. */
  readonly milliseconds: number;
}

export interface Profile {
  readonly violations: readonly Violation[];
  /** Slowest first. */
  readonly times: readonly RuleTime[];
}

/** Runs every rule over every rendering and measures each. */
export function profileRules(renderings: readonly Rendering[], applied: readonly Rule[], clock: () => number): Profile {
  const violations: Violation[] = [];
  const times = applied.map((rule) => {
    const start = clock();
    for (const rendering of renderings) violations.push(...violationsOf(rendering, [rule]));
    return { rule: rule.id, milliseconds: clock() - start };
  });
  return { violations, times: times.sort((a, b) => b.milliseconds - a.milliseconds) };
}
