import type { Manifest } from "#emit/document";
import { type Comparison, compareTrees, leafKey, type Pair } from "./compare.ts";
import { type Document, resourceText } from "./documents.ts";
import type { ContractJudge } from "./flags/contracts.ts";
import { type Finding, findingsOf } from "./flags/index.ts";
import { removal } from "./flags/removal.ts";
import { type Severity, severities } from "./flags/rule.ts";
import { compareEnvironments } from "./layout.ts";
import { type LeafChange, pathText } from "./leaves.ts";
import { isRoutine } from "./routine.ts";
import type { Tree } from "./tree.ts";

export type ChangeKind = "added" | "removed" | "changed" | "renamed";

/** One change of one resource, in all environments that have exactly this one. */
export interface Change {
  readonly change: ChangeKind;
  readonly environments: readonly string[];
  /** `namespace/Kind/name`, `-/Kind/name` without a namespace; of something renamed, the new one. */
  readonly resource: string;
  /** The old one of something renamed. */
  readonly from?: string;
  readonly leaves: readonly LeafChange[];
  /** An example of each side, for what else a reader wants to know. */
  readonly before?: Document;
  readonly after?: Document;
}

export interface Flag {
  readonly rule: string;
  readonly severity: Severity;
  readonly environments: readonly string[];
  readonly resource: string;
  readonly reason: string;
}

/** What a reviewer gets to see, in whatever form. */
export interface Report {
  /** Only images of our own services changed; see `isRoutine`. */
  readonly routine: boolean;
  /** Worst first. */
  readonly flags: readonly Flag[];
  readonly changes: readonly Change[];
  readonly base: string;
  readonly head: string;
  /** Every environment of either side. */
  readonly environments: readonly string[];
  readonly comparison: Comparison;
}

/** Compares two renderings. @throws DiffError where a file of either cannot be read as manifests */
export function reportOn(base: Tree, head: Tree, judge?: ContractJudge): Report {
  const comparison = compareTrees(base, head);
  const findings = findingsOf(comparison, judge);
  return {
    routine: isRoutine(comparison, findings),
    flags: foldFlags(findings),
    changes: foldChanges(comparison.pairs),
    base: base.label,
    head: head.label,
    environments: [...comparison.environments].sort(compareEnvironments),
    comparison,
  };
}

/** Exactly what `--json` prints. */
export const reportJson = ({ routine, flags, changes }: Report) => ({
  routine,
  flags: flags.map(({ rule, severity, environments, resource, reason }) => ({
    rule,
    severity,
    environments,
    resource,
    reason,
  })),
  changes: changes.map(({ change, environments, resource, leaves }) => ({
    change,
    environments,
    resource,
    paths: leaves.map(({ path }) => pathText(path)),
  })),
});

const sortedEnvironments = (names: Iterable<string>): string[] => [...new Set(names)].sort(compareEnvironments);

function foldFlags(findings: readonly Finding[]): Flag[] {
  const flags = findings.map(({ subject, ...finding }) => {
    const manifest = "file" in subject ? undefined : subjectOf(finding.rule, subject);
    const resource = "file" in subject ? `-/File/${subject.file}` : manifest ? resourceText(manifest) : "-";
    return { ...finding, resource };
  });
  const groups = Map.groupBy(flags, ({ rule, resource, reason }) => JSON.stringify([rule, resource, reason]));
  return [...groups.values()]
    .map((same) => {
      const { rule, severity, resource, reason } = same[0] as (typeof same)[number];
      return {
        rule,
        severity,
        environments: sortedEnvironments(same.map(({ environment }) => environment)),
        resource,
        reason,
      };
    })
    .sort(
      (a, b) =>
        severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
        compareText(a.resource, b.resource) ||
        compareText(a.rule, b.rule) ||
        compareText(a.reason, b.reason),
    );
}

/** What is said of a removal is said of the old name. */
const subjectOf = (
  rule: string,
  { before, after }: { readonly before?: Manifest | undefined; readonly after?: Manifest | undefined },
) => (Object.hasOwn(removal.rules, rule) ? (before ?? after) : (after ?? before));

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const changeKindOf = ({ before, after, renamed, moved }: Pair): ChangeKind =>
  !before ? "added" : !after ? "removed" : renamed || moved ? "renamed" : "changed";

const order: readonly ChangeKind[] = ["removed", "renamed", "changed", "added"];

/** The same change of the same resource once, with its environments; where environments differ, each its own part. */
function foldChanges(pairs: readonly Pair[]): Change[] {
  const resources = Map.groupBy(pairs, (pair) =>
    JSON.stringify([changeKindOf(pair), nameOf(pair.before), nameOf(pair.after)]),
  );
  return [...resources.values()]
    .flatMap((same) => foldResource(same))
    .sort(
      (a, b) =>
        order.indexOf(a.change) - order.indexOf(b.change) ||
        compareText(a.resource, b.resource) ||
        compareText(a.environments.join(), b.environments.join()),
    );
}

const nameOf = (document: Document | undefined): string =>
  document ? `${document.manifest.apiVersion.split("/").at(-2) ?? ""} ${resourceText(document.manifest)}` : "";

function foldResource(pairs: readonly Pair[]): Change[] {
  const [first] = pairs;
  if (!first) return [];
  const change = changeKindOf(first);
  const whole = pairs.filter(({ leaves }) => leaves.length === 0);
  const leaves = new Map<string, { readonly leaf: LeafChange; readonly pairs: Pair[] }>();
  for (const pair of pairs) {
    for (const leaf of pair.leaves) {
      const known = leaves.get(leafKey(leaf));
      if (known) known.pairs.push(pair);
      else leaves.set(leafKey(leaf), { leaf, pairs: [pair] });
    }
  }
  const parts = Map.groupBy(leaves.values(), ({ pairs: with_ }) =>
    sortedEnvironments(with_.map(({ environment }) => environment)).join(),
  );
  return [
    ...(whole.length > 0 ? [changeOf(change, whole, [])] : []),
    ...[...parts.values()].map((part) =>
      changeOf(
        change,
        part[0]?.pairs ?? [],
        part.map(({ leaf }) => leaf),
      ),
    ),
  ];
}

function changeOf(change: ChangeKind, pairs: readonly Pair[], leaves: readonly LeafChange[]): Change {
  const { before, after } = pairs[0] ?? {};
  const shown = (after ?? before) as Document;
  const resource = resourceText(shown.manifest);
  const from = before && after ? resourceText(before.manifest) : resource;
  return {
    change,
    environments: sortedEnvironments(pairs.map(({ environment }) => environment)),
    resource,
    ...(from === resource ? {} : { from }),
    leaves,
    ...(before && { before }),
    ...(after && { after }),
  };
}
