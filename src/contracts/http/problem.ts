/** Problem details (RFC 9457): every error that an API of ours answers, by code. Shared by services, clients and browser. */
import * as z from "zod/mini";

/** Status and title by code. A code never changes its status; what is special about an occurrence stands in `detail`. */
export const problemCodes = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  "not-authenticated": { status: 401, title: "Sign in first" },
  "not-allowed": { status: 403, title: "This is not allowed" },
  "not-found": { status: 404, title: "There is no such thing" },
  "method-not-allowed": { status: 405, title: "This method is not offered here" },
  conflict: { status: 409, title: "The request conflicts with what is there" },
  gone: { status: 410, title: "This is no longer there" },
  "version-mismatch": { status: 412, title: "It was changed in the meantime" },
  "body-too-large": { status: 413, title: "The request body is too large" },
  "unsupported-media-type": { status: 415, title: "Send application/json" },
  unprocessable: { status: 422, title: "The request cannot be carried out as it is" },
  "version-required": { status: 428, title: "Say which version you change: send If-Match" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  "internal-error": { status: 500, title: "Something went wrong on our side" },
  "bad-upstream": { status: 502, title: "A service behind this one answered with an error" },
  unavailable: { status: 503, title: "Not available just now" },
  "upstream-timeout": { status: 504, title: "A service behind this one did not answer in time" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCodes;

export const PROBLEM_CONTENT_TYPE = "application/problem+json";
export const PROBLEM_TYPE_PREFIX = "urn:todo:problem:";

/** One field of a request that is wrong: `path` as in `body.tags.0`. */
const fieldProblem = z.object({ path: z.string(), message: z.string() });

export type FieldProblem = z.output<typeof fieldProblem>;

/** The body of every answer from 400 on. */
export const problemDetails = z.object({
  /** `urn:todo:problem:<code>` */
  type: z.string(),
  title: z.string(),
  status: z.int().check(z.minimum(400), z.maximum(599)),
  detail: z.optional(z.string()),
  code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
  /** What to tell support: the same id stands in the logs of every service that took part. */
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(fieldProblem)),
});

export type ProblemDetails = z.output<typeof problemDetails>;

export const isProblemCode = (code: unknown): code is ProblemCode =>
  typeof code === "string" && Object.hasOwn(problemCodes, code);

/** An error answer of a service, as its typed client throws it. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: ProblemCode;
  readonly problem: ProblemDetails;
  /** Of the `Retry-After` header, if there was one. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ProblemDetails, options: { retryAfterSeconds?: number | undefined; cause?: unknown } = {}) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title, { cause: options.cause });
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export const problemOf = (
  code: ProblemCode,
  rest: Pick<ProblemDetails, "detail" | "requestId" | "errors"> = {},
): ProblemDetails => ({ type: `${PROBLEM_TYPE_PREFIX}${code}`, ...problemCodes[code], code, ...rest });

/** Code for a status that came from something that does not speak problem details, e.g. a sidecar or a proxy. */
export function codeOfStatus(status: number): ProblemCode {
  const exact = Object.entries(problemCodes).find(([, known]) => known.status === status);
  if (exact) return exact[0] as ProblemCode;
  return status < 500 ? "invalid-request" : "bad-upstream";
}
