/** Changes as readers want them: what is the same in several resources stands there once. */
import { leafKey } from "./compare.ts";
import type { Change, ChangeKind, Report } from "./report.ts";

/** One change, the same in all these resources and environments. */
export interface Block {
  readonly change: ChangeKind;
  readonly environments: readonly string[];
  readonly changes: readonly [Change, ...Change[]];
}

export function blocksOf({ changes }: Report): Block[] {
  const groups = Map.groupBy(changes, (change) => {
    const { environments, leaves, resource } = change;
    // What was added or removed is listed by kind; a rename is its own story.
    const what =
      change.change === "renamed"
        ? resource
        : leaves.length > 0
          ? leaves.map(leafKey).join("\n")
          : resource.split("/")[1];
    return JSON.stringify([change.change, environments, what]);
  });
  return [...groups.values()].map((same) => {
    const [first, ...others] = same as [Change, ...Change[]];
    return { change: first.change, environments: first.environments, changes: [first, ...others] };
  });
}

/** `dev, staging`, or `all 6 environments`. */
export function environmentsText(some: readonly string[], all: readonly string[]): string {
  return some.length > 1 && some.length === all.length ? `all ${all.length} environments` : some.join(", ");
}

export const mark: Readonly<Record<ChangeKind, string>> = { added: "+", removed: "-", changed: "~", renamed: ">" };

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `todo-apps/Role/old -> todo-apps/Role/new` */
export const titleOf = ({ resource, from }: Change): string =>
  from === undefined ? resource : `${from} -> ${resource}`;

/** One sentence that says what this is about. */
export function verdict({ routine, flags, changes }: Report): string {
  if (changes.length === 0 && flags.length === 0)
    return routine ? "No change" : "No change that means anything, but not the same bytes";
  if (routine) return "Routine: only images";
  const counts = (["danger", "warning", "info"] as const)
    .map((severity) => [severity, flags.filter((flag) => flag.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => (severity === "info" ? `${count} to know` : plural(count, severity)));
  return counts.length > 0 ? `Not routine: ${counts.join(", ")}` : "Not routine, nothing flagged";
}

/** How many resources, in how many places. */
export function sizeText({ changes, environments }: Report): string {
  const resources = new Set(changes.map(({ resource }) => resource)).size;
  const touched = new Set(changes.flatMap((change) => change.environments)).size;
  return `${plural(resources, "resource")} in ${touched} of ${plural(environments.length, "environment")}`;
}
