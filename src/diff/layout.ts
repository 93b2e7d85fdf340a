import { isManifestPath, type Tree } from "./tree.ts";

/** Which environment and which Argo CD Application a file belongs to. */
export interface Place {
  readonly environment: string;
  /** Empty where the layout does not tell. */
  readonly application: string;
}

/** The name that our own renderings give a file: `<kind>[.<group>]_<name>.yaml`, in a folder for its namespace. */
const ours = /(?:^|\/)[a-z0-9.-]+_[^/]+\.yaml$/;

/**
 * How two renderings name the same places, told from their paths alone: our layout
 * `<environment>/<application>/<namespace>/<file>`, the folder of one environment, or anything whose first folder is the
 * environment.
 */
export function layoutOf(base: Tree, head: Tree): (path: string) => Place {
  const paths = [...base.files.keys(), ...head.files.keys()].filter(isManifestPath);
  const depths = paths.map((path) => path.split("/").length);
  const depth = depths.reduce((most, each) => Math.max(most, each), 0);
  const inside = depth === 3 && paths.every((path) => ours.test(path));
  const alone = head.name;
  return (path) => {
    const parts = path.split("/");
    if (parts.length === 1) return { environment: alone, application: "" };
    if (inside) return { environment: alone, application: parts.length === 3 ? (parts[0] ?? "") : "" };
    return { environment: parts[0] ?? alone, application: parts.length > 2 ? (parts[1] ?? "") : "" };
  };
}

/** Environments in the order that changes reach them. */
export function compareEnvironments(a: string, b: string): number {
  const rank = (name: string): number => (name === "dev" ? 0 : name === "staging" ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}
