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
  const blobs = readBlobs(git, new Set(listed.flatMap(({ entries }) => entries.map(({ id }) => id))));
  return listed.map(({ ref, entries }) => ({
    label: ref.label,
    name: lastPart(ref.folder),
    files: new Map(entries.map(({ id, path }): [string, TreeFile] => [path, { id, text: blobs.get(id) ?? "" }])),
  }));
}

export const lastPart = (folder: string): string => folder.split("/").filter(Boolean).at(-1) ?? ".";

function list(git: Git, { commit, folder, label }: RefTree): Entry[] {
  const prefix = `${folder.replace(/^(?:\.\/)+|\/+$/g, "")}/`;
  const output = git.runRaw(["ls-tree", "-r", "-z", commit, "--", prefix]).toString("utf8");
  return output
    .split("\0")
    .filter(Boolean)
    .map((line) => {
      const [, mode, id = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      if (mode !== "120000" && mode !== "160000") return { id, path: path.slice(prefix.length) };
      const what = mode === "120000" ? "a symbolic link" : "a submodule";
      throw new DiffError(
        `${path} of ${label} is ${what}, which a rendering must not hold`,
        "Replace it by a plain file",
      );
    });
}

function readBlobs(git: Git, ids: ReadonlySet<string>): Map<string, string> {
  const blobs = new Map<string, string>();
  if (ids.size === 0) return blobs;
  const output = git.runRaw(["cat-file", "--batch"], `${[...ids].join("\n")}\n`);
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(10, start);
    const [id = "", type, size] = output.toString("latin1", start, end).split(" ");
    if (type !== "blob") throw new DiffError(`git has no object ${id}`, "Fetch it: this clone is not complete");
    blobs.set(id, output.toString("utf8", end + 1, end + 1 + Number(size)));
    start = end + 1 + Number(size) + 1;
  }
  return blobs;
}
