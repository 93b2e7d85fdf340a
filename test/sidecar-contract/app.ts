/** The other end of a sidecar: a service that records what it is sent and answers as it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (received: Received, response: ServerResponse) => void;

export class RecordingApp {
  readonly received: Received[] = [];
  readonly #server: Server;
  #answer: Answer = ok;

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  start(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** What it was sent below a path, with the JSON of its body. */
  at(path: string): (Received & { readonly json: Record<string, unknown> })[] {
    return this.received
      .filter(({ url }) => url.startsWith(path))
      .map((received) => ({
        ...received,
        json: (received.body ? JSON.parse(received.body) : {}) as Record<string, unknown>,
      }));
  }

  answerWith(answer: Answer): void {
    this.#answer = answer;
  }

  reset(): void {
    this.received.length = 0;
    this.#answer = ok;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    // Probes and Dapr's questions at its start are nobody's deliveries.
    if (url === "/readyz") return ok(undefined, response);
    if (url.startsWith("/dapr/") || method === "OPTIONS") return void response.writeHead(404).end();
    const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    this.#answer(received, response);
  }
}

const ok = (_: unknown, response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
};

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };

/** The head, a bit of the body, and the end of the connection. */
export const brokenOff =
  (status: number): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", "content-length": 19 });
    response.write('{"status":', () => response.socket?.end());
  };
