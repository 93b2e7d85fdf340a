/** better-auth on our database and under our names. It keeps users, passwords and sessions; everything else is ours. */
import { betterAuth } from "better-auth";
import { bearer } from "better-auth/plugins";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import { MAX_PASSWORD, MIN_PASSWORD } from "#contracts/http/gateway";
import type { DB } from "../data/tables.ts";
import { type OidcClient, oidcPlugin } from "./oidc.ts";

export interface AuthOptions {
  readonly db: Kysely<DB>;
  /** Signs cookies. */
  readonly secret: string;
  /** Where browsers find us, e.g. `https://todo.example.com`. */
  readonly origin: string;
  readonly trustedOrigins: readonly string[];
  readonly newId: () => string;
  readonly log: Logger;
  readonly oidc?: OidcClient | undefined;
}

const DAY_SECONDS = 86_400;

export const COOKIE_PREFIX = "todo";

/** Settings are no input of sign-ups by other ways than ours: `sign-up.ts` has validated what it passes. */
const setting = (fieldName: string) => ({ type: "string", required: false, fieldName }) as const;

/**
 * Not used of it: its rate limits (ours count per user, and across replicas), its origin check (`http/same-origin.ts`), and its
 * session cookie cache: kept in the gateway instead (`sessions.ts`), the cached session ends with the sign-out.
 */
export const createAuth = (options: AuthOptions) =>
  betterAuth({
    appName: "todo",
    baseURL: options.origin,
    basePath: "/api/auth",
    secret: options.secret,
    trustedOrigins: [options.origin, ...options.trustedOrigins],
    database: { db: options.db, type: "postgres", transaction: true },
    emailAndPassword: {
      enabled: true,
      autoSignIn: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
    },
    user: {
      modelName: "users",
      fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
      additionalFields: {
        timeZone: setting("time_zone"),
        locale: setting("locale"),
        dayStart: setting("day_start"),
      },
    },
    session: {
      modelName: "sessions",
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        createdAt: "created_at",
        updatedAt: "updated_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
      },
      expiresIn: 7 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      cookieCache: { enabled: false },
    },
    account: {
      modelName: "accounts",
      fields: {
        userId: "user_id",
        accountId: "account_id",
        providerId: "provider_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
      encryptOAuthTokens: true,
      // Addresses of password accounts are not verified: whoever took yours first would own what you bring along.
      accountLinking: { enabled: false },
    },
    verification: {
      modelName: "verifications",
      fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" },
    },
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: options.origin.startsWith("https://"),
      disableCSRFCheck: true,
      ipAddress: { disableIpTracking: true },
      database: { generateId: options.newId, validateSchema: false },
    },
    onAPIError: { throw: true, errorURL: "/" },
    telemetry: { enabled: false },
    logger: {
      level: "warn",
      log: (level, message, ...details) => options.log[level]({ causes: details.flatMap(causeOf) }, message),
    },
    plugins: [bearer(), ...(options.oidc ? [oidcPlugin(options.oidc)] : [])],
  });

/** Of an error its kind alone: what the database says of a row may hold somebody's address. */
function causeOf(detail: unknown): { readonly name: string; readonly code?: string }[] {
  if (!(detail instanceof Error)) return [];
  return [{ name: detail.name, ...("code" in detail ? { code: String(detail.code) } : {}) }];
}

export type Auth = ReturnType<typeof createAuth>;
