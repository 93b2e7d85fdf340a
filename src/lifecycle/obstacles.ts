import { migrationsIn } from "#contracts-check/changes";
import { API_FOLDER } from "#contracts-check/documents";
import type { MigrationRecords } from "#contracts-check/migration-records";
import type { Report } from "#diff/report";
import type { Repository } from "./repository.ts";

/** What the way back would change, and between which commits. */
export interface WayBack {
  readonly repository: Repository;
  readonly environment: string;
  readonly services: readonly string[] | null;
  /** The commit that runs now. */
  readonly from: string;
  /** The commit whose rendering is restored. */
  readonly to: string;
  readonly report: Report;
}

/** Looks for one reason why an environment cannot go back. @returns a sentence without its full stop for each */
export type Obstacle = (way: WayBack) => Iterable<string>;

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
const contractions: Obstacle = function* ({ repository, services, from, to }) {
  const [now, before] = [recordsAt(repository, from), recordsAt(repository, to)];
  for (const [service, records] of Object.entries(now)) {
    if (services !== null && service !== "kit" && !services.includes(service)) continue;
    const known = new Set(before[service]?.map(({ name }) => name));
    for (const { name, takesAway } of records) {
      if (takesAway === null || known.has(name)) continue;
      yield `${service}: its migration ${name} took away what the earlier release needs (${takesAway})`;
    }
  }
};

const recordsAt = (repository: Repository, commit: string): MigrationRecords =>
  migrationsIn(repository.texts(commit, API_FOLDER)) ?? {};

export const obstacles: readonly Obstacle[] = [refusedChanges, contractions];

export const obstaclesOf = (way: WayBack): string[] => obstacles.flatMap((obstacle) => [...obstacle(way)]);
