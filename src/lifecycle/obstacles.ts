import { contractObstacles } from "./contract-obstacles.ts";
import { contractReader } from "./recorded-contracts.ts";
import { movedSince, type Obstacle, type WayBack } from "./way-back.ts";

/** Flags of the comparison that no cluster, broker or running consumer would follow. */
const final: ReadonlySet<string> = new Set([
  "immutable-field",
  "storage-shrinks",
  "fewer-partitions",
  "database-version",
  "contract-breaks",
]);

const refusedChanges: Obstacle = function* ({ report }) {
  for (const { rule, resource, reason } of report.flags) {
    if (final.has(rule)) yield `${resource}: ${reason.replace(/\.$/, "")} (${rule})`;
  }
};

/** Migrations expand first and contract a release later, so that the release before can always run; a contraction says so. */
const contractions: Obstacle = function* (way) {
  const read = contractReader(way.repository);
  for (const { service, newer, older } of movedSince(way).back) {
    const [applied, known] = [read(newer).migrations, read(older).migrations];
    for (const schema of ["kit", service]) {
      const before = new Set(known?.[schema]?.map(({ name }) => name));
      for (const { name, takesAway } of applied?.[schema] ?? []) {
        if (takesAway === null || before.has(name)) continue;
        yield `${service}: its migration ${name} took away what the earlier release needs (${takesAway})`;
      }
    }
  }
};

export const obstacles: readonly Obstacle[] = [refusedChanges, contractions, contractObstacles];

export const obstaclesOf = (way: WayBack): string[] => obstacles.flatMap((obstacle) => [...obstacle(way)]);
