/** Serves the services' operations to signed-in users: who asks, how often, whether it is what the contract says; then on. */
import type { Context } from "hono";
import { chatApi } from "#contracts/http/chat";
import { problemFrom } from "#contracts/http/client";
import { declaredResponse } from "#contracts/http/define";
import { ASSISTANT_HEADERS } from "#contracts/http/gateway";
import type { KitEnv } from "#kit/http/app";
import { readRequest } from "#kit/http/read-request";
import { type Session, tokenOf } from "../auth/sessions.ts";
import type { GatewayContext } from "../context.ts";
import type { Buckets } from "../limits/buckets.ts";
import type { Mint } from "../tokens/tokens.ts";
import { API_PREFIX, type PublicOperation, publicOperations } from "./public-operations.ts";

export interface ForwardDeps {
  readonly context: GatewayContext;
  readonly authenticate: (c: Context<KitEnv>) => Promise<Session>;
  readonly mint: Mint;
  /** For turns with the assistant, beside the limit that holds for every request. */
  readonly turns: Buckets;
}

export function forwardOperations(deps: ForwardDeps): void {
  for (const target of publicOperations()) {
    const { operation } = target;
    deps.context.app.on(operation.method.toUpperCase(), `${API_PREFIX}${operation.path}`, async (c) => {
      const session = await deps.authenticate(c);
      const request = await readRequest(operation, c);
      return forward(deps, target, session, request, c);
    });
  }
}

const { send, decideApproval } = chatApi.operations;

async function forward(
  { context, mint, turns }: ForwardDeps,
  { service, operation }: PublicOperation,
  session: Session,
  request: Readonly<Record<string, unknown>>,
  c: Context<KitEnv>,
): Promise<Response> {
  if (operation === send) turns.take(session.userId);
  const headers = {
    ...passedOn(c),
    ...(operation.body ? { "content-type": "application/json" } : {}),
    ...(await tokensFor(service, operation, session, request, mint)),
  };
  const { signal } = c.req.raw;
  try {
    const response = await context.sidecar.invoke(service, pathOf(c), {
      method: operation.method.toUpperCase(),
      headers,
      signal,
      ...(operation.body ? { body: JSON.stringify(request.body) } : {}),
    });
    return await answerOf(response, declaredResponse(operation, response.status)?.kind === "stream");
  } catch (error) {
    // Nobody is left to read an answer; the status is for the log alone.
    if (signal.aborted) return new Response(null, { status: 499 });
    throw error;
  }
}

/** Path and query as they came, without the prefix: what was validated is what is asked. */
function pathOf(c: Context<KitEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname.slice(API_PREFIX.length)}${search}`;
}

/** `Accept` is not passed on: with `text/event-stream` in it Dapr makes a 500 of a callee's 429. */
const PASSED_ON = ["if-match", "idempotency-key", "accept-language"] as const;

function passedOn(c: Context<KitEnv>): Record<string, string> {
  const headers: Record<string, string> = { accept: "*/*" };
  for (const name of PASSED_ON) {
    const value = c.req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

async function tokensFor(
  service: string,
  operation: unknown,
  session: Session,
  request: Readonly<Record<string, unknown>>,
  mint: Mint,
): Promise<Record<string, string>> {
  const authorization = `Bearer ${await tokenOf(session, mint, service)}`;
  if (service !== chatApi.service) return { authorization };
  const forTurn = await tokenOf(session, mint, "tasks", "chat");
  if (operation !== decideApproval || (request.body as { decision?: unknown }).decision !== "approve") {
    return { authorization, [ASSISTANT_HEADERS.tasks]: forTurn };
  }
  const { userId, timeZone } = session;
  const approval = (request.params as { id: string }).id;
  const approved = await mint({ audience: "tasks", userId, timeZone, act: "chat", approval });
  return { authorization, [ASSISTANT_HEADERS.tasks]: approved, [ASSISTANT_HEADERS.turn]: forTurn };
}

/** End-to-end headers that callers may rely on; everything else of a callee stays inside. */
const PASSED_BACK = [
  "content-type",
  "content-disposition",
  "cache-control",
  "etag",
  "retry-after",
  "x-vercel-ai-ui-message-stream",
] as const;

async function answerOf(response: Response, streams: boolean): Promise<Response> {
  // The kit answers with it, under this request's id; a callee's 500 becomes a 502.
  if (response.status >= 400) throw await problemFrom(response);
  const headers = new Headers();
  for (const name of PASSED_BACK) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const location = response.headers.get("location");
  if (location !== null) headers.set("location", location.startsWith("/v1/") ? `${API_PREFIX}${location}` : location);
  // Short answers go in one piece; streams as they come, and end with their reader.
  const body = streams || response.body === null ? response.body : new Uint8Array(await response.arrayBuffer());
  return new Response(body, { status: response.status, headers });
}
