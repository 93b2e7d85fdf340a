import type { JSONWebKeySet } from "jose";
import * as z from "zod/mini";
import type { Sidecar } from "../sidecar/port.ts";
import { TOKEN_KEYS_PATH } from "./token.ts";

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

/** Reads the gateway's public keys over the service's own edge to it. */
export const gatewayKeys = (sidecar: Sidecar) => async (): Promise<JSONWebKeySet> => {
  const response = await sidecar.invoke("gateway", TOKEN_KEYS_PATH, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`the gateway answered ${response.status} when asked for its keys`);
  return z.parse(keySet, await response.json()) as JSONWebKeySet;
};
