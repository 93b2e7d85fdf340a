/** Asks better-auth, as one of its own clients would, and answers in our words. */
import { isAPIError } from "better-auth/api";
import type { Context } from "hono";
import { codeOfStatus } from "#contracts/http/problem";
import { AppError, UnavailableError } from "#kit/errors";
import type { KitEnv } from "#kit/http/app";
import { sendCookie } from "../http/guard.ts";
import type { Auth } from "./better-auth.ts";

/** Nothing else of a request reaches better-auth: not its address, and no header that would change what it believes. */
const PASSED_ON = ["cookie", "authorization", "user-agent"] as const;

export interface AuthAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param body validated by the operation's contract
 * @throws AppError for what better-auth refuses
 */
export async function callAuth(auth: Auth, c: Context<KitEnv>, body?: unknown): Promise<AuthAnswer> {
  const { pathname, search } = new URL(c.req.url);
  const headers = new Headers(body === undefined ? {} : { "content-type": "application/json" });
  for (const name of PASSED_ON) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const request = new Request(new URL(`${pathname}${search}`, auth.options.baseURL), {
    method: c.req.method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await auth.handler(request).catch((error: unknown) => Promise.reject(inOurWords(error)));
  for (const cookie of response.headers.getSetCookie()) sendCookie(c, cookie);
  const text = await response.text();
  if (response.status >= 400) throw refusal(response.status, messageOf(text), new Error(text.slice(0, 500)));
  const passedBack = ["location", "set-auth-token"].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { status: response.status, body: text ? parseJson(text) : null, headers: Object.fromEntries(passedBack) };
}

/** What is no refusal of better-auth's (the database is away) the kit knows how to answer. */
function inOurWords(error: unknown): unknown {
  if (!isAPIError(error)) return error;
  return refusal(error.statusCode, error.body?.message, error);
}

function refusal(status: number, message: string | undefined, cause: unknown): Error {
  if (status >= 500) return new UnavailableError("Signing in", { cause });
  return new AppError(codeOfStatus(status), message, { cause });
}

function messageOf(text: string): string | undefined {
  const { message } = (parseJson(text) ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
