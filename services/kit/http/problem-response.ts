import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { codeOfStatus, PROBLEM_CONTENT_TYPE, ProblemError, problemOf } from "#contracts/http/problem";
import { isConflict, isDatabaseAway } from "../database/database.ts";
import { AppError, UnavailableError } from "../errors.ts";
import { SidecarError } from "../sidecar/port.ts";
import type { KitEnv } from "./app.ts";

/** The one place where an error becomes an answer (RFC 9457). What is ours to mend is logged, and told to nobody. */
export function answerError(c: Context<KitEnv>, error: unknown): Response {
  const known = asAppError(error);
  const log = c.get("log");
  if (known.status >= 500) log?.error({ err: error, code: known.code }, "request failed");
  else log?.debug({ code: known.code, detail: known.detail }, "request refused");
  const requestId = c.get("requestId");
  const body = problemOf(known.code, {
    ...(known.detail === undefined ? {} : { detail: known.detail }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(known.errors === undefined ? {} : { errors: [...known.errors] }),
  });
  const headers = new Headers({ "content-type": PROBLEM_CONTENT_TYPE, "cache-control": "no-store" });
  if (known.retryAfterSeconds !== undefined) headers.set("retry-after", String(Math.ceil(known.retryAfterSeconds)));
  if (known.code === "not-authenticated") headers.set("www-authenticate", "Bearer");
  return new Response(JSON.stringify(body), { status: known.status, headers });
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ProblemError) return fromUpstream(error);
  if (isDatabaseAway(error)) return new UnavailableError("The database", { cause: error });
  if (error instanceof SidecarError) return new UnavailableError("The sidecar", { cause: error });
  if (isConflict(error))
    return new AppError("conflict", "Somebody else changed the same thing: try again", { cause: error });
  if (error instanceof HTTPException) return new AppError(codeOfStatus(error.status), error.message, { cause: error });
  return new AppError("internal-error", undefined, { cause: error });
}

/** What another service refused, it refused for the same caller; that it failed is no business of theirs. */
function fromUpstream(error: ProblemError): AppError {
  const { detail, errors } = error.problem;
  const options = {
    cause: error,
    ...(errors ? { errors } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  if (error.status < 500) return new AppError(error.code, detail, options);
  return error.status === 500
    ? new AppError("bad-upstream", undefined, options)
    : new AppError(error.code, detail, options);
}
