import { spawnSync } from "node:child_process";
import { UserError } from "#model/user-error";

export type GitProblem =
  | "no-git"
  | "not-a-repository"
  | "no-commit"
  | "shallow"
  | "dirty"
  | "detached"
  | "unknown-ref"
  | "no-remote"
  | "no-permission"
  | "push-raced"
  | "branch-exists"
  | "failed";

/** What git refused, and what to do about it. */
export class GitError extends UserError {
  override readonly name = "GitError";
  readonly problem: GitProblem;

  constructor(problem: GitProblem, message: string, remedy: string, options?: ErrorOptions) {
    super(message, remedy, options);
    this.problem = problem;
  }
}

export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs the `git` command, without a shell. `LC_ALL=C`: its messages are told apart below. It never asks for a password.
 * @throws GitError when there is no git, or `folder` lies in no repository
 */
export function runGit(folder: string, args: readonly string[], { input, env = {} }: RunOptions = {}): GitResult {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    env: { ...process.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", ...env },
    ...(input === undefined ? {} : { input }),
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    throw new GitError("no-git", "the command git was not found", "Install git");
  }
  if (error) throw error;
  if (status !== 0 && /not a git repository/i.test(stderr)) {
    throw new GitError("not-a-repository", `${folder} is not in a git repository`, "Run it in a clone of the project");
  }
  if (status !== 0 && /dubious ownership/i.test(stderr)) {
    throw new GitError(
      "no-permission",
      `git refuses ${folder}, which belongs to another user`,
      "Allow it with git config --global --add safe.directory FOLDER",
    );
  }
  return { status: status ?? 1, stdout, stderr };
}

/** The line of git's answer that says what is wrong. */
export function firstProblem(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((text) => /^(?:fatal|error|remote: error):/.test(text)) ?? lines.find(Boolean) ?? "no reason";
  return line.replace(/^(?:fatal|error|remote: error): |\.$/g, "");
}
