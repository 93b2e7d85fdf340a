/** Calls to the gateway for the person whose request is being answered, by Dapr service invocation. */
import "server-only";
import { cookies, headers } from "next/headers";
import { SidecarError } from "#kit/sidecar/port";
import { traceHeaders } from "#kit/telemetry/tracing";
import { config } from "./config.ts";

/** A page is better late than never, but not later than this. */
const LATEST_MS = 3_000;

/** What the gateway may know of the browser's request. */
const PASSED_ON = ["accept-language", "user-agent", "x-request-id"] as const;

/**
 * @param path below the gateway's public prefix, e.g. `/me` or `/v1/tasks?limit=50`
 * @throws SidecarError when nobody answers in time
 */
export async function fromGateway(path: `/${string}`, { timeoutMs = LATEST_MS } = {}): Promise<Response> {
  const { DAPR_HOST, DAPR_HTTP_PORT, DAPR_API_TOKEN } = config();
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const sent = new Headers({ accept: "application/json", cookie: jar.toString(), ...traceHeaders() });
  for (const name of PASSED_ON) {
    const value = head.get(name);
    if (value) sent.set(name, value);
  }
  if (DAPR_API_TOKEN) sent.set("dapr-api-token", DAPR_API_TOKEN);
  try {
    return await fetch(`http://${DAPR_HOST}:${DAPR_HTTP_PORT}/v1.0/invoke/gateway/method/api${path}`, {
      headers: sent,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new SidecarError("invoke gateway", 0, undefined, { cause: error });
  }
}
