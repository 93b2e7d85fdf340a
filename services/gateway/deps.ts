/** The parts of the gateway, put together. */
import { generateCookie } from "hono/cookie";
import { type Auth, createAuth } from "./auth/better-auth.ts";
import { oidcClient } from "./auth/oidc.ts";
import { authWithProvider } from "./auth/provider.ts";
import { type Sessions, sessionsOf } from "./auth/sessions.ts";
import type { GatewayContext } from "./context.ts";
import { type Attempts, attempts } from "./limits/attempts.ts";
import { type Buckets, buckets } from "./limits/buckets.ts";
import { boxOf } from "./tokens/sealed.ts";
import { type SigningKeys, signingKeys } from "./tokens/signing-keys.ts";
import { type Mint, mintWith } from "./tokens/tokens.ts";

export interface GatewayDeps {
  readonly context: GatewayContext;
  readonly auth: Auth;
  readonly hasProvider: boolean;
  /** For sign-ins at the OIDC provider alone. */
  readonly withProvider: () => Promise<Auth>;
  readonly sessions: Sessions;
  readonly signingKeys: SigningKeys;
  readonly mint: Mint;
  readonly requests: Buckets;
  readonly turns: Buckets;
  readonly signIns: Attempts;
  readonly wrongPasswords: Attempts;
  readonly cookieName: string;
  /** `Set-Cookie` that takes the session from the browser. */
  readonly noCookie: string;
}

/** @throws StartError when a secret is missing or not what it should be */
export async function createDeps(context: GatewayContext): Promise<GatewayDeps> {
  const { config, handle, db, clock, ids, log } = context;
  const { env } = config;
  const secret = (await handle.secrets.get("session-secret")) ?? "";
  const oidc = oidcClient(await handle.secrets.fields("oidc-client"));
  const origin = config.PUBLIC_ORIGIN;
  const authOptions = { db, secret, origin, trustedOrigins: env.TRUSTED_ORIGINS, newId: () => ids.next(), log };
  const auth = createAuth(authOptions);
  const { name: cookieName, attributes } = (await auth.$context).authCookies.sessionToken;
  const keys = signingKeys({ db, box: boxOf(secret, "todo-gateway signing keys"), clock, log });
  const counted = { state: handle.state, clock, log };
  return Object.freeze({
    context,
    auth,
    hasProvider: oidc !== undefined,
    withProvider: authWithProvider(authOptions, oidc),
    sessions: await sessionsOf({ auth, clock, seconds: env.SESSION_CACHE_SECONDS }),
    signingKeys: keys,
    mint: mintWith(keys, clock),
    requests: buckets({ burst: env.RATE_LIMIT_BURST, perSecond: env.RATE_LIMIT_PER_SECOND, clock }),
    turns: buckets({ burst: env.RATE_LIMIT_CHAT_BURST, perSecond: env.RATE_LIMIT_CHAT_PER_MINUTE / 60, clock }),
    signIns: attempts({
      ...counted,
      name: "sign-ins",
      most: env.RATE_LIMIT_SIGN_IN_PER_MINUTE,
      windowSeconds: 60,
    }),
    wrongPasswords: attempts({
      ...counted,
      name: "wrong-passwords",
      most: env.RATE_LIMIT_WRONG_PASSWORDS,
      windowSeconds: 900,
    }),
    cookieName,
    noCookie: generateCookie(cookieName, "", {
      path: "/",
      maxAge: 0,
      httpOnly: true,
      sameSite: "Lax",
      secure: attributes.secure ?? false,
    }),
  });
}
