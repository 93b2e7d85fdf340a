/** Service invocation: the callee's access control, the caller's resiliency, everything else passes as it is. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { namespaces, trustDomain } from "#model/names";
import type { App, Call, Shared } from "./call.ts";
import { readBody } from "./call.ts";
import { DaprError } from "./errors.ts";

/** Between two hops only (RFC 9110), or replaced by Dapr. */
const NOT_PASSED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  "content-length",
  "dapr-api-token",
  "dapr-app-id",
  "x-forwarded-for",
  "x-forwarded-host",
  "forwarded",
]);

const failed = (callee: string, why: string): DaprError =>
  new DaprError(500, "ERR_DIRECT_INVOKE", `failed to invoke, id: ${callee}, err: ${why}`);

/** `/v1.0/invoke/{app}/method/{path}` */
export async function invoke({ app, request, response, segments }: Call, { apps }: Shared): Promise<void> {
  const calleeName = segments[1] ?? "";
  const callee = apps.get(calleeName);
  if (!callee) throw failed(calleeName, `couldn't find service: ${calleeName}`);
  const { path, decoded } = methodPath(request.url ?? "");
  admit(app, callee, decoded, request.method ?? "GET");

  const body = await readBody(request);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { timeoutMs, retry } = app.policy.call(callee.name);
  for (let tries = 0; ; tries++) {
    // The time limit ends with the headers: a body that comes slowly is an answer all the same.
    const limit = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => limit.abort(), timeoutMs);
    const signal = AbortSignal.any([gone.signal, limit.signal]);
    const answer = await callee.channel
      .send({ method: request.method ?? "GET", path, headers: passedHeaders(request, app, callee), body, signal })
      .catch((error: Error) => error);
    clearTimeout(timer);
    if (gone.signal.aborted) return;
    const again = answer instanceof Error ? false : retry.matches(answer.statusCode) && tries < retry.maxRetries;
    if (!again) return pass(callee.name, answer, response, limit.signal.aborted);
    (answer as IncomingMessage).resume();
    await delay(retry.delay(tries + 1));
  }
}

function admit(caller: App, callee: App, path: string, verb: string): void {
  if (callee.policy.admits(caller.name, path, verb)) return;
  const id = `spiffe://${trustDomain}/ns/${namespaces.apps}/${caller.name}`;
  const why = `access control policy has denied access to id: ${id} operation: ${path.slice(1)} verb: ${verb}`;
  const message = `failed to invoke, id: ${callee.name}, err: rpc error: code = PermissionDenied desc = ${why}`;
  throw new DaprError(403, "ERR_DIRECT_INVOKE", message);
}

/** The path is judged as the callee will read it: decoded, and without steps upwards. */
function methodPath(url: string): { readonly path: string; readonly decoded: string } {
  const [whole = "", search = ""] = url.split(/\?(.*)/s);
  const raw = `/${whole.split("/").slice(5).join("/")}`;
  try {
    const decoded = decodeURIComponent(raw);
    const canonical = posix.normalize(decoded);
    const path = canonical === decoded ? raw : encodeURI(canonical);
    return { path: search ? `${path}?${search}` : path, decoded: canonical };
  } catch {
    throw new DaprError(400, "ERR_MALFORMED_REQUEST", "the path is not encoded as a URL is");
  }
}

function passedHeaders(request: IncomingMessage, caller: App, callee: App): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_PASSED.has(name)) headers[name] = value;
  }
  // Dapr adds its own values to what the caller said of himself (1.18, measured): two values mean that somebody lied.
  const added = (name: string, value: string): Record<string, string> => ({
    [name]: request.headers[name] === undefined ? value : `${request.headers[name]}, ${value}`,
  });
  return {
    ...headers,
    ...added("dapr-caller-app-id", caller.name),
    ...added("dapr-caller-namespace", namespaces.apps),
    ...added("dapr-callee-app-id", callee.name),
    "x-forwarded-for": "127.0.0.1",
  };
}

async function pass(
  callee: string,
  answer: IncomingMessage | Error,
  response: ServerResponse,
  late: boolean,
): Promise<void> {
  if (answer instanceof Error) throw failed(callee, late ? "context deadline exceeded" : answer.message);
  const headers = Object.entries(answer.headers).filter(
    ([name, value]) => value !== undefined && (name === "content-length" || !NOT_PASSED.has(name)),
  );
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers) as Record<string, string>);
  response.flushHeaders();
  // A callee that dies in the middle ends the caller's stream with an error, never as if it were complete.
  await pipeline(answer, response).catch(() => response.destroy());
}
