/** The HTTP server of one service's sidecar. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { idleConnections } from "#model/idle-connections";
import { components } from "#model/names";
import type { App, Call, Shared } from "./call.ts";
import { answerDaprError, answerEmpty, answerJson, DaprError } from "./errors.ts";
import { invoke } from "./invoke.ts";
import { jobs } from "./jobs.ts";
import { publish } from "./publish.ts";
import { secrets } from "./secrets.ts";
import { state } from "./state.ts";

type Handler = (call: Call, shared: Shared) => Promise<void> | void;

const handlers: Readonly<Record<string, Handler>> = { invoke, publish, state, secrets, jobs, metadata };

/** The version that this answers as. */
const DAPR_VERSION = "1.18.1";

export function sidecarServer(app: App, apiToken: string, shared: Shared): Server {
  const server = createServer((request, response) => {
    void answer(app, apiToken, shared, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof DaprError) answerDaprError(response, error);
      else answerDaprError(response, new DaprError(500, "ERR_INTERNAL", (error as Error).message));
    });
  });
  server.keepAliveTimeout = idleConnections.serverMs;
  return server;
}

async function answer(
  app: App,
  apiToken: string,
  shared: Shared,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = "", search = ""] = (request.url ?? "").split(/\?(.*)/s);
  if (path === "/v1.0/healthz/outbound") return answerEmpty(response);
  if (path === "/v1.0/healthz") {
    if (app.channel.healthy) return answerEmpty(response);
    throw new DaprError(500, "ERR_HEALTH_NOT_READY", "dapr is not ready: [app]");
  }
  if (request.headers["dapr-api-token"] !== apiToken) {
    response.writeHead(401, { "content-type": "text/plain" }).end("invalid api token\n");
    return;
  }
  const [, version, ...encoded] = path.split("/");
  const api = encoded[0] ?? "";
  const handler = version === "v1.0" && app.policy.apis.has(api) ? handlers[api] : undefined;
  if (!handler) {
    // Dapr does not even register an API that the Configuration does not allow.
    response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
    return;
  }
  await handler({ app, request, response, segments: decoded(encoded), query: new URLSearchParams(search) }, shared);
}

function decoded(segments: readonly string[]): string[] {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    throw new DaprError(400, "ERR_MALFORMED_REQUEST", "the path is not encoded as a URL is");
  }
}

function metadata({ app, response }: Call): void {
  answerJson(response, 200, {
    id: app.name,
    runtimeVersion: DAPR_VERSION,
    extended: { daprRuntimeVersion: DAPR_VERSION, implementation: "local" },
    components: Object.values(components).map((name) => ({ name })),
    subscriptions: [...app.policy.subscriptions].map(([topic, { route, deadLetterTopic }]) => ({
      pubsubname: components.pubsub,
      topic,
      rules: [{ path: route }],
      deadLetterTopic,
      type: "DECLARATIVE",
    })),
  });
}
