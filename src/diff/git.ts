import { spawnSync } from "node:child_process";
import { DiffError } from "./tree.ts";

/** The repository that a folder lies in, read through the `git` command. */
export class Git {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns what it printed, `undefined` when it failed. @throws DiffError without git or outside a repository */
  try(...args: readonly string[]): string | undefined {
    const { status, stdout, stderr } = this.#spawn(args);
    if (status === 0) return stdout.toString("utf8");
    const problem = stderr.toString("utf8");
    if (/not a git repository/i.test(problem)) {
      throw new DiffError(`${this.#folder} is not in a git repository`, "Run it in a clone, or name two folders");
    }
    if (/dubious ownership/i.test(problem)) {
      throw new DiffError(
        `git refuses ${this.#folder}, which belongs to another user`,
        "Allow it with git config --global --add safe.directory FOLDER",
      );
    }
    return undefined;
  }

  /** @throws DiffError with git's own first line */
  run(...args: readonly string[]): string {
    return this.runRaw(args).toString("utf8");
  }

  runRaw(args: readonly string[], input?: string): Buffer {
    const { status, stdout, stderr } = this.#spawn(args, input);
    if (status === 0) return stdout;
    const [problem = ""] = stderr.toString("utf8").split("\n", 1);
    throw new DiffError(`git ${args[0]} failed: ${problem.replace(/^fatal: |\.$/g, "")}`, "See git status");
  }

  /** The commit that a ref names. */
  commit(ref: string): string | undefined {
    return this.try("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`)?.trim();
  }

  get isShallow(): boolean {
    return this.try("rev-parse", "--is-shallow-repository")?.trim() === "true";
  }

  #spawn(args: readonly string[], input?: string) {
    const result = spawnSync("git", args, {
      cwd: this.#folder,
      maxBuffer: 2 ** 30,
      env: { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
      ...(input === undefined ? {} : { input }),
    });
    if ((result.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
      throw new DiffError("the command git was not found", "Install git, or name two folders");
    }
    if (result.error) throw result.error;
    return result;
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
