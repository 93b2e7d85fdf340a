import { setTimeout as wait } from "node:timers/promises";
import { lockTree } from "#emit/tree";
import { GitError } from "#git/error";
import { firstProblem } from "#git/run";
import { type Changes, commitChanges } from "./commit.ts";
import type { Repository } from "./repository.ts";

export interface Step {
  readonly changes: Changes;
  readonly message: string;
}

export interface Landing {
  readonly repository: Repository;
  /** Push to the branch's remote; else only the branch that is checked out moves. */
  readonly push: boolean;
  /** What to commit on top of a commit; `null`: nothing is left to do there. May be asked again for a later one. */
  readonly compute: (parent: string) => Step | null | Promise<Step | null>;
  /** @default Math.random */
  readonly random?: () => number;
  /** Waits so many milliseconds. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface Landed {
  readonly commit: string;
  readonly branch: string;
  /** How often another push came first. */
  readonly retries: number;
  /** Whether the branch that is checked out moved along. */
  readonly checkedOut: boolean;
}

const ATTEMPTS = 40;

/** Full jitter: everybody who lost a race waits somewhere below a bound that doubles from 100 ms up to 3 s. */
export const delay = (retry: number, random: () => number): number => random() * Math.min(3000, 100 * 2 ** retry);

/**
 * Commits on top of the live branch. Where another push came first, it looks again at what is there now and computes anew:
 * texts are never merged, so that no conflict can be left for a person.
 * @returns `null` when there was nothing to change
 * @throws GitError; branch, index and files are then as before
 */
export async function land(landing: Landing): Promise<Landed | null> {
  const { repository, push, compute, random = Math.random, sleep = wait } = landing;
  using _lock = lockTree(`${repository.root}/gitops`);
  repository.assertWhole();
  const branch = repository.branch();
  repository.assertClean();
  if (!push) {
    const parent = repository.commit("HEAD");
    const step = await compute(parent);
    if (step === null) return null;
    const commit = commitChanges(repository, parent, step.changes, step.message);
    repository.run("merge", "--ff-only", "--quiet", commit);
    return { commit, branch, retries: 0, checkedOut: true };
  }
  const upstream = upstreamOf(repository, branch);
  for (let retries = 0; retries < ATTEMPTS; retries += 1) {
    const parent = fetchTip(repository, upstream);
    const step = await compute(parent);
    if (step === null) {
      follow(repository, parent);
      return null;
    }
    const commit = commitChanges(repository, parent, step.changes, step.message);
    if (pushed(repository, upstream, commit)) {
      return { commit, branch, retries, checkedOut: follow(repository, commit) };
    }
    await sleep(delay(retries, random));
  }
  throw new GitError(
    "push-raced",
    `${upstream.ref} of ${upstream.remote} moved ${ATTEMPTS} times while this waited for its turn`,
    "Run it again",
  );
}

interface Upstream {
  readonly remote: string;
  readonly ref: string;
}

/** Where a branch is pushed to. @throws GitError without a remote */
export function upstreamOf(repository: Repository, branch: string): Upstream {
  const remote = repository.try("config", "--get", `branch.${branch}.remote`)?.trim() || "origin";
  if (repository.try("remote", "get-url", remote) === undefined) {
    throw new GitError(
      "no-remote",
      `there is no remote ${remote} to push to`,
      "Add it with git remote add, or leave --push out",
    );
  }
  return { remote, ref: repository.try("config", "--get", `branch.${branch}.merge`)?.trim() || `refs/heads/${branch}` };
}

function fetchTip(repository: Repository, { remote, ref }: Upstream): string {
  const { status, stderr } = repository.result("fetch", "--quiet", "--no-tags", remote, ref);
  if (status === 0) return repository.commit("FETCH_HEAD");
  if (/couldn't find remote ref/i.test(stderr)) {
    throw new GitError("unknown-ref", `${remote} has no ${ref}`, `Push the branch first: git push ${remote} HEAD`);
  }
  throw refused(remote, "read", stderr);
}

const raced =
  /non-fast-forward|fetch first|stale info|lock ref|cannot lock|unable to lock|failed to update ref|incorrect old value/i;

/** Pushes a commit. @returns `false` where another one came first */
export function pushed(repository: Repository, { remote, ref }: Upstream, commit: string): boolean {
  const { status, stdout, stderr } = repository.result(
    "push",
    "--porcelain",
    "--no-verify",
    remote,
    `${commit}:${ref}`,
  );
  if (status === 0) return true;
  if (raced.test(`${stdout}\n${stderr}`)) return false;
  throw refused(remote, "push to", `${stderr}\n${stdout}`);
}

function refused(remote: string, verb: string, output: string): GitError {
  const rejection = /\[remote rejected\].*\((.+)\)/.exec(output)?.[1];
  const denied = /permission|denied|forbidden|40[13]|authenticat|could not read username|protected branch|declined/i;
  if (denied.test(output)) {
    return new GitError(
      "no-permission",
      `not allowed to ${verb} ${remote}: ${rejection ?? firstProblem(output)}`,
      `Use an account that may ${verb} it, or open a pull request`,
    );
  }
  const remedy = `See git remote get-url ${remote} and the network`;
  return new GitError("failed", `cannot ${verb} ${remote}: ${rejection ?? firstProblem(output)}`, remedy);
}

/** Moves the branch that is checked out along, unless it has commits of its own. */
function follow(repository: Repository, commit: string): boolean {
  if (repository.commit("HEAD") === commit) return true;
  return repository.result("merge", "--ff-only", "--quiet", commit).status === 0;
}
