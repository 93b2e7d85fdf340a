import { UserError } from "#model/user-error";
import { todo } from "#system";
import type { Repository } from "./repository.ts";

/** Only a change younger than this is rolled back by itself: later, something else is the likelier cause. */
export const ROLLBACK_MINUTES = 15;

export interface RollbackQuestion {
  readonly repository: Repository;
  readonly environment: string;
  /** Where the Application that failed reads from, such as `gitops/dev/tasks`. */
  readonly path: string;
  /** The commit that Argo CD tried to run; `undefined`: what is checked out. */
  readonly revision?: string | undefined;
  readonly now: Date;
}

export type RollbackAnswer =
  | { readonly due: false; readonly reason: string }
  | {
      readonly due: true;
      readonly reason: string;
      /** The commit before the change. */
      readonly to: string;
      /** The service that alone was changed; `null` where the change reached further, and all of it has to go. */
      readonly service: string | null;
    };

/**
 * Whether a failing Application is to be rolled back without a person. A rollback is never answered by another one, so that
 * the two cannot take turns.
 * @throws UserError for a path outside the environment's rendering
 */
export function rollbackDue(question: RollbackQuestion): RollbackAnswer {
  const { repository, environment, path, revision, now } = question;
  assertPath(environment, path);
  repository.assertWhole();
  const last = lastChange(repository, "HEAD", path);
  if (last === null) return no(`no commit has changed ${path}`);
  const short = last.commit.slice(0, 7);
  if (revision !== undefined) {
    const tried = repository
      .try("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`)
      ?.trim();
    if (tried === undefined) return no(`${revision.slice(0, 7)}, which failed, is no commit of this repository`);
    if (lastChange(repository, tried, path)?.commit !== last.commit) {
      return no(`${short} changed ${path} after ${tried.slice(0, 7)}, which failed`);
    }
  }
  if (last.parent === undefined) return no(`${short} is the first commit: there is nothing before it`);
  if (isRollback(repository, last.commit, last.parent, path)) {
    return no(`${short} is a rollback itself: a person has to look`);
  }
  const minutes = Math.floor((now.getTime() / 1000 - last.seconds) / 60);
  // A clock that goes wrong by more than that says nothing about age.
  if (Math.abs(minutes) >= ROLLBACK_MINUTES) {
    return no(`${short}, the last to change ${path}, is ${minutes} minutes old: a person has to look`);
  }
  return {
    due: true,
    reason: `${short} changed ${path} ${minutes} minutes ago`,
    to: last.parent,
    service: serviceOf(repository, last.commit, last.parent, environment, path),
  };
}

const no = (reason: string): RollbackAnswer => ({ due: false, reason });

function assertPath(environment: string, path: string): void {
  const parts = path.split("/");
  if (parts[0] === "gitops" && parts[1] === environment && parts.every((part) => /^[a-z0-9][a-z0-9.-]*$/.test(part))) {
    return;
  }
  throw new UserError(
    `"${path}" is no folder of ${environment}'s rendering`,
    `Write a path as in gitops/${environment}/tasks`,
  );
}

interface Change {
  readonly commit: string;
  readonly parent: string | undefined;
  /** When it came to the branch, since 1970. */
  readonly seconds: number;
}

/** Along the branch itself: what a merge brought is as young as the merge, however long it lay on a branch of its own. */
function lastChange(repository: Repository, from: string, path: string): Change | null {
  const line = repository.run("log", "--first-parent", "-1", "--format=%H %ct %P", from, "--", path).trim();
  const [commit, seconds, parent] = line.split(" ");
  return commit ? { commit, parent, seconds: Number(seconds) } : null;
}

/** Also one that a merge brought. */
const isRollback = (repository: Repository, commit: string, parent: string, path: string): boolean =>
  repository
    .run("log", "--format=%(trailers:key=Rolled-back-to,valueonly)", commit, `^${parent}`, "--", path)
    .trim() !== "";

function serviceOf(
  repository: Repository,
  commit: string,
  parent: string,
  environment: string,
  path: string,
): string | null {
  const [service, ...deeper] = path.split("/").slice(2);
  if (service === undefined || deeper.length > 0 || !Object.hasOwn(todo.services, service)) return null;
  const changed = repository.run(
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--relative",
    parent,
    commit,
    "--",
    `gitops/${environment}`,
  );
  const isInside = (file: string): boolean => file.startsWith(`${path}/`);
  return changed.split("\0").filter(Boolean).every(isInside) ? service : null;
}
