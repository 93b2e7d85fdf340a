/** What holds for everything below /api: headers that browsers keep to, cookies of the session, no changes from other sites. */
import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "#kit/errors";
import type { KitEnv } from "#kit/http/app";

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

const TWO_YEARS = "max-age=63072000; includeSubDomains";

const cookiesOf = new WeakMap<Context, string[]>();

/** Adds a `Set-Cookie` to the answer, whoever makes it. */
export function sendCookie(c: Context<KitEnv>, cookie: string): void {
  const cookies = cookiesOf.get(c);
  if (cookies) cookies.push(cookie);
  else cookiesOf.set(c, [cookie]);
}

/** A handler's own headers go before these. */
export function answerHeaders(origin: string): MiddlewareHandler<KitEnv> {
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    ...(origin.startsWith("https://") ? { "strict-transport-security": TWO_YEARS } : {}),
  });
  return async (c, next) => {
    await next();
    const answered = c.res.headers;
    for (const [name, value] of headers) if (!answered.has(name)) answered.set(name, value);
    for (const cookie of cookiesOf.get(c) ?? []) answered.append("set-cookie", cookie);
  };
}

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changes that a page of another site asks for (CSRF). Browsers say where a request comes from in `Sec-Fetch-Site` and
 * `Origin`; what says neither is no browser, and sends no cookie that its user does not know of.
 */
export function sameOrigin(trusted: readonly string[]): MiddlewareHandler<KitEnv> {
  const origins = new Set(trusted.map((origin) => new URL(origin).origin));
  return async (c, next) => {
    if (READS.has(c.req.method)) return next();
    const site = c.req.header("sec-fetch-site");
    if (site === "same-origin" || site === "none") return next();
    const origin = c.req.header("origin");
    const stranger = origin === undefined ? site !== undefined : !origins.has(origin);
    if (stranger) throw new AppError("not-allowed", "This site does not take changes from other sites");
    return next();
  };
}
