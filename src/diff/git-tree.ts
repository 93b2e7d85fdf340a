import { listTree, readBlobs } from "#git/tree";
import type { Git } from "./git.ts";
import { DiffError, type Tree, type TreeFile } from "./tree.ts";

interface Entry {
  readonly id: string;
  /** Below the folder that was asked for. */
  readonly path: string;
}

export interface RefTree {
  readonly commit: string;
  /** Relative to the working folder, e.g. `gitops`. */
  readonly folder: string;
  readonly label: string;
}

/** Reads folders of commits without a checkout: one listing each, and every blob once. */
export function readRefs(git: Git, refs: readonly RefTree[]): Tree[] {
  const listed = refs.map((ref) => ({ ref, entries: list(git, ref) }));
  const blobs = readBlobs(
    git.folder,
    listed.flatMap(({ entries }) => entries.map(({ id }) => id)),
  );
  return listed.map(({ ref, entries }) => ({
    label: ref.label,
    name: lastPart(ref.folder),
    files: new Map(entries.map(({ id, path }): [string, TreeFile] => [path, { id, text: blobs.get(id) ?? "" }])),
  }));
}

export const lastPart = (folder: string): string => folder.split("/").filter(Boolean).at(-1) ?? ".";

function list(git: Git, { commit, folder, label }: RefTree): Entry[] {
  const prefix = `${folder.replace(/^(?:\.\/)+|\/+$/g, "")}/`;
  return [...listTree(git.folder, commit, prefix)].map(([path, { mode, id }]) => {
    if (mode !== "120000" && mode !== "160000") return { id, path: path.slice(prefix.length) };
    const what = mode === "120000" ? "a symbolic link" : "a submodule";
    throw new DiffError(
      `${path} of ${label} is ${what}, which a rendering must not hold`,
      "Replace it by a plain file",
    );
  });
}
