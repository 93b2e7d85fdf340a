/** Errors of calls, in a form that screens can tell apart and put into words. */
import type { ProblemError } from "#contracts/http/problem";
import { text } from "@/text";

/** Nobody answered: offline, or the service is away. Whether it took effect is not known. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  constructor(options?: { readonly cause?: unknown }) {
    super(text.problem.network, options);
  }
}

/** The contract comes with the first error: whoever meets none never loads its schemas. */
export const loadProblems = () => import("#contracts/http/problem");

export const isProblem = (error: unknown): error is ProblemError =>
  error instanceof Error && error.name === "ProblemError";

/** Reads an error answer; what is not problem details (a proxy's page, a sidecar's error) becomes the same. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  const { codeOfStatus, ProblemError, problemDetails, problemOf } = await loadProblems();
  const body: unknown = await response.json().catch(() => undefined);
  const known = problemDetails.safeParse(body);
  const seconds = Number(response.headers.get("retry-after"));
  return new ProblemError(known.success ? known.data : problemOf(codeOfStatus(response.status)), {
    retryAfterSeconds: seconds > 0 ? seconds : undefined,
  });
}

/** Worth another try by itself: the same request may succeed in a moment. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NetworkError || (isProblem(error) && [502, 503, 504].includes(error.status));

export const hasCode = (error: unknown, ...codes: readonly ProblemError["code"][]): error is ProblemError =>
  isProblem(error) && codes.includes(error.code);

/** One line for the user: what is wrong, and where it can be said what to do. */
export function wordsFor(error: unknown): string {
  if (error instanceof NetworkError) return error.message;
  if (!isProblem(error)) return text.common.unknownError;
  switch (error.code) {
    case "too-many-requests":
      return text.problem.tooMany(error.retryAfterSeconds);
    case "not-authenticated":
      return text.problem.notAuthenticated;
    case "not-found":
    case "gone":
      return text.problem.gone;
    case "version-mismatch":
      return text.problem.conflict;
    case "unavailable":
    case "bad-upstream":
    case "upstream-timeout":
      return text.problem.unavailable;
    default:
      return error.problem.errors?.[0]?.message ?? error.problem.detail ?? error.problem.title;
  }
}
