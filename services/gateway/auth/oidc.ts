/** The organisation's OIDC provider, where the secret `oidc-client` names one. */
import { genericOAuth } from "better-auth/plugins";
import * as z from "zod/mini";
import { settings } from "#contracts/http/gateway";
import { StartError } from "#kit/errors";

/** `https://id.example.com` and the client that is registered there with `<PUBLIC_ORIGIN>/api/auth/callback/oidc`. */
export interface OidcClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** `provider` of sign-ins, and last segment of the callback. */
export const OIDC_PROVIDER = "oidc";

const client = z.object({
  issuer: z.url(),
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
});

/**
 * Reads the secret: three fields, or one value that is JSON with them.
 * @returns undefined when nobody gave it
 * @throws StartError saying what it must look like
 */
export function oidcClient(fields: Readonly<Record<string, string>> | undefined): OidcClient | undefined {
  if (!fields) return undefined;
  const values = Object.values(fields);
  const given = values.length === 1 ? parseJson(values[0] ?? "") : fields;
  const parsed = z.safeParse(client, given);
  if (parsed.success) return parsed.data;
  throw new StartError(
    'the secret "oidc-client" is wrong: write JSON such as {"issuer": "https://id.example.com", "clientId": "...", "clientSecret": "..."}',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Endpoints and keys are read from the provider's discovery document when the plugin starts. */
export const oidcPlugin = ({ issuer, clientId, clientSecret }: OidcClient) =>
  genericOAuth({
    config: [
      {
        providerId: OIDC_PROVIDER,
        discoveryUrl: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
        requireIdTokenVerification: true,
        clientId,
        clientSecret,
        scopes: ["openid", "email", "profile"],
        pkce: true,
        mapProfileToUser: (profile) => profileSettings(profile),
      },
    ],
  });

/** Standard claims of OpenID Connect; what is missing or nonsense has our default. */
function profileSettings(profile: Readonly<Record<string, unknown>>): { timeZone?: string; locale?: string } {
  const timeZone = z.safeParse(settings.shape.timeZone, profile.zoneinfo);
  const locale = z.safeParse(settings.shape.locale, profile.locale);
  return {
    ...(timeZone.success ? { timeZone: timeZone.data } : {}),
    ...(locale.success ? { locale: locale.data } : {}),
  };
}
