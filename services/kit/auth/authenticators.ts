import { timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { AppError } from "../errors.ts";
import type { KitEnv } from "../http/app.ts";
import type { Authenticators } from "../http/serve-api.ts";
import type { TokenVerifier } from "./token.ts";

/** Header that proves a request came through the own sidecar: nobody else knows the token. */
export const APP_TOKEN_HEADER = "dapr-api-token";

/**
 * Header by which the callee's sidecar names the caller, whose certificate it has checked. Dapr adds its value to one that the
 * caller sent himself (1.18, measured), in no certain order: two values name nobody.
 */
export const CALLER_HEADER = "dapr-caller-app-id";

export type SidecarProof = (c: Context<KitEnv>) => boolean;

/** Compares in a time that tells nothing of where the tokens differ; how long ours is everybody may know. */
export function sidecarProof(appToken: string): SidecarProof {
  const expected = Buffer.from(appToken);
  return (c) => {
    const given = Buffer.from(c.req.header(APP_TOKEN_HEADER) ?? "");
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}

/** @param callers services that the model lets call this one */
export function authenticatorsOf(
  tokens: TokenVerifier,
  proof: SidecarProof,
  callers: readonly string[],
): Authenticators {
  return Object.freeze({
    user: async (c: Context<KitEnv>) => {
      const [scheme, token] = (c.req.header("authorization") ?? "").split(" ");
      if (scheme?.toLowerCase() !== "bearer" || !token) throw new AppError("not-authenticated", "Send a bearer token");
      return tokens.verify(token);
    },
    service: async (c: Context<KitEnv>) => {
      const service = c.req.header(CALLER_HEADER);
      if (!service || !proof(c) || !callers.includes(service)) throw new AppError("not-allowed");
      return Object.freeze({ kind: "service" as const, service });
    },
  });
}
