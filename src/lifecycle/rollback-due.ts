import { UserError } from "#model/user-error";
import type { Repository } from "./repository.ts";

/** Only a change younger than this is rolled back by itself: later, something else is the likelier cause. */
export const ROLLBACK_MINUTES = 15;

export interface RollbackQuestion {
  readonly repository: Repository;
  readonly environment: string;
  /** Where the Application that failed reads from, such as `gitops/dev/tasks`. */
  readonly path: string;
  readonly now: Date;
}

export interface RollbackAnswer {
  readonly due: boolean;
  readonly reason: string;
}

/**
 * Whether a failing Application is to be rolled back without a person. A rollback is never answered by another one, so that
 * the two cannot take turns.
 * @throws UserError for a path outside the environment's rendering
 */
export function rollbackDue({ repository, environment, path, now }: RollbackQuestion): RollbackAnswer {
  const parts = path.split("/");
  if (parts[0] !== "gitops" || parts[1] !== environment || parts.some((part) => !/^[a-z0-9][a-z0-9.-]*$/.test(part))) {
    throw new UserError(
      `"${path}" is no folder of ${environment}'s rendering`,
      `Write a path as in gitops/${environment}/tasks`,
    );
  }
  repository.assertWhole();
  const last = repository.run("log", "-1", "--format=%H%n%ct%n%(trailers:key=Rolled-back-to,valueonly)", "--", path);
  const [commit = "", seconds = "", restored = ""] = last.split("\n");
  if (!commit) return { due: false, reason: `no commit has touched ${path}` };
  const short = commit.slice(0, 7);
  if (restored) return { due: false, reason: `${short} is a rollback itself: a person has to look` };
  const minutes = Math.floor((now.getTime() / 1000 - Number(seconds)) / 60);
  if (minutes < ROLLBACK_MINUTES) return { due: true, reason: `${short} changed ${path} ${minutes} minutes ago` };
  return {
    due: false,
    reason: `${short}, the last to change ${path}, is ${minutes} minutes old: a person has to look`,
  };
}
