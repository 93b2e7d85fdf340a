/** `/mcp`: streamable HTTP, stateless, for the revisions of 2025 and 2026. */
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import type { Context } from "hono";
import type { UserPrincipal } from "#kit/auth/principal";
import { AppError } from "#kit/errors";
import type { KitEnv } from "#kit/http/app";
import { readJson } from "#kit/http/read-request";
import type { TasksContext } from "../context.ts";
import { tasksMcpServer } from "./tools.ts";

const MAX_BODY_BYTES = 262_144;

/** What says nothing of any user: how to speak, that somebody is here, and which tools there are. */
const OPEN_METHODS = new Set([
  "initialize",
  "notifications/initialized",
  "notifications/cancelled",
  "ping",
  "tools/list",
  "server/discover",
]);

export function serveMcp(context: TasksContext): void {
  const { app, config, log, tokens } = context;
  // The own sidecar asks as this machine; anything else has to be named.
  const hosts = [...localhostAllowedHostnames(), ...config.env.MCP_ALLOWED_HOSTS];
  const handler = createMcpHandler(
    ({ authInfo }) => tasksMcpServer(context, authInfo?.extra?.principal as UserPrincipal | undefined, log),
    {
      maxRequestBodySize: MAX_BODY_BYTES,
      onerror: (err) => log.debug({ err }, "an MCP request was refused"),
    },
  );
  app.all("/mcp", async (c) => {
    const request = c.req.raw;
    const refused = hostHeaderValidationResponse(request, hosts) ?? originValidationResponse(request, hosts);
    if (refused) return refused;
    const body = c.req.method === "POST" ? await readJson(c, MAX_BODY_BYTES) : undefined;
    const principal = await principalOf(c, body);
    const authInfo = principal && {
      token: principal.token,
      clientId: principal.userId,
      scopes: [],
      extra: { principal },
    };
    return handler.fetch(request, {
      ...(authInfo ? { authInfo } : {}),
      ...(body === undefined ? {} : { parsedBody: body }),
    });
  });
  context.onClose(() => handler.close());

  /** A token that is sent must be good, also where none is needed. */
  async function principalOf(c: Context<KitEnv>, body: unknown): Promise<UserPrincipal | undefined> {
    const [scheme, token] = (c.req.header("authorization") ?? "").split(" ");
    if (scheme?.toLowerCase() === "bearer" && token) return tokens.verify(token);
    const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
    if (c.req.method === "POST" && messages.every(isOpen)) return undefined;
    throw new AppError("not-authenticated", "Send a bearer token");
  }
}

function isOpen(message: unknown): boolean {
  const method = typeof message === "object" && message !== null && "method" in message ? message.method : undefined;
  return typeof method === "string" && OPEN_METHODS.has(method);
}
