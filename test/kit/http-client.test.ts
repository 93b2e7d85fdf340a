import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type HttpClient, httpClient, responseOf, textOf } from "#kit/sidecar/http-client";

const LONG = "x".repeat(2 * 1024 * 1024);

const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>> = {
  "/echo": async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const { "content-length": length, "transfer-encoding": encoding, "x-own": own } = request.headers;
    response.end(JSON.stringify({ method: request.method, text, length, encoding, own }));
  },
  "/nothing": (_, response) => response.writeHead(204).end(),
  "/cookies": (_, response) => response.setHeader("set-cookie", ["a=1", "b=2"]).end("ü"),
  "/long": (_, response) => response.writeHead(200, { "content-length": LONG.length }).end(LONG),
  "/stream": (request, response) => {
    response.writeHead(200).write("first");
    request.socket.once("close", () => closed.resolve());
  },
  "/broken": (request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    setTimeout(() => request.socket.destroy(), 20);
  },
  "/silent": () => {},
};

let closed = Promise.withResolvers<void>();
let client: HttpClient;
const server = createServer((request, response) => answers[request.url ?? ""]?.(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = httpClient("127.0.0.1", (server.address() as { port: number }).port);
});
afterAll(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const ask = (path: string, more: { method?: string; body?: string; signal?: AbortSignal; timeoutMs?: number } = {}) =>
  client.ask({ method: "GET", path, headers: { "x-own": "1" }, timeoutMs: 5_000, ...more });

describe("a request to the sidecar", () => {
  it("says how long its body is, and that there is none", async () => {
    const sent = async (method: string, body?: string) =>
      JSON.parse(await textOf(await ask("/echo", { method, ...(body === undefined ? {} : { body }) }))) as unknown;
    expect(await sent("POST", "grün")).toEqual({ method: "POST", text: "grün", length: "5", own: "1" });
    expect(await sent("DELETE", "x")).toEqual({ method: "DELETE", text: "x", length: "1", own: "1" });
    expect(await sent("POST")).toEqual({ method: "POST", text: "", length: "0", own: "1" });
    expect(await sent("GET")).toEqual({ method: "GET", text: "", own: "1" });
  });

  it("is answered with status, headers and body as they came", async () => {
    const nothing = await responseOf(await ask("/nothing"));
    expect([nothing.status, nothing.body]).toEqual([204, null]);
    const cookies = await responseOf(await ask("/cookies"));
    expect(cookies.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await cookies.text()).toBe("ü");
    expect(await (await responseOf(await ask("/long"))).text()).toBe(LONG);
  });

  it("gives a stream as it comes, and hangs up when nobody reads on", async () => {
    closed = Promise.withResolvers();
    const reader = (await responseOf(await ask("/stream"))).body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe("first");
    await reader?.cancel();
    await closed.promise;
  });

  it("fails when the answer breaks off, or does not come", async () => {
    await expect(ask("/broken").then(responseOf)).rejects.toThrow();
    await expect(ask("/silent", { timeoutMs: 30 })).rejects.toThrow("nothing was heard for 30 ms");
  });

  it("ends for the reason that its signal gives, before the answer and in the middle of it", async () => {
    const before = new AbortController();
    const asking = ask("/silent", { signal: before.signal });
    before.abort(new Error("gone away"));
    await expect(asking).rejects.toThrow("gone away");
    await expect(ask("/silent", { signal: AbortSignal.abort(new Error("gone before")) })).rejects.toThrow(
      "gone before",
    );

    closed = Promise.withResolvers();
    const during = new AbortController();
    const response = await responseOf(await ask("/stream", { signal: during.signal }));
    during.abort();
    await expect(response.text()).rejects.toThrow();
    await closed.promise;
  });
});
