import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { idleConnections } from "#model/idle-connections";
import { StartError } from "../errors.ts";
import { sleep } from "../sleep.ts";

export type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>;

export interface RunningServer {
  readonly port: number;
  /** For WebSocket upgrades. */
  readonly server: Server;
  /** Takes nothing new, finishes what was begun; cuts what is still open after the time. */
  stop(drainMs: number): Promise<void>;
}

/** @throws StartError when the port is taken */
export async function startServer(fetch: Fetch, port: number, hostname: string): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch }) as Server;
  server.keepAliveTimeout = idleConnections.serverMs;
  server.requestTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new StartError(`port ${port} is taken: end what listens there, or set PORT`)
          : error,
      ),
    );
    server.listen(port, hostname, resolve);
  });
  return Object.freeze({
    port: (server.address() as AddressInfo).port,
    server,
    stop: (drainMs: number) => stop(server, drainMs),
  });
}

async function stop(server: Server, drainMs: number): Promise<void> {
  const closed = new AbortController();
  server.close(() => closed.abort());
  const deadline = Date.now() + drainMs;
  while (!closed.signal.aborted && Date.now() < deadline) {
    // A connection that becomes idle after close() would otherwise be kept alive.
    server.closeIdleConnections();
    await sleep(20, closed.signal);
  }
  server.closeAllConnections();
}
