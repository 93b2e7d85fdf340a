import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitError } from "#git/error";
import { firstProblem, runGit } from "#git/run";
import type { Repository } from "./repository.ts";

/** New texts by path below the project; `null`: the file goes. */
export type Changes = ReadonlyMap<string, string | null>;

/**
 * Makes a commit of some changed files on top of another. It goes through an index of its own, so that neither the user's
 * index nor a file on disk nor a branch is touched; until a branch is moved to it, nobody sees it.
 * @returns its id
 */
export function commitChanges(repository: Repository, parent: string, changes: Changes, message: string): string {
  const scratch = mkdtempSync(join(tmpdir(), "todo-commit-"));
  const env = { GIT_INDEX_FILE: join(scratch, "index") };
  const git = (args: readonly string[], input?: string): string => {
    const options = input === undefined ? { env } : { env, input };
    const { status, stdout, stderr } = runGit(repository.root, args, options);
    if (status === 0) return stdout.trim();
    throw explained(args[0] ?? "", stderr);
  };
  try {
    git(["read-tree", parent]);
    const texts = [...changes.values()].filter((text) => text !== null);
    texts.forEach((text, index) => {
      writeFileSync(join(scratch, `${index}`), text);
    });
    const paths = texts.map((_text, index) => `${join(scratch, `${index}`)}\n`).join("");
    const ids = texts.length > 0 ? git(["hash-object", "-w", "--no-filters", "--stdin-paths"], paths).split("\n") : [];
    const lines = [...changes].map(([path, text]) => {
      const entry = text === null ? `0 ${"0".repeat(parent.length)}` : `100644 ${ids.shift()}`;
      return `${entry}\t${repository.prefix}${path}\0`;
    });
    git(["update-index", "-z", "--index-info"], lines.join(""));
    const tree = git(["write-tree"]);
    const sign = repository.try("config", "--type=bool", "--get", "commit.gpgsign")?.trim() === "true" ? ["-S"] : [];
    return git(["commit-tree", ...sign, tree, "-p", parent, "-F", "-"], message);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function explained(verb: string, stderr: string): GitError {
  if (/identity unknown|user\.email|empty ident/i.test(stderr)) {
    return new GitError("failed", "git does not know who commits", "Set git config user.name and user.email");
  }
  if (/permission denied|insufficient permission|read-only/i.test(stderr)) {
    return new GitError(
      "no-permission",
      `git ${verb} may not write to the repository`,
      "Make it writable for this user",
    );
  }
  return new GitError("failed", `git ${verb} failed: ${firstProblem(stderr)}`, "See git status");
}
