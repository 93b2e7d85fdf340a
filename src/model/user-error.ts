/** A failure that the person at the terminal can mend. Shown as `error: <message>. <remedy>.`, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
