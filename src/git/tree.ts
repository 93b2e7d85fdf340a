/** Reads folders of commits without a checkout. */
import { GitError } from "./error.ts";
import { firstProblem, runGitRaw } from "./run.ts";

export interface TreeEntry {
  /** As git writes it: `100644`, `120000` for a symbolic link, `160000` for a submodule. */
  readonly mode: string;
  /** Object name of the content. */
  readonly id: string;
}

/**
 * Every file of a commit below a path, by its path relative to `folder`.
 * @throws GitError with git's own reason
 */
export function listTree(folder: string, commit: string, path: string): Map<string, TreeEntry> {
  const { status, stdout, stderr } = runGitRaw(folder, ["ls-tree", "-r", "-z", commit, "--", path]);
  if (status !== 0) throw new GitError("failed", `git ls-tree failed: ${firstProblem(stderr)}`, "See git status");
  const lines = stdout.toString("utf8").split("\0").filter(Boolean);
  return new Map(
    lines.map((line): [string, TreeEntry] => {
      const [, mode = "", id = "", file = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return [file, { mode, id }];
    }),
  );
}

/**
 * Texts by object name, every one read once, through one process.
 * @throws GitError for an object that the clone does not have
 */
export function readBlobs(folder: string, ids: Iterable<string>): Map<string, string> {
  const wanted = [...new Set(ids)];
  const blobs = new Map<string, string>();
  if (wanted.length === 0) return blobs;
  const { stdout } = runGitRaw(folder, ["cat-file", "--batch"], { input: `${wanted.join("\n")}\n` });
  for (let start = 0; start < stdout.length; ) {
    const end = stdout.indexOf(10, start);
    const [id = "", type, size] = stdout.toString("latin1", start, end).split(" ");
    if (type !== "blob") {
      throw new GitError("incomplete", `git has no object ${id}`, "Fetch it: this clone is not complete");
    }
    blobs.set(id, stdout.toString("utf8", end + 1, end + 1 + Number(size)));
    start = end + 1 + Number(size) + 1;
  }
  return blobs;
}
