/** One address for the browser: requests go to the service whose public route is the longest that fits, as at the cluster's edge. */
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { System } from "#model/system";
import { LocalError } from "./local-error.ts";

interface Route {
  readonly prefix: string;
  readonly port: number;
}

export const routesOf = (model: System): Route[] =>
  Object.values(model.services)
    .flatMap(({ routes, port }) => Object.keys(routes).map((prefix) => ({ prefix, port })))
    .sort((a, b) => b.prefix.length - a.prefix.length);

/** Path prefixes end at a slash, as Gateway API's `PathPrefix` does: `/api` takes `/api/x`, not `/apiary`. */
export const portFor = (routes: readonly Route[], path: string): number | undefined =>
  routes.find(({ prefix }) => prefix === "/" || path === prefix || path.startsWith(`${prefix}/`))?.port;

/** @throws LocalError when the port is taken */
export function startEdge(model: System, port: number): Promise<Server> {
  const routes = routesOf(model);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => forward(routes, agent, incoming, response));
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade(routes, incoming, socket, head),
  );
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new LocalError(`port ${port} is taken`) : error),
    );
    server.listen(port, () => resolve(server));
  });
}

const pathOf = (incoming: IncomingMessage): string => (incoming.url ?? "/").split("?")[0] ?? "/";

/** What the edge says of the client replaces what the client says of himself. */
const forwarded = (incoming: IncomingMessage): Record<string, string | string[] | undefined> => ({
  ...incoming.headers,
  "x-forwarded-for": incoming.socket.remoteAddress ?? "",
  "x-forwarded-host": incoming.headers.host,
  "x-forwarded-proto": "http",
});

function forward(routes: readonly Route[], agent: Agent, incoming: IncomingMessage, response: ServerResponse): void {
  const port = portFor(routes, pathOf(incoming));
  if (port === undefined) return void response.writeHead(404).end();
  const outgoing = request({
    host: "127.0.0.1",
    port,
    agent,
    method: incoming.method,
    path: incoming.url,
    headers: forwarded(incoming),
  });
  /** What is still to come of the request is read and goes nowhere: a client that is cut off reads no answer. */
  const letGo = (): void => {
    incoming.unpipe(outgoing).resume();
    outgoing.destroy();
  };
  response.once("close", letGo);
  incoming.once("error", letGo);
  outgoing.once("error", () => {
    letGo();
    if (response.headersSent) return;
    response.writeHead(503, { "content-type": "text/plain", "retry-after": "1" }).end("starting or away, try again\n");
  });
  outgoing.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, response).catch(() => response.destroy());
  });
  incoming.pipe(outgoing);
}

/** WebSocket: after the handshake both ends talk through, byte by byte. */
function upgrade(routes: readonly Route[], incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  const port = portFor(routes, pathOf(incoming));
  if (port === undefined) return void socket.destroy();
  const upstream: Socket = connect(port, "127.0.0.1", () => {
    const headers = Object.entries(forwarded(incoming)).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((one) => (one === undefined ? [] : [`${name}: ${one}`])),
    );
    upstream.write([`${incoming.method} ${incoming.url} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on("error", () => socket.destroy());
  socket.on("error", () => upstream.destroy());
  socket.on("close", () => upstream.destroy());
}
