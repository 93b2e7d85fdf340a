/** Real repositories with the whole project in them: a bare remote and clones that share its packages. */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { linkPackages } from "#lifecycle/render-at";
import { copyProject } from "#lifecycle/scratch";

const settings = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
};
const environment = { ...process.env, ...settings };

export interface Scratch {
  readonly folder: string;
  readonly remote: string;
  /** A new clone with packages. */
  clone(name: string, ...options: readonly string[]): string;
  remove(): void;
}

/** A bare remote whose `main` holds the project as it is here, rendered and recorded. */
export function scratchProject(prepare: (folder: string) => void = () => undefined): Scratch {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "lifecycle-")));
  const remote = join(folder, "remote.git");
  const seed = join(folder, "seed");
  copyProject(process.cwd(), seed);
  prepare(seed);
  expect(command(seed, "synth").stderr).toBe("");
  git(seed, "init", "--quiet", "--initial-branch=main");
  git(seed, "add", "--all");
  git(seed, "commit", "--quiet", "--message", "feat: start");
  git(folder, "clone", "--quiet", "--bare", seed, remote);
  return {
    folder,
    remote,
    clone(name, ...options) {
      const target = join(folder, name);
      git(folder, "clone", "--quiet", ...options, `file://${remote}`, target);
      linkPackages(process.cwd(), target);
      return target;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function git(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: folder, encoding: "utf8", env: environment });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

const scriptOf = (name: string): string => `src/cli/${name}${name === "synth" || name === "diff" ? ".mjs" : ".ts"}`;

/** Runs one of the project's commands as npm does. */
export function command(folder: string, name: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(folder, scriptOf(name)), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: environment,
  });
}

/** As `command`, not waiting for it. */
export function started(
  folder: string,
  name: string,
  ...args: readonly string[]
): Promise<{ status: number | null; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(folder, scriptOf(name)), ...args], { cwd: folder, env: environment });
    let output = "";
    child.stdout.on("data", (text: Buffer) => {
      output += text.toString();
    });
    child.stderr.on("data", (text: Buffer) => {
      output += text.toString();
    });
    child.on("close", (status) => done({ status, output }));
  });
}

/** What must be the same after a failure: the branches, the index and the files. */
export const stateOf = (folder: string): string[] => [
  git(folder, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"),
  git(folder, "symbolic-ref", "--quiet", "HEAD").length > 0 ? "on a branch" : "",
  git(folder, "status", "--porcelain"),
  git(folder, "worktree", "list"),
  git(folder, "ls-files", "--stage"),
];

/** One line with a remedy, no stack trace, exit code 1. */
export function expectRefusal({ status, stderr }: SpawnSyncReturns<string>, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^error: .*\. .*\.$/m);
  expect(status).toBe(1);
}

/** A made-up image of the right shape. */
export const image = (tag: string, seed: number): string =>
  `${tag}@sha256:${seed.toString(16).padStart(2, "0").repeat(32)}`;

export const pinsOf = (folder: string, name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `config/images/${name}.json`), "utf8"));
