/** `/ws`: from an HTTP request with a ticket to a connection of the hub. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { PROBLEM_CONTENT_TYPE, type ProblemCode, problemOf } from "#contracts/http/problem";
import { closeCodes } from "#contracts/realtime-frames";
import { isDatabaseAway } from "#kit/database/database";
import { AppError } from "#kit/errors";
import { SidecarError } from "#kit/sidecar/port";
import type { RealtimeContext } from "../context.ts";
import { redeemTicket } from "../verbs/tickets.ts";
import type { Hub } from "./hub.ts";
import { MAX_MESSAGES_PER_HEARTBEAT } from "./peer.ts";

export const WEBSOCKET_PATH = "/ws";

/** Clients say `ping` and nothing else. */
const MAX_MESSAGE_BYTES = 128;
/** Who was told to go and does not is cut off after it. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Above what a peer bears of pings, so that who says too much is told so, and not cut off without a word. */
const MAX_PENDING_PONGS = 2 * MAX_MESSAGES_PER_HEARTBEAT;

/** A constant of its own, as the types do not know all of these options yet (ws 8.23). */
const options = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
  maxPendingAutoPongs: MAX_PENDING_PONGS,
  handleProtocols: () => false as const,
};

/** Takes upgrades of the context's server; whatever else comes to the path is answered by the app. */
export function serveWebSocket(context: RealtimeContext, hub: Hub): void {
  const { app, server, log, metrics } = context;
  const closed = metrics.counter("todo_realtime_closed_total");
  const sockets = new WebSocketServer(options);
  sockets.on("wsClientError", (error, socket) => refuse(socket, new AppError("invalid-request", error.message)));

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { ticket, last } = admit(context, hub, request);
    const userId = await redeemTicket(context, ticket);
    if (socket.destroyed) return;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (userId !== undefined) return void hub.join(webSocket, userId, last);
      // A browser is not shown the status of a refused handshake: the code of a closed connection it is.
      webSocket.on("error", () => {});
      webSocket.close(closeCodes.ticket);
      closed.inc({ reason: "ticket" });
    });
  };

  // Other upgrades, such as the h2c that some clients offer with every request, are requests like any other.
  Object.assign(server, { shouldUpgradeCallback: isWebSocket });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that goes away meanwhile is no error, and without a listener it would end the process.
    socket.on("error", () => {});
    open(request, socket, head).catch((error: unknown) => {
      const known = asAppError(error);
      if (known.status >= 500) log.warn({ err: error }, "a WebSocket could not be opened");
      refuse(socket, known);
    });
  });
  app.all(WEBSOCKET_PATH, (c) => {
    if (c.req.method !== "GET") throw new AppError("method-not-allowed", `Open ${WEBSOCKET_PATH} with GET`);
    throw new AppError("invalid-request", `${WEBSOCKET_PATH} speaks WebSocket: send Upgrade: websocket`);
  });
}

const urlOf = ({ url = "/" }: IncomingMessage): URL | undefined => URL.parse(url, "http://realtime") ?? undefined;

const isWebSocket = (request: IncomingMessage): boolean =>
  request.method === "GET" &&
  request.headers.upgrade?.toLowerCase() === "websocket" &&
  urlOf(request)?.pathname === WEBSOCKET_PATH;

interface Admitted {
  readonly ticket: string;
  readonly last: number | undefined;
}

/** @throws AppError for what must not get as far as asking for its ticket */
function admit({ config }: RealtimeContext, hub: Hub, request: IncomingMessage): Admitted {
  if (hub.draining || hub.isFull) throw new AppError("unavailable", undefined, { retryAfterSeconds: 1 });
  const { origin } = request.headers;
  // Programs send no origin, and no browser can leave it out.
  if (origin !== undefined && !isAllowed(origin, [config.PUBLIC_ORIGIN, ...config.env.ALLOWED_ORIGINS])) {
    throw new AppError("not-allowed", "Pages of this origin may not connect");
  }
  const query = urlOf(request)?.searchParams;
  const ticket = query?.get("ticket");
  if (!ticket) throw new AppError("not-authenticated", "Get a ticket: POST /v1/realtime/tickets");
  return { ticket, last: lastOf(query?.get("last")) };
}

const isAllowed = (origin: string, allowed: readonly string[]): boolean =>
  allowed.some((one) => URL.parse(one)?.origin === origin);

function lastOf(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const last = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(last)) return last;
  throw new AppError("invalid-request", "last is the seq of the newest message that was seen");
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const away = isDatabaseAway(error) || error instanceof SidecarError;
  const code: ProblemCode = away ? "unavailable" : "internal-error";
  return new AppError(code, undefined, { cause: error, ...(away ? { retryAfterSeconds: 1 } : {}) });
}

/** The handshake's connection knows nothing of the app: the answer is written by hand. */
function refuse(socket: Duplex, { code, status, detail, retryAfterSeconds }: AppError): void {
  const body = JSON.stringify(problemOf(code, detail === undefined ? {} : { detail }));
  const headers = [
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${retryAfterSeconds}`]),
    "connection: close",
  ];
  // Half open it would stay for as long as the client likes.
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join("\r\n")}\r\n\r\n${body}`);
}
