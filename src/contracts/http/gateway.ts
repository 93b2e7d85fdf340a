/**
 * The API of the gateway itself: sessions, profile, export and erasure. Beside it the gateway serves every operation below
 * `/v1/` of the services that it invokes as `/api/v1/...`, to signed-in users.
 *
 * What it forwards carries `Authorization: Bearer <JWT>` for the callee. What it forwards to chat carries two more headers
 * (`ASSISTANT_HEADERS`); a caller's own headers of these names are dropped.
 */
import * as z from "zod/mini";
import { instant, localTime, timeZone, userId } from "../primitives.ts";
import { empty, httpApi, json, operation, stream } from "./define.ts";

export const ASSISTANT_HEADERS = {
  /**
   * JWT of the same user for `tasks` with `act: "chat"`. On `POST /v1/approvals/:id` with `decision: "approve"` it has
   * `approval: <id>` too: only the approved call is made with it.
   */
  tasks: "x-tasks-token",
  /** On that operation alone: the token without the approval, for whatever the assistant does afterwards. */
  turn: "x-tasks-turn-token",
} as const;

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

/** PostgreSQL's text has no U+0000 and UTF-8 no half of a surrogate pair. */
const storable = z.refine<string>(
  (text) => text.isWellFormed() && !text.includes("\0"),
  "holds a character that cannot be stored",
);

const isLocale = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};

/** BCP 47 language tag, e.g. `en-GB`. */
const locale = z
  .string()
  .check(z.minLength(2), z.maxLength(35), z.refine(isLocale, "unknown language tag: use one such as en-GB"));

const email = z.email().check(z.maxLength(254));
const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(100), storable);
const newPassword = z.string().check(z.minLength(MIN_PASSWORD), z.maxLength(MAX_PASSWORD));
const knownPassword = z.string().check(z.minLength(1), z.maxLength(MAX_PASSWORD));

/** A path of this site, where the browser goes after the provider. */
const returnPath = z.string().check(z.maxLength(2_000), z.regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/));

export const settings = z.object({
  timeZone,
  locale,
  /** From when on reminders of tasks with a day but no time count. */
  dayStart: localTime,
});

export const me = z.object({ id: userId, name: z.string(), email: z.string(), createdAt: instant, settings });

const authUser = z.object({
  id: userId,
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  image: z.optional(z.nullable(z.string())),
  createdAt: instant,
  updatedAt: instant,
});

/** `token` serves as `Authorization: Bearer` where cookies are unhandy. */
const signedIn = z.object({ token: z.string(), user: authUser });

const session = z.object({
  session: z.object({ id: z.string(), userId, createdAt: instant, updatedAt: instant, expiresAt: instant }),
  user: authUser,
});

const COOKIE = "Sets the session cookie.";

export const gatewayApi = httpApi({
  service: "gateway",
  title: "Gateway",
  version: "1.0.0",
  schemas: { Me: me, Settings: settings, SignedIn: signedIn },
  operations: {
    health: operation({
      public: true,
      method: "get",
      path: "/api/health",
      summary: "Whether the gateway answers, and which version of it",
      responses: { 200: json(z.object({ status: z.literal("ok"), version: z.string() })) },
    }),
    openapi: operation({
      public: true,
      method: "get",
      path: "/api/openapi.json",
      summary: "This API as an OpenAPI 3.1 document",
      responses: { 200: stream("application/json") },
    }),
    docs: operation({
      public: true,
      method: "get",
      path: "/api/docs",
      summary: "This API as a page to read",
      responses: { 200: stream("text/html; charset=utf-8") },
    }),

    signInOptions: operation({
      public: true,
      method: "get",
      path: "/api/auth/options",
      summary: "Ways to sign in here",
      description: "A password cannot be reset by mail: passwordReset is false until mails can be verified.",
      responses: {
        200: json(z.object({ password: z.boolean(), oidc: z.boolean(), passwordReset: z.literal(false) })),
      },
    }),
    signUp: operation({
      public: true,
      method: "post",
      path: "/api/auth/sign-up/email",
      summary: "Make an account and sign in",
      description: COOKIE,
      body: z.object({
        name,
        email,
        password: newPassword,
        timeZone: z.optional(timeZone),
        locale: z.optional(locale),
        rememberMe: z.optional(z.boolean()),
      }),
      maxBodyBytes: 16_384,
      responses: { 200: json(signedIn) },
      errors: ["not-allowed", "unprocessable"],
    }),
    signIn: operation({
      public: true,
      method: "post",
      path: "/api/auth/sign-in/email",
      summary: "Sign in with e-mail address and password",
      description: COOKIE,
      body: z.object({ email, password: knownPassword, rememberMe: z.optional(z.boolean()) }),
      maxBodyBytes: 16_384,
      responses: { 200: json(signedIn) },
      errors: ["not-allowed", "not-authenticated"],
    }),
    signInWithProvider: operation({
      public: true,
      method: "post",
      path: "/api/auth/sign-in/social",
      summary: "Begin to sign in with the organisation's OIDC provider",
      description: "Send the browser to `url`; it comes back signed in, to `callbackURL`.",
      body: z.object({
        provider: z.literal("oidc"),
        callbackURL: z.optional(returnPath),
        errorCallbackURL: z.optional(returnPath),
        newUserCallbackURL: z.optional(returnPath),
        disableRedirect: z.optional(z.boolean()),
      }),
      maxBodyBytes: 16_384,
      responses: { 200: json(z.object({ url: z.string(), redirect: z.boolean() })) },
      errors: ["not-allowed", "not-found"],
    }),
    providerCallback: operation({
      public: true,
      method: "get",
      path: "/api/auth/callback/oidc",
      summary: "Where the OIDC provider sends the browser back to",
      query: z.object({
        code: z.optional(z.string().check(z.maxLength(4_000))),
        state: z.optional(z.string().check(z.maxLength(4_000))),
        session_state: z.optional(z.string().check(z.maxLength(4_000))),
        iss: z.optional(z.string().check(z.maxLength(2_000))),
        scope: z.optional(z.string().check(z.maxLength(2_000))),
        error: z.optional(z.string().check(z.maxLength(200))),
        error_description: z.optional(z.string().check(z.maxLength(2_000))),
        error_uri: z.optional(z.string().check(z.maxLength(2_000))),
      }),
      responses: { 302: empty() },
      errors: ["not-found"],
    }),
    signOut: operation({
      public: true,
      method: "post",
      path: "/api/auth/sign-out",
      summary: "End this session",
      responses: { 200: json(z.object({ success: z.boolean() })) },
      errors: ["not-allowed"],
    }),
    session: operation({
      public: true,
      method: "get",
      path: "/api/auth/get-session",
      summary: "This session, or null",
      query: z.object({
        disableCookieCache: z.optional(z.enum(["true", "false"])),
        disableRefresh: z.optional(z.enum(["true", "false"])),
      }),
      responses: { 200: json(z.nullable(session)) },
    }),
    changePassword: operation({
      method: "post",
      path: "/api/auth/change-password",
      summary: "Change the password",
      body: z.object({
        currentPassword: knownPassword,
        newPassword,
        revokeOtherSessions: z.optional(z.boolean()),
      }),
      maxBodyBytes: 16_384,
      responses: { 200: json(z.object({ token: z.nullable(z.string()), user: authUser })) },
      errors: ["not-allowed"],
    }),

    me: operation({
      method: "get",
      path: "/api/me",
      summary: "Who you are, with your settings",
      responses: { 200: json(me) },
    }),
    changeSettings: operation({
      method: "patch",
      path: "/api/me/settings",
      summary: "Change settings; what is left out stays",
      body: z.partial(settings),
      responses: { 200: json(me) },
    }),
    export: operation({
      method: "get",
      path: "/api/export",
      summary: "Everything that is kept of you, by every service, as one JSON document",
      description: "`incomplete` names each service that did not answer, or not to the end.",
      responses: { 200: stream("application/json") },
    }),
    deleteAccount: operation({
      method: "delete",
      path: "/api/account",
      summary: "Erase your account and everything of it, for good",
      description:
        "Needs your password, or a session that began within the last fifteen minutes. The other services follow within moments.",
      body: z.optional(z.object({ password: z.optional(knownPassword) })),
      responses: { 204: empty() },
      errors: ["not-allowed"],
    }),

    tokenKeys: operation({
      internal: true,
      method: "get",
      path: "/internal/jwks",
      summary: "Public keys of the tokens that services receive from the gateway",
      responses: {
        200: json(z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) })),
      },
    }),
  },
});

export type Me = z.output<typeof me>;
export type Settings = z.output<typeof settings>;
