import type { FieldProblem, ProblemCode } from "#contracts/http/problem";
import type { TaskEvent } from "./events.ts";
import type { TaskState } from "./state.ts";

/** What follows from a command: events (none: it is already so), or why not. */
export type Decision =
  | { readonly kind: "accepted"; readonly events: readonly TaskEvent[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface Refusal {
  readonly code: Extract<ProblemCode, "not-found" | "version-mismatch" | "unprocessable" | "conflict">;
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
}

export const accept = (...events: readonly TaskEvent[]): Decision => ({ kind: "accepted", events });

export const refuse = (code: Refusal["code"], rest: Omit<Refusal, "code"> = {}): Decision => ({
  kind: "refused",
  refusal: { code, ...rest },
});

export const noSuchTask = (): Decision => refuse("not-found", { detail: "There is no such task" });

/** Of several problems each is told, the first also in the sentence. */
export const refuseFields = (errors: readonly FieldProblem[]): Decision =>
  refuse("unprocessable", { errors, ...(errors[0] ? { detail: `${errors[0].path}: ${errors[0].message}` } : {}) });

/** @param expected the version the caller saw; undefined: any */
export const hasVersion = (state: TaskState, expected: string | undefined): boolean =>
  expected === undefined || expected === String(state.version);

export const staleVersion = (state: TaskState): Decision =>
  refuse("version-mismatch", { detail: `The task is at version ${state.version} now` });
