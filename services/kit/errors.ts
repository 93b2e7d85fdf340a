/** What services throw: a code that callers may rely on, a detail for people, and the cause. */
import { type FieldProblem, type ProblemCode, problemCodes } from "#contracts/http/problem";

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** One entry a wrong field. */
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
}

/** Becomes a problem details answer (RFC 9457) in the app's one `onError`; `detail` is shown to the caller. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, detail?: string, options: AppErrorOptions = {}) {
    super(detail ?? problemCodes[code].title, { cause: options.cause });
    this.code = code;
    this.status = problemCodes[code].status;
    this.detail = detail;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export const notFound = (what: string): AppError => new AppError("not-found", `There is no ${what}`);

/** An operation that cannot succeed now and may succeed later: database, sidecar or another service is away. */
export class UnavailableError extends AppError {
  override readonly name = "UnavailableError";

  constructor(what: string, options: AppErrorOptions = {}) {
    super("unavailable", `${what} cannot be reached just now`, { retryAfterSeconds: 1, ...options });
  }
}

/** Thrown at start: one line and a remedy, no stack trace. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A service did what its entry in src/system.ts does not list. */
export class UndeclaredError extends Error {
  override readonly name = "UndeclaredError";

  constructor(service: string, what: string, declared: readonly string[]) {
    super(
      `${service} does not declare ${what}; its entry in src/system.ts lists: ${declared.join(", ") || "nothing of the kind"}`,
    );
  }
}
