import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface StandIn extends Disposable {
  readonly url: string;
}

/**
 * Answers as an environment would whose cluster had synced: with the version that is pinned, or with errors where that
 * version is broken. Listens on the loopback address.
 */
export async function standIn(pinned: () => string, broken: string): Promise<StandIn> {
  const server = createServer((request, response) => {
    const version = pinned();
    if (version === broken) response.writeHead(503).end();
    else if (request.url === "/api/health") response.end(JSON.stringify({ status: "ok", version }));
    else response.setHeader("content-type", "text/html").end("<!doctype html><title>todo</title>");
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
