/** Who asks for the page. */
import "server-only";
import { cache } from "react";
import { type Me, me } from "#contracts/http/gateway";
import { fromGateway } from "./gateway.ts";

export type Session =
  | { readonly kind: "signed-in"; readonly me: Me }
  | { readonly kind: "signed-out" }
  /** Nobody can say: the gateway or the sidecar is away. */
  | { readonly kind: "unknown" };

/** Asked once a request, however many parts of the page want to know. */
export const session = cache(async (): Promise<Session> => {
  try {
    const response = await fromGateway("/me");
    if (response.status === 401) return { kind: "signed-out" };
    const parsed = me.safeParse(response.ok ? await response.json() : undefined);
    return parsed.success ? { kind: "signed-in", me: parsed.data } : { kind: "unknown" };
  } catch {
    return { kind: "unknown" };
  }
});
