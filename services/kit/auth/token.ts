/** Five-minute tokens of the gateway: verified by signature, audience and time in every service. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import * as z from "zod/mini";
import { timeZone, userId } from "#contracts/primitives";
import type { Clock } from "../clock.ts";
import { AppError, UnavailableError } from "../errors.ts";
import type { UserPrincipal } from "./principal.ts";

/** `iss` of every token. */
export const TOKEN_ISSUER = "todo-gateway";

/** Where the gateway serves its public keys (JWK Set, RFC 7517) to the other services. */
export const TOKEN_KEYS_PATH = "/internal/jwks";

/** The only algorithm: anything else in a token's header, `none` included, is refused. */
export const TOKEN_ALGORITHM = "EdDSA";

/** Claims beyond the registered ones. */
const claims = z.object({
  sub: userId,
  tz: timeZone,
  act: z.optional(z.literal("chat")),
  approval: z.optional(z.uuid()),
});

export interface TokenVerifier {
  /**
   * @throws AppError `not-authenticated` for a token that is forged, expired or meant for another service
   * @throws UnavailableError when the keys cannot be had
   */
  verify(token: string): Promise<UserPrincipal>;
}

export interface TokenVerifierOptions {
  /** App id of the verifying service: tokens minted for another are refused. */
  readonly audience: string;
  readonly clock: Clock;
  /** Reads the gateway's public keys. */
  readonly keys: () => Promise<JSONWebKeySet>;
}

/** Keys are read again at most this often when a token names one that is not known. */
const COOLDOWN_MS = 10_000;
const MAX_AGE_MS = 10 * 60_000;

export function tokenVerifier({ audience, clock, keys }: TokenVerifierOptions): TokenVerifier {
  const keySet = cachedKeys(keys, clock);

  const payloadOf = async (token: string, mayRefresh: boolean): Promise<JWTPayload> => {
    const set = await keySet.get();
    try {
      const { payload } = await jwtVerify(token, set, {
        algorithms: [TOKEN_ALGORITHM],
        audience,
        issuer: TOKEN_ISSUER,
        currentDate: clock.now(),
        clockTolerance: 5,
        requiredClaims: ["sub", "exp", "aud", "iss"],
      });
      return payload;
    } catch (error) {
      if (mayRefresh && error instanceof errors.JWKSNoMatchingKey && keySet.forget()) return payloadOf(token, false);
      throw new AppError("not-authenticated", "The token is not valid", { cause: error });
    }
  };

  return Object.freeze({
    verify: async (token: string) => {
      const parsed = z.safeParse(claims, await payloadOf(token, true));
      if (!parsed.success) throw new AppError("not-authenticated", "The token is not valid", { cause: parsed.error });
      const { sub, tz, act, approval } = parsed.data;
      return Object.freeze({
        kind: "user" as const,
        userId: sub,
        timeZone: tz,
        ...(act ? { act } : {}),
        ...(approval ? { approval } : {}),
        token,
      });
    },
  });
}

function cachedKeys(read: () => Promise<JSONWebKeySet>, clock: Clock) {
  let current: Promise<ReturnType<typeof createLocalJWKSet>> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const age = (): number => clock.now().getTime() - readAt;

  return {
    get() {
      if (!current || age() > MAX_AGE_MS) {
        readAt = clock.now().getTime();
        const previous = current;
        current = read()
          .then((set) => createLocalJWKSet(set))
          .catch((error: unknown) => {
            // Known keys outlive a gateway that is away; without any, the next caller tries again.
            current = previous;
            if (previous) return previous;
            throw new UnavailableError("The gateway's signing keys", { cause: error });
          });
      }
      return current;
    },
    /** @returns whether reading again is allowed */
    forget() {
      if (age() < COOLDOWN_MS) return false;
      current = undefined;
      return true;
    },
  };
}
