/** Who is signed in, believed for a minute: no request asks the database for what the one before it learned. */
import { isAPIError } from "better-auth/api";
import type { UserPrincipal } from "#kit/auth/principal";
import type { Clock } from "#kit/clock";
import { AppError, UnavailableError } from "#kit/errors";
import type { Mint } from "../tokens/tokens.ts";
import type { Auth } from "./better-auth.ts";

export interface Session extends UserPrincipal {
  readonly sessionId: string;
  readonly startedAt: Date;
  /** Tokens minted for the session, by what they are for; they outlive it, as it is believed for a minute at most. */
  readonly tokens: Map<string, Promise<string>>;
}

export interface Sessions {
  /**
   * @param onCookie told of each `Set-Cookie`: a session that is used lives on, and one that ended is taken from the browser
   * @throws AppError `not-authenticated`
   */
  of(headers: Headers, onCookie: (cookie: string) => void): Promise<Session>;
  /** After a sign-out or a change of what sessions carry; other replicas follow within the minute. */
  forgetUser(userId: string): void;
}

export interface SessionsOptions {
  readonly auth: Auth;
  readonly clock: Clock;
  readonly seconds: number;
}

/** Of the least recently learned, those beyond this number are asked for again. */
const CAPACITY = 20_000;

interface Found {
  readonly session: Session;
  readonly until: number;
  readonly cookies: readonly string[];
}

export async function sessionsOf({ auth, clock, seconds }: SessionsOptions): Promise<Sessions> {
  const { sessionToken, dontRememberToken } = (await auth.$context).authCookies;
  const names = { session: sessionToken.name, brief: dontRememberToken.name };
  const known = new Map<string, Found>();
  const asking = new Map<string, Promise<Found>>();
  /** Counts what was forgotten: an answer from before it is not kept. */
  let forgotten = 0;

  const ask = async (key: string, credential: Readonly<Record<string, string>>): Promise<Found> => {
    const before = forgotten;
    const found = await lookUp(auth, credential, clock, seconds);
    if (before === forgotten) {
      known.delete(key);
      known.set(key, found);
      for (const oldest of known.keys()) {
        if (known.size <= CAPACITY) break;
        known.delete(oldest);
      }
    }
    return found;
  };

  return Object.freeze({
    of: async (headers: Headers, onCookie: (cookie: string) => void) => {
      const credential = credentialOf(headers, names);
      if (!credential) throw new AppError("not-authenticated");
      const key = Object.entries(credential).flat().join(" ");
      const cached = known.get(key);
      if (cached && cached.until > clock.now().getTime()) return cached.session;
      let answer = asking.get(key);
      if (!answer) {
        answer = ask(key, credential).finally(() => asking.delete(key));
        asking.set(key, answer);
      }
      const { session, cookies } = await answer;
      for (const cookie of cookies) onCookie(cookie);
      return session;
    },
    forgetUser: (userId: string) => {
      forgotten++;
      asking.clear();
      for (const [key, { session }] of known) if (session.userId === userId) known.delete(key);
    },
  });
}

interface CookieNames {
  readonly session: string;
  /** Beside a session that ends with the browser: it is not prolonged. */
  readonly brief: string;
}

/**
 * What the caller proves himself by, as the headers that better-auth gets to see: nothing else may decide who it finds, as what
 * it finds is kept under exactly this. A bearer token goes before the cookie, of cookies with one name the first.
 */
function credentialOf(headers: Headers, names: CookieNames): Record<string, string> | undefined {
  const authorization = headers.get("authorization");
  if (authorization && /^bearer ./i.test(authorization)) return { authorization };
  const cookies = (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const pairOf = (name: string) => cookies.find((pair) => pair.startsWith(`${name}=`));
  const session = pairOf(names.session);
  return session === undefined ? undefined : { cookie: [session, pairOf(names.brief) ?? []].flat().join("; ") };
}

async function lookUp(
  auth: Auth,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
  seconds: number,
): Promise<Found> {
  const { response, headers: answered } = await auth.api
    .getSession({ headers: new Headers(headers), returnHeaders: true })
    .catch((cause: unknown) => Promise.reject(failureOf(cause)));
  if (!response) throw new AppError("not-authenticated", "The session has ended");
  const { user, session } = response;
  return {
    session: Object.freeze({
      kind: "user" as const,
      userId: user.id,
      timeZone: user.timeZone ?? "UTC",
      token: session.token,
      sessionId: session.id,
      startedAt: session.createdAt,
      tokens: new Map(),
    }),
    until: Math.min(clock.now().getTime() + seconds * 1000, session.expiresAt.getTime()),
    cookies: answered.getSetCookie(),
  };
}

/** better-auth hides what kept it from reading a session behind a 500. */
const failureOf = (cause: unknown): unknown =>
  isAPIError(cause) && cause.statusCode >= 500 ? new UnavailableError("Sessions", { cause }) : cause;

/** The principal of the gateway's own operations is the session itself. */
export function sessionOf(principal: UserPrincipal): Session {
  if (!("sessionId" in principal)) throw new TypeError("this principal has no session");
  return principal as Session;
}

/** A token of the session, minted once for each thing it is for. */
export function tokenOf(session: Session, mint: Mint, audience: string, act?: "chat"): Promise<string> {
  const purpose = act ? `${audience} ${act}` : audience;
  let token = session.tokens.get(purpose);
  if (!token) {
    token = mint({ audience, userId: session.userId, timeZone: session.timeZone, ...(act ? { act } : {}) });
    session.tokens.set(purpose, token);
    token.catch(() => session.tokens.delete(purpose));
  }
  return token;
}
