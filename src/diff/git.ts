import { GitError } from "#git/error";
import { type GitResult, runGit } from "#git/run";
import { DiffError } from "./tree.ts";

/** The repository that a folder lies in, where there is one: two folders are compared without. */
export class Git {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @returns what it printed, `undefined` when it failed. @throws DiffError without git or outside a repository */
  try(...args: readonly string[]): string | undefined {
    const { status, stdout } = this.#result(args);
    return status === 0 ? stdout : undefined;
  }

  /** The commit that a ref names. */
  commit(ref: string): string | undefined {
    return this.try("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`)?.trim();
  }

  get isShallow(): boolean {
    return this.try("rev-parse", "--is-shallow-repository")?.trim() === "true";
  }

  #result(args: readonly string[]): GitResult {
    try {
      return runGit(this.folder, args, { env: { GIT_OPTIONAL_LOCKS: "0" } });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const without = error.problem === "no-permission" ? "" : ", or name two folders";
      throw new DiffError(error.message, `${error.remedy.replace(" of the project", "")}${without}`, { cause: error });
    }
  }
}

/**
 * The last commit that two have in common: what a pull request is compared from.
 * @throws DiffError where there is none, with what to do in a shallow clone
 */
export function mergeBase(git: Git, base: string, head: string): string {
  const found = git.try("merge-base", base, head)?.trim();
  if (found) return found;
  if (git.isShallow) {
    throw new DiffError(
      `${base} and ${head} have no merge base in this shallow clone`,
      "Fetch the history with git fetch --unshallow (fetch-depth: 0 in a workflow), or compare the commits themselves with --exact",
    );
  }
  throw new DiffError(`${base} and ${head} have no commit in common`, "Compare the commits themselves with --exact");
}

/** The branch that pull requests go to. @throws DiffError where none can be told */
export function defaultBranch(git: Git): string {
  const origin = git.try("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")?.trim();
  const found = [origin, "origin/main", "main", "origin/master", "master"].find((name) => name && git.commit(name));
  if (found) return found;
  throw new DiffError("there is no main branch to compare with", "Name what to compare with: npm run diff -- BASE");
}
