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

/** Migrations expand first and contract a release later, so that the release before can always run: a contraction is marked. */
const CONTRACTION = /^\s*(?:export )?(?:async )?function (contract[A-Z]\w*)/gm;

const contractions: Obstacle = function* ({ repository, services, from, to }) {
  for (const path of repository.list(from, "services").keys()) {
    const [, service = ""] = /^services\/([^/]+)\/data\/migrations(?:\/[^/]+)?\.ts$/.exec(path) ?? [];
    if (service === "" || (services !== null && !services.includes(service))) continue;
    const before = names(repository.show(to, path) ?? "");
    for (const name of names(repository.show(from, path) ?? "")) {
      if (!before.includes(name)) yield `${service}: its migration ${name} took away what the earlier release needs`;
    }
  }
};

const names = (text: string): string[] => [...text.matchAll(CONTRACTION)].map(([, name = ""]) => name);

export const obstacles: readonly Obstacle[] = [refusedChanges, contractions];

export const obstaclesOf = (way: WayBack): string[] => obstacles.flatMap((obstacle) => [...obstacle(way)]);
