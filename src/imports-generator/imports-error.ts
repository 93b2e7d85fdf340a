/** A failure the person at the terminal can mend: what is wrong, then what to do. */
export class ImportsError extends Error {
  override readonly name = "ImportsError";
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.remedy = remedy;
  }
}
