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
  | "incomplete"
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
