/** What became of one contract, and whom that hurts. */
export const audiences = [
  "running consumers",
  "stored events",
  "running callers",
  "the release before",
  "databases",
] as const;

export interface Problem {
  /** Where in the contract, as in `data.task.title`; empty for the whole. */
  readonly path: string;
  readonly reason: string;
  readonly breaks: (typeof audiences)[number];
}

export interface Finding {
  /** A CloudEvents type, `CloudEvents attributes`, `GET /v1/tasks/{id}`, or `migration 0002_places`. */
  readonly contract: string;
  /** Topic or service. */
  readonly of: string;
  readonly change: "added" | "changed" | "moved" | "removed" | "retired";
  readonly compatible: boolean;
  readonly problems: readonly Problem[];
  /** What whoever merges it has to know. */
  readonly note?: string;
}

export const finding = (
  of: string,
  contract: string,
  change: Finding["change"],
  problems: readonly Problem[] = [],
  note?: string,
): Finding => ({ contract, of, change, compatible: problems.length === 0, problems, ...(note ? { note } : {}) });
