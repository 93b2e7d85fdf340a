/** Probes and metrics are for the cluster; the edge would lead to them too, because `/` is the front end's. */
import "server-only";
import { config } from "./config.ts";

/** The edge only passes on requests for the public host, and nobody inside asks by that name. */
export const isPublic = (request: Request): boolean =>
  request.headers.get("host") === new URL(config().PUBLIC_ORIGIN).host;

export const notHere = (): Response => new Response(null, { status: 404 });
