/** One thing that is wrong with the model: whose entry it is, what is wrong, how to mend it. */
export interface ModelProblem {
  /** Path of the entry, e.g. `services.chat` or `environments.prod-gke`. */
  readonly entry: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Everything that is wrong with the model, in one error. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly problems: readonly ModelProblem[];

  constructor(problems: readonly ModelProblem[]) {
    super(
      `the model has ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}:\n${problems
        .map(({ entry, problem, remedy }) => `  ${entry}: ${problem}. ${remedy}`)
        .join("\n")}`,
    );
    this.problems = problems;
  }
}

/** @throws ModelError unless `problems` is empty */
export function assertNoProblems(problems: readonly ModelProblem[]): void {
  if (problems.length > 0) throw new ModelError(problems);
}
