/** Serves an API contract on a Hono app: requests are validated before a handler sees them, answers after it. */
import type { Context, Hono } from "hono";
import * as z from "zod/mini";
import { entityTag } from "#contracts/http/client";
import {
  declaredResponse,
  type HttpApi,
  type OperationAnswer,
  type OperationProps,
  type OperationRequest,
} from "#contracts/http/define";
import type { Principal, ServicePrincipal, UserPrincipal } from "../auth/principal.ts";
import { AppError } from "../errors.ts";
import type { KitEnv } from "./app.ts";
import { readRequest } from "./read-request.ts";

/** Who calls, as the operation's declaration makes certain. */
type PrincipalOf<O extends OperationProps> = O extends { readonly internal: true }
  ? ServicePrincipal
  : O extends { readonly public: true }
    ? undefined
    : UserPrincipal;

export type HandlerInput<O extends OperationProps> = OperationRequest<O> & {
  readonly principal: PrincipalOf<O>;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  /** For what the contract does not describe: raw headers, cookies, the request id. */
  readonly context: Context<KitEnv>;
};

export type Handler<O extends OperationProps> = (
  input: HandlerInput<O>,
) => Promise<OperationAnswer<O>> | OperationAnswer<O>;

/** One handler an operation; none may be missing. */
export type Handlers<A extends HttpApi> = { readonly [K in keyof A["operations"]]: Handler<A["operations"][K]> };

/** The same as an argument's type. `Pick` keeps TypeScript from inferring the API backwards from the handlers. */
export type HandlersFor<A extends HttpApi> = Pick<Handlers<A>, keyof A["operations"]>;

export interface Authenticators {
  /** @throws AppError `not-authenticated` */
  readonly user: (c: Context<KitEnv>) => Promise<UserPrincipal>;
  /** @throws AppError `not-allowed` unless the own sidecar vouches for the calling service */
  readonly service: (c: Context<KitEnv>) => Promise<ServicePrincipal>;
}

export interface ServeOptions {
  /** Instead of the bearer token: how the gateway reads its session cookie. */
  readonly authenticate?: Authenticators["user"];
}

export function serveApi<A extends HttpApi>(
  app: Hono<KitEnv>,
  api: A,
  handlers: HandlersFor<A>,
  authenticators: Authenticators,
): void {
  for (const [name, operation] of Object.entries(api.operations)) {
    const handler = handlers[name] as unknown as Handler<OperationProps> | undefined;
    if (!handler) throw new TypeError(`operation ${name} of ${api.service} has no handler`);
    app.on(operation.method.toUpperCase(), operation.path, async (c) => {
      const principal = await principalOf(operation, c, authenticators);
      c.set("principal", principal);
      const request = await readRequest(operation, c);
      const input = { ...request, principal, signal: c.req.raw.signal, context: c };
      return respond(`${api.service}.${name}`, operation, (await handler(input as never)) as AnyAnswer);
    });
  }
}

function principalOf(
  operation: OperationProps,
  c: Context<KitEnv>,
  by: Authenticators,
): Promise<Principal | undefined> {
  if (operation.internal) return by.service(c);
  return operation.public ? Promise.resolve(undefined) : by.user(c);
}

interface AnyAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly stream?: ReadableStream<Uint8Array>;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Fields that the contract does not name are left out: a row never leaves the service as it is. */
function respond(where: string, operation: OperationProps, answer: AnyAnswer): Response {
  const declared = declaredResponse(operation, answer.status);
  if (!declared)
    throw new AppError("internal-error", undefined, { cause: new Error(`${where} returned ${answer.status}`) });
  const headers = new Headers(answer.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (answer.etag !== undefined) headers.set("etag", entityTag(answer.etag));
  if (declared.kind === "empty") return new Response(null, { status: answer.status, headers });
  if (declared.kind === "stream") {
    headers.set("content-type", declared.contentType);
    return new Response(answer.stream ?? null, { status: answer.status, headers });
  }
  const body = z.safeParse(declared.schema, answer.body);
  if (!body.success) {
    const cause = new Error(`${where} returned a body that its contract does not allow`, { cause: body.error });
    throw new AppError("internal-error", undefined, { cause });
  }
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body.data), { status: answer.status, headers });
}
