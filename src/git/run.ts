/** The one place that runs the `git` command. */
import { spawnSync } from "node:child_process";
import { GitError } from "./error.ts";

export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RawGitResult {
  readonly status: number;
  readonly stdout: Buffer;
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
export function runGitRaw(folder: string, args: readonly string[], { input, env }: RunOptions = {}): RawGitResult {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: folder,
    maxBuffer: 2 ** 30,
    env: { ...process.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", ...env },
    ...(input === undefined ? {} : { input }),
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    throw new GitError("no-git", "the command git was not found", "Install git");
  }
  if (error) throw error;
  const problem = stderr.toString("utf8");
  if (status !== 0 && /not a git repository/i.test(problem)) {
    throw new GitError("not-a-repository", `${folder} is not in a git repository`, "Run it in a clone of the project");
  }
  if (status !== 0 && /dubious ownership/i.test(problem)) {
    throw new GitError(
      "no-permission",
      `git refuses ${folder}, which belongs to another user`,
      "Allow it with git config --global --add safe.directory FOLDER",
    );
  }
  return { status: status ?? 1, stdout, stderr: problem };
}

/** As `runGitRaw`, for what is text. */
export function runGit(folder: string, args: readonly string[], options: RunOptions = {}): GitResult {
  const { stdout, ...result } = runGitRaw(folder, args, options);
  return { ...result, stdout: stdout.toString("utf8") };
}

/** The line of git's answer that says what is wrong. */
export function firstProblem(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((text) => /^(?:fatal|error|remote: error):/.test(text)) ?? lines.find(Boolean) ?? "no reason";
  return line.replace(/^(?:fatal|error|remote: error): |\.$/g, "");
}
