/** Finds which removed and added documents are one that was renamed. Pairing the wrong two is worse than pairing none. */
import { groupOf } from "#emit/document";
import type { Document } from "./documents.ts";
import { canonical, isMap, type Value } from "./value.ts";

/** Share of what is distinctive that both must have. */
const SIMILAR = 0.8;
/** How much better than the next best a pair must be. */
const MARGIN = 0.05;
/** A part that this many documents have tells none of them apart. */
const COMMON = 24;

interface Candidate {
  readonly document: Document;
  /** Every leaf with its path, its own name replaced. */
  readonly leaves: ReadonlySet<string>;
}

/** Pairs by content, within one environment and kind; each document once. */
export function pairRenamed(
  removed: readonly Document[],
  added: readonly Document[],
  others: (environment: string) => readonly Document[],
): [Document, Document][] {
  const pairs = pairAlike(removed, added, others);
  const taken = new Set(pairs.flat());
  const open = (document: Document): boolean => !taken.has(document);
  return [...pairs, ...pairFollowing(pairs, removed.filter(open), added.filter(open))];
}

function pairAlike(
  removed: readonly Document[],
  added: readonly Document[],
  others: (environment: string) => readonly Document[],
): [Document, Document][] {
  const groups = Map.groupBy(removed, groupKey);
  return [...Map.groupBy(added, groupKey)].flatMap(([key, now]) => {
    const old = groups.get(key);
    if (!old) return [];
    const environment = now[0]?.environment ?? "";
    const kin = others(environment).filter((document) => groupKey(document) === key);
    return pairGroup(old.map(ownCandidate), now.map(ownCandidate), kin.map(ownCandidate));
  });
}

/** What carries the old name of a renamed resource in its own name was renamed with it: `tasks-migration` after `tasks`. */
function pairFollowing(
  renamed: readonly (readonly [Document, Document])[],
  removed: readonly Document[],
  added: readonly Document[],
): [Document, Document][] {
  const placed = (document: Document, name: string): string =>
    `${groupKey(document)} ${document.manifest.metadata.namespace ?? ""}/${name}`;
  const open = new Map(added.map((document) => [placed(document, document.manifest.metadata.name), document]));
  const hints = Map.groupBy(renamed, ([{ environment }]) => environment);
  return removed.flatMap((before): [Document, Document][] => {
    for (const [from, to] of hints.get(before.environment) ?? []) {
      const [old, now] = [from.manifest.metadata.name, to.manifest.metadata.name];
      const key = placed(before, before.manifest.metadata.name.replace(wordOf(old), now));
      const after = old === now ? undefined : open.get(key);
      if (!after || scoreOf(candidate(before, old), candidate(after, now), () => 1) < SIMILAR) continue;
      open.delete(key);
      return [[before, after]];
    }
    return [];
  });
}

const groupKey = ({ environment, manifest }: Document): string =>
  `${environment} ${groupOf(manifest.apiVersion)}/${manifest.kind}`;

function pairGroup(
  old: readonly Candidate[],
  now: readonly Candidate[],
  kin: readonly Candidate[],
): [Document, Document][] {
  const weight = weightsOf([...old, ...now, ...kin]);
  const scores = scoresOf(old, now, weight);
  const best = new Map<Candidate, Scored>();
  const second = new Map<Candidate, number>();
  for (const scored of scores) {
    for (const side of [scored.before, scored.after]) {
      const known = best.get(side);
      if (known && known.score >= scored.score) second.set(side, Math.max(second.get(side) ?? 0, scored.score));
      else {
        if (known) second.set(side, Math.max(second.get(side) ?? 0, known.score));
        best.set(side, scored);
      }
    }
  }
  return scores
    .filter((scored) => {
      const sides = [scored.before, scored.after];
      return (
        scored.score >= SIMILAR &&
        sides.every((side) => best.get(side) === scored && scored.score - (second.get(side) ?? 0) >= MARGIN)
      );
    })
    .map(({ before, after }) => [before.document, after.document]);
}

interface Scored {
  readonly before: Candidate;
  readonly after: Candidate;
  readonly score: number;
}

/** Compares only those that share something distinctive: a renamed namespace must not cost the square of its documents. */
function scoresOf(old: readonly Candidate[], now: readonly Candidate[], weight: (leaf: string) => number): Scored[] {
  const having = new Map<string, Candidate[]>();
  for (const each of now) {
    for (const leaf of each.leaves) {
      const same = having.get(leaf);
      if (same) same.push(each);
      else having.set(leaf, [each]);
    }
  }
  return old.flatMap((before) => {
    const near = new Set<Candidate>();
    for (const leaf of before.leaves) {
      const same = having.get(leaf) ?? [];
      if (same.length <= COMMON) for (const each of same) near.add(each);
    }
    return [...near].map((after) => ({ before, after, score: scoreOf(before, after, weight) }));
  });
}

function scoreOf({ leaves: a }: Candidate, { leaves: b }: Candidate, weight: (leaf: string) => number): number {
  let shared = 0;
  let all = 0;
  for (const leaf of a) {
    all += weight(leaf);
    if (b.has(leaf)) shared += 2 * weight(leaf);
  }
  for (const leaf of b) all += weight(leaf);
  return all === 0 ? 0 : shared / all;
}

/** What every document of the kind has says nothing; what only these two have says all. */
function weightsOf(candidates: readonly Candidate[]): (leaf: string) => number {
  const counts = new Map<string, number>();
  for (const { leaves } of candidates) for (const leaf of leaves) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  const all = candidates.length;
  // Both of a pair have what they share: they count as one document.
  return (leaf) => Math.log((all + 1) / Math.max(1, (counts.get(leaf) ?? 1) - 1));
}

const wordOf = (name: string): RegExp =>
  new RegExp(`(?<![\\w.])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.])`, "g");

/** @param name that is replaced wherever it stands as a word */
function candidate(document: Document, name: string): Candidate {
  const leaves = new Set<string>();
  collect(document.manifest as unknown as Value, "", wordOf(name), leaves);
  return { document, leaves };
}

const ownCandidate = (document: Document): Candidate => candidate(document, document.manifest.metadata.name);

const skipped = new Set([".apiVersion", ".kind", ".metadata.name", ".metadata.namespace"]);

function collect(value: Value, path: string, own: RegExp, leaves: Set<string>): void {
  if (skipped.has(path)) return;
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, own, leaves);
  else if (isMap(value))
    for (const [field, item] of Object.entries(value)) collect(item, `${path}.${field}`, own, leaves);
  else leaves.add(`${path}=${typeof value === "string" ? value.replace(own, "\u0000") : canonical(value)}`);
}
