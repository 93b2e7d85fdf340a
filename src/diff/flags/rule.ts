import { groupOf, type Manifest } from "#emit/document";
import type { Comparison, Pair } from "../compare.ts";
import type { LeafChange } from "../leaves.ts";

export const severities = ["info", "warning", "danger"] as const;
export type Severity = (typeof severities)[number];

export interface RuleInfo {
  readonly severity: Severity;
  /** Why a reviewer is told, one sentence. */
  readonly reason: string;
}

export const danger = (reason: string): RuleInfo => ({ severity: "danger", reason });
export const warning = (reason: string): RuleInfo => ({ severity: "warning", reason });
export const info = (reason: string): RuleInfo => ({ severity: "info", reason });

/** What a rule looks at: one resource before and after. A rename into another namespace is seen as two of these. */
export interface Subject {
  readonly pair: Pair;
  readonly comparison: Comparison;
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
  readonly kind: string;
  /** API group, empty for the core. */
  readonly group: string;
  readonly leaves: readonly LeafChange[];
  /** The old name disappears although both sides are there. */
  readonly renamed: boolean;
}

/** Raises a flag: which rule, and what exactly is so here. */
export type Raise<Id extends string> = (rule: Id, reason: string) => void;

/** Rules about one subject, with what they look at. */
export interface RuleSet<Id extends string = string> {
  readonly rules: Readonly<Record<Id, RuleInfo>>;
  readonly inspect: (subject: Subject, raise: Raise<Id>) => void;
}

export const ruleSet = <const R extends Readonly<Record<string, RuleInfo>>>(
  rules: R,
  inspect: (subject: Subject, raise: Raise<keyof R & string>) => void,
): RuleSet<keyof R & string> => ({ rules, inspect });

/** A rename within a namespace is a change; into another one the old place is left and the new one is entered. */
export function subjectsOf(pair: Pair, comparison: Comparison): Subject[] {
  const before = pair.before?.manifest;
  const after = pair.after?.manifest;
  const subject = (old: Manifest | undefined, now: Manifest | undefined): Subject => {
    const { apiVersion, kind } = (now ?? old) as Manifest;
    const both = old !== undefined && now !== undefined;
    return {
      pair,
      comparison,
      before: old,
      after: now,
      kind,
      group: groupOf(apiVersion),
      leaves: both ? pair.leaves : [],
      renamed: both && pair.renamed,
    };
  };
  const apart = pair.renamed && before?.metadata.namespace !== after?.metadata.namespace;
  return apart ? [subject(before, undefined), subject(undefined, after)] : [subject(before, after)];
}

/** `a, b and 3 more`. */
export function someOf(names: Iterable<string>, shown = 4): string {
  const all = [...new Set(names)];
  const more = all.length - shown;
  return more > 0 ? `${all.slice(0, shown).join(", ")} and ${more} more` : all.join(", ");
}
