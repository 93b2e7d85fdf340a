/** Who asks for the page. */
import "server-only";
import { cache } from "react";
import { type Me, me } from "#contracts/http/gateway";
import { position } from "#contracts/http/realtime";
import { fromGateway } from "./gateway.ts";

export type Session =
  | {
      readonly kind: "signed-in";
      readonly me: Me;
      /** As `feedPosition` says. */
      readonly position: number | undefined;
    }
  | { readonly kind: "signed-out" }
  /** Nobody can say: the gateway or the sidecar is away. */
  | { readonly kind: "unknown" };

/** Without it the browser asks for everything once more when its connection stands: no reason to wait for long. */
const POSITION_WITHIN_MS = 500;

/**
 * Where the feed of updates stands. To be awaited before anything else is read of what the page shows: what happens after it the
 * browser is told.
 * @returns undefined where nobody says so in time
 */
export const feedPosition = cache(async (): Promise<number | undefined> => {
  try {
    const response = await fromGateway("/v1/realtime/position", { timeoutMs: POSITION_WITHIN_MS });
    return response.ok ? position.parse(await response.json()).seq : undefined;
  } catch {
    return undefined;
  }
});

/** Asked once a request, however many parts of the page want to know. */
export const session = cache(async (): Promise<Session> => {
  try {
    const feed = await feedPosition();
    const response = await fromGateway("/me");
    if (response.status === 401) return { kind: "signed-out" };
    const parsed = me.safeParse(response.ok ? await response.json() : undefined);
    return parsed.success ? { kind: "signed-in", me: parsed.data, position: feed } : { kind: "unknown" };
  } catch {
    return { kind: "unknown" };
  }
});
