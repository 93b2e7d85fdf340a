import { AppError, UnavailableError } from "#kit/errors";
import { type Auth, type AuthOptions, createAuth } from "./better-auth.ts";
import { OIDC_PROVIDER, type OidcClient } from "./oidc.ts";

/**
 * better-auth with the OIDC provider, made when somebody signs in by it: it reads the provider's discovery document once, and
 * leaves a provider out that was away just then. So it is made again until the provider is there.
 * @throws AppError `not-found` where no provider is set up, UnavailableError while it is away
 */
export function authWithProvider(options: AuthOptions, oidc: OidcClient | undefined): () => Promise<Auth> {
  let ready: Promise<Auth> | undefined;

  const make = async (client: OidcClient): Promise<Auth> => {
    const auth = createAuth({ ...options, oidc: client });
    const { socialProviders } = await auth.$context;
    if (!socialProviders.some(({ id }) => id === OIDC_PROVIDER)) throw new UnavailableError("The OIDC provider");
    return auth;
  };
  return async () => {
    if (!oidc) throw new AppError("not-found", "No OIDC provider is set up here");
    ready ??= make(oidc).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  };
}
