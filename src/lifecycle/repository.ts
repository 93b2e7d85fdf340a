import { GitError } from "#git/error";
import { firstProblem, type GitResult, runGit } from "#git/run";
import { listTree, readBlobs, type TreeEntry } from "#git/tree";

/** The git repository that a project lies in. Paths are relative to the project's folder, with `/`. */
export class Repository {
  /** The project's folder. */
  readonly root: string;
  /** The project's folder below the top of the repository, ending with `/`; empty at the top. */
  readonly prefix: string;

  /** @throws GitError outside a repository, or in one without a commit */
  constructor(root: string) {
    this.root = root;
    this.prefix = this.run("rev-parse", "--show-prefix").trim();
    if (this.try("rev-parse", "--verify", "--quiet", "HEAD") === undefined) {
      throw new GitError("no-commit", "there is no commit yet", "Commit the project first");
    }
  }

  /** The repository of a folder; `null` where there is none, or none with a commit. */
  static find(root: string): Repository | null {
    try {
      return new Repository(root);
    } catch (error) {
      if (error instanceof GitError && ["no-git", "not-a-repository", "no-commit"].includes(error.problem)) return null;
      throw error;
    }
  }

  result(...args: readonly string[]): GitResult {
    return runGit(this.root, args);
  }

  /** @returns what git printed, `undefined` when it failed */
  try(...args: readonly string[]): string | undefined {
    const { status, stdout } = this.result(...args);
    return status === 0 ? stdout : undefined;
  }

  /** @throws GitError with git's own reason */
  run(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.result(...args);
    if (status === 0) return stdout;
    throw new GitError("failed", `git ${args[0]} failed: ${firstProblem(stderr)}`, "See git status");
  }

  /** @throws GitError for a name that is no commit */
  commit(ref: string): string {
    const found = this.try("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`)?.trim();
    if (found) return found;
    const shallow = this.isShallow ? " (this clone is shallow: git fetch --unshallow)" : "";
    throw new GitError("unknown-ref", `${ref} names no commit`, `See git log and git branch --all${shallow}`);
  }

  get isShallow(): boolean {
    return this.run("rev-parse", "--is-shallow-repository").trim() === "true";
  }

  /** @throws GitError in a clone without its history */
  assertWhole(): void {
    if (!this.isShallow) return;
    throw new GitError(
      "shallow",
      "this clone is shallow, so what came before cannot be told",
      "Fetch the history with git fetch --unshallow (fetch-depth: 0 in a workflow)",
    );
  }

  /**
   * Files that git does not know count only where they could be rendered or deployed.
   * @throws GitError naming the first file that is not committed
   */
  assertClean(): void {
    const lists = [
      this.run("status", "--porcelain", "-z", "--untracked-files=no"),
      this.run(
        "ls-files",
        "--others",
        "--exclude-standard",
        "-z",
        "--",
        "gitops",
        "config",
        "src",
        "charts",
        "imports",
      ),
    ];
    const changed = (lists[0] ?? "")
      .split("\0")
      .filter(Boolean)
      .map((line) => line.slice(3));
    const [first, ...more] = [...changed, ...(lists[1] ?? "").split("\0").filter(Boolean)];
    if (first === undefined) return;
    const others = more.length === 0 ? "is" : `and ${more.length} more are`;
    throw new GitError(
      "dirty",
      `${first} ${others} not committed`,
      "Commit the changes, or put them away with git stash",
    );
  }

  /** The branch that is checked out. @throws GitError where none is */
  branch(): string {
    const name = this.try("symbolic-ref", "--quiet", "--short", "HEAD")?.trim();
    if (name) return name;
    throw new GitError(
      "detached",
      "no branch is checked out",
      "Check one out with git switch, for example git switch main",
    );
  }

  /** Text of a file at a commit; `undefined` where it has none. */
  show(commit: string, path: string): string | undefined {
    return this.try("cat-file", "blob", `${commit}:${this.prefix}${path}`);
  }

  /** Every file of a commit below a path. */
  list(commit: string, path: string): Map<string, TreeEntry> {
    return listTree(this.root, commit, path);
  }

  /** Texts of every file of a commit below a path. */
  texts(commit: string, path: string): Map<string, string> {
    const files = [...this.list(commit, path)];
    const texts = readBlobs(
      this.root,
      files.map(([, { id }]) => id),
    );
    return new Map(files.map(([file, { id }]): [string, string] => [file, texts.get(id) ?? ""]));
  }

  /** Whether the files on disk below some paths are those of a commit. What git does not know counts for nothing. */
  isSame(commit: string, paths: readonly string[]): boolean {
    return this.result("diff", "--quiet", commit, "--", ...paths).status === 0;
  }
}
