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
const TOLERANCE_SECONDS = 5;

export function tokenVerifier({ audience, clock, keys }: TokenVerifierOptions): TokenVerifier {
  const keySet = cachedKeys(keys, clock);

  const verified = async (token: string, mayRefresh: boolean): Promise<Verified> => {
    const { set, known } = await keySet.get();
    const before = known.get(token);
    if (before && before.expires > clock.now().getTime() / 1000 - TOLERANCE_SECONDS) return before;
    try {
      const { payload } = await jwtVerify(token, set, {
        algorithms: [TOKEN_ALGORITHM],
        audience,
        issuer: TOKEN_ISSUER,
        currentDate: clock.now(),
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["sub", "exp", "aud", "iss"],
      });
      const now = { principal: principalOf(token, payload), expires: payload.exp ?? 0 };
      known.set(token, now);
      return now;
    } catch (error) {
      if (mayRefresh && error instanceof errors.JWKSNoMatchingKey && keySet.forget()) return verified(token, false);
      throw new AppError("not-authenticated", "The token is not valid", { cause: error });
    }
  };

  return Object.freeze({ verify: async (token: string) => (await verified(token, true)).principal });
}

interface Verified {
  readonly principal: UserPrincipal;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** @throws ZodError when the claims are not those of the gateway */
function principalOf(token: string, payload: JWTPayload): UserPrincipal {
  const { sub, tz, act, approval } = z.parse(claims, payload);
  return Object.freeze({
    kind: "user" as const,
    userId: sub,
    timeZone: tz,
    ...(act ? { act } : {}),
    ...(approval ? { approval } : {}),
    token,
  });
}

/**
 * Keys, and the tokens that they have verified: whoever asks comes with the same token for minutes, and its signature costs more
 * than the rest of a small request. What is known goes with the keys that it was verified by.
 */
interface KeySet {
  readonly set: ReturnType<typeof createLocalJWKSet>;
  readonly known: Recent<Verified>;
}

/** Beyond this number those that were verified first are verified again. */
const CAPACITY = 20_000;

class Recent<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= CAPACITY) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

function cachedKeys(read: () => Promise<JSONWebKeySet>, clock: Clock) {
  let current: Promise<KeySet> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const age = (): number => clock.now().getTime() - readAt;

  return {
    get() {
      if (!current || age() > MAX_AGE_MS) {
        readAt = clock.now().getTime();
        const previous = current;
        current = read()
          .then((set) => ({ set: createLocalJWKSet(set), known: new Recent<Verified>() }))
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
