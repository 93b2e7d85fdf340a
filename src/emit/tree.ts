import { hash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { EmitError, explain } from "./errors.ts";
import { ignoring } from "./files.ts";
import { isOwned } from "./header.ts";

export { lockTree, type TreeLock } from "./lock.ts";
export { applyPlan } from "./swap.ts";

/** How a tree differs from what was rendered. Paths are below `root`, with `/`, sorted. */
export interface TreePlan {
  readonly root: string;
  readonly files: ReadonlyMap<string, string>;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** Not rendered by us and in nobody's way: reported, never touched. */
  readonly foreign: readonly string[];
  /** Differ from what was last rendered: edited or deleted by hand, and about to be overwritten. */
  readonly edited: readonly string[];
  /** Every folder of the scope that exists. */
  readonly folders: ReadonlySet<string>;
}

export interface PlanOptions {
  /** Top-level folders that this run answers for: owned files there that were not rendered are removed. */
  readonly scope: readonly string[];
  /** `digest` of every file as last rendered, by path. @default only a file without our header counts as edited */
  readonly recorded?: Readonly<Record<string, string>>;
}

/** How a rendered file is recorded: `sha256:<hex>` of its bytes. */
export function digest(text: string): string {
  return `sha256:${hash("sha256", text, "hex")}`;
}

/**
 * Compares the tree below `folder`, which need not exist, with the rendered files. Reads only.
 * A plan that is to be applied must be made under the lock.
 *
 * @throws EmitError when the tree holds symbolic links or cannot be read
 */
export function planTree(folder: string, files: ReadonlyMap<string, string>, options: PlanOptions): TreePlan {
  assertInScope(files, options.scope);
  try {
    const root = ignoring(["ENOENT"], () => realpathSync(folder)) ?? resolve(folder);
    const tree = readTree(root, options.scope);
    if (tree.links.length > 0) throw linked(folder, tree.links);
    return compare(root, files, tree, options);
  } catch (error) {
    throw explain(error, folder);
  }
}

interface Tree {
  readonly files: string[];
  readonly folders: Set<string>;
  readonly links: string[];
  /** Sockets and the like. */
  readonly others: string[];
}

function readTree(root: string, scope: readonly string[]): Tree {
  const tree: Tree = { files: [], folders: new Set(), links: [], others: [] };
  const visit = (path: string, entry: Pick<Dirent, "isFile" | "isSymbolicLink" | "isDirectory">): void => {
    if (entry.isFile()) tree.files.push(path);
    else if (entry.isSymbolicLink()) tree.links.push(path);
    else if (!entry.isDirectory()) tree.others.push(path);
    else {
      tree.folders.add(path);
      for (const child of readdirSync(`${root}/${path}`, { withFileTypes: true }))
        visit(`${path}/${child.name}`, child);
    }
  };
  for (const path of new Set(scope)) {
    const entry = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (entry !== undefined) visit(path, entry);
  }
  return tree;
}

function compare(root: string, files: ReadonlyMap<string, string>, tree: Tree, options: PlanOptions): TreePlan {
  const { recorded } = options;
  const changed: string[] = [];
  const removed: string[] = [];
  const unchanged: string[] = [];
  const foreign = [...tree.others];
  const edited: string[] = [];
  for (const path of tree.files) {
    const wanted = files.get(path);
    const present = readFileSync(`${root}/${path}`, "utf8");
    if (present === wanted) {
      unchanged.push(path);
    } else if (wanted === undefined && !isOwned(present)) {
      foreign.push(path);
    } else {
      (wanted === undefined ? removed : changed).push(path);
      if (recorded === undefined ? !isOwned(present) : recorded[path] !== digest(present)) edited.push(path);
    }
  }
  const present = new Set(tree.files);
  const inScope = new Set(options.scope);
  edited.push(...Object.keys(recorded ?? {}).filter((path) => inScope.has(top(path)) && !present.has(path)));
  return {
    root,
    files,
    added: [...files.keys()].filter((path) => !present.has(path)).sort(),
    changed: changed.sort(),
    removed: removed.sort(),
    unchanged: unchanged.sort(),
    foreign: foreign.sort(),
    edited: edited.sort(),
    folders: tree.folders,
  };
}

function linked(folder: string, [first, ...more]: readonly string[]): EmitError {
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return new EmitError(
    `${folder}/${first} is a symbolic link${others}, which a rendered tree must not hold`,
    "Replace it by a plain folder or file, or delete it",
  );
}

/** A path outside the scope would be written without ever being compared: a mistake of the caller. */
function assertInScope(files: ReadonlyMap<string, string>, scope: readonly string[]): void {
  const folders = new Set(scope);
  for (const path of files.keys()) {
    if (folders.has(top(path)) && path.includes("/") && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) continue;
    throw new RangeError(`${path} is outside ${scope.join(", ")}`);
  }
}

function top(path: string): string {
  return path.slice(0, Math.max(path.indexOf("/"), 0));
}
