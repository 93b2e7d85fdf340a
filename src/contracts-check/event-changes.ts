/**
 * Whether events can change from one state of the contracts to another. Services are rolled out one by one and topics keep what
 * was written: consumers of the old contract read new events, and those of the new contract read old ones.
 */
import { inlined, type Json, same } from "./alternatives.ts";
import type { EventContracts, TopicContract } from "./event-contracts.ts";
import { type Finding, finding, type Problem } from "./finding.ts";
import { type Rooted, refusals } from "./refusals.ts";

const ATTRIBUTES = "CloudEvents attributes";

/** Types that are as they were are not in the answer. */
export function eventChanges(before: EventContracts, now: EventContracts): Finding[] {
  const [old, current] = [placesOf(before), placesOf(now)];
  const attributes = between(
    { schema: before.attributes, root: before as unknown as Json },
    { schema: now.attributes, root: now as unknown as Json },
    "",
  );
  return [
    ...(same(before.attributes, now.attributes) ? [] : [finding("every topic", ATTRIBUTES, "changed", attributes)]),
    ...[...old].flatMap(([type, place]) => typeChange(type, place, current.get(type), old)),
    ...[...current].filter(([type]) => !old.has(type)).map(([type, { topic }]) => finding(topic, type, "added")),
  ];
}

interface Place extends Rooted {
  readonly topic: string;
  readonly key: string;
}

function placesOf(contracts: EventContracts): Map<string, Place> {
  const root = contracts as unknown as Json;
  const ofTopic = ([topic, { key, types }]: [string, TopicContract]): [string, Place][] =>
    Object.entries(types).map(([type, schema]) => [type, { topic, key, schema, root }]);
  return new Map(Object.entries(contracts.topics).flatMap(ofTopic));
}

function typeChange(type: string, before: Place, now: Place | undefined, types: ReadonlyMap<string, Place>): Finding[] {
  if (!now) return [removal(type, before.topic, types)];
  const problems: Problem[] = [];
  if (before.topic !== now.topic) {
    const reason = `is on the topic ${now.topic} now, was on ${before.topic}`;
    problems.push({ path: "", reason, breaks: "running consumers" }, { path: "", reason, breaks: "stored events" });
  }
  if (before.key !== now.key) {
    const reason = `the partition key is ${now.key} now, was ${before.key}: order by key ends where they meet`;
    problems.push({ path: `data.${now.key}`, reason, breaks: "running consumers" });
  }
  problems.push(...between(before, now, "data"));
  const isSame = problems.length === 0 && same(inlined(before.schema, before.root), inlined(now.schema, now.root));
  return isSame ? [] : [finding(now.topic, type, before.topic === now.topic ? "changed" : "moved", problems)];
}

/** A type may go when a newer version of it has been there before. */
function removal(type: string, topic: string, before: ReadonlyMap<string, Place>): Finding {
  const { name, version } = versionOf(type);
  const successor = [...before].find(([other, place]) => {
    const its = versionOf(other);
    return its.name === name && its.version > version && place.topic === topic;
  })?.[0];
  if (successor) {
    const note = `${successor} took its place; merge when no service writes ${type} and the topic's retention has passed since`;
    return finding(topic, type, "retired", [], note);
  }
  const reason = "is gone, and no newer version of it was there before";
  return finding(topic, type, "removed", [
    { path: "", reason, breaks: "running consumers" },
    { path: "", reason, breaks: "stored events" },
  ]);
}

function versionOf(type: string): { readonly name: string; readonly version: number } {
  const [, name = type, version = "0"] = /^(.*)\.v(\d+)$/.exec(type) ?? [];
  return { name, version: Number(version) };
}

function between(before: Rooted, now: Rooted, within: string): Problem[] {
  const old = { schema: before.schema, root: before.root, when: "before" } as const;
  const current = { schema: now.schema, root: now.root, when: "now" } as const;
  const below = (path: string): string => [within, path].filter(Boolean).join(".");
  const stored = refusals(old, current).map(({ path, reason }) => ({ path: below(path), reason }));
  const running = refusals(current, old, { keepsFields: true }).map(({ path, reason }) => ({
    path: below(path),
    reason,
  }));
  return [
    ...stored.map((each): Problem => ({ ...each, breaks: "stored events" })),
    ...running.map((each): Problem => ({ ...each, breaks: "running consumers" })),
  ];
}
