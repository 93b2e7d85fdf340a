/** Five-minute tokens by which services know for whom the gateway asks. */
import { SignJWT } from "jose";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "#kit/auth/token";
import type { Clock } from "#kit/clock";
import type { SigningKeys } from "./signing-keys.ts";

export const TOKEN_SECONDS = 300;

export interface TokenClaims {
  /** App id of the service that it is for. */
  readonly audience: string;
  readonly userId: string;
  readonly timeZone: string;
  /** The assistant acts for the user. */
  readonly act?: "chat";
  /** Id of the approval that the user gave. */
  readonly approval?: string;
}

export type Mint = (claims: TokenClaims) => Promise<string>;

export const mintWith =
  (keys: SigningKeys, clock: Clock): Mint =>
  async ({ audience, userId, timeZone, act, approval }) => {
    const { kid, key } = await keys.current();
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT({ tz: timeZone, ...(act ? { act } : {}), ...(approval ? { approval } : {}) })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid })
      .setSubject(userId)
      .setAudience(audience)
      .setIssuer(TOKEN_ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_SECONDS)
      .sign(key);
  };
