import { type AddressInfo, connect as connectTcp } from "node:net";
import { describe, expect, it } from "@jest/globals";
import type { ProblemDetails } from "#contracts/http/problem";
import { startEdge } from "#local/edge";
import { eventually } from "#test/kit/support/harness";
import { ORIGIN, realtimeService } from "./support.ts";

const { base, connect, newUser, open, remove, replica, ticket } = realtimeService();

/** What the server answers to bytes that are no proper handshake. */
function answerTo(head: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connectTcp(Number(new URL(base()).port), "127.0.0.1", () => socket.write(`${head}\r\n\r\n`));
  let text = "";
  socket.on("data", (data) => {
    text += String(data);
  });
  socket.on("close", () => resolve(text));
  socket.setTimeout(3_000, () => socket.destroy());
  return promise;
}

const handshake = (path: string, ...headers: string[]): string =>
  [
    `GET ${path} HTTP/1.1`,
    "host: localhost",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ].join("\r\n");

describe("what is no handshake", () => {
  it.each<[string, string, number, string, string?]>([
    ["without a ticket", "/ws", 401, "not-authenticated"],
    ["with an empty ticket", "/ws?ticket=", 401, "not-authenticated"],
    ["with a last that is no position", "/ws?ticket=a&last=-1", 400, "invalid-request"],
    ["with a last that is no number", "/ws?ticket=a&last=1e3", 400, "invalid-request"],
    ["on another path", "/wss?ticket=a", 404, "not-found"],
    ["on a path that is none", "//", 404, "not-found"],
    ["from another origin", "/ws?ticket=a", 403, "not-allowed", "origin: https://elsewhere.example"],
    ["from no proper origin", "/ws?ticket=a", 403, "not-allowed", "origin: null"],
  ])("%s is answered with a problem", async (_, path, status, code, header = "x-nothing: 1") => {
    const answer = await answerTo(handshake(path, header, ...(status === 404 ? ["connection: close"] : [])));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
    expect(answer).toContain(`"code":"${code}"`);
  });

  it("as a handshake that is broken is answered with a problem", async () => {
    const { ticket: text } = await ticket(newUser());
    const broken = handshake(`/ws?ticket=${text}`).replace("dGhlIHNhbXBsZSBub25jZQ==", "short");
    expect(await answerTo(broken)).toMatch(/^HTTP\/1\.1 400 /);
    const old = handshake(`/ws?ticket=${text}`).replace("version: 13", "version: 7");
    expect(await answerTo(old)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("as an ordinary request is answered with a problem", async () => {
    for (const [method, status] of [
      ["GET", 400],
      ["POST", 405],
    ] as const) {
      const response = await fetch(`${base()}/ws?ticket=a`, { method });
      expect(response.status).toBe(status);
      expect(((await response.json()) as ProblemDetails).status).toBe(status);
    }
    const posted = handshake("/ws?ticket=a", "content-length: 0", "connection: close").replace("GET", "POST");
    expect(await answerTo(posted)).toMatch(/^HTTP\/1\.1 405 /);
  });

  it("as an upgrade to something else is an ordinary request", async () => {
    const h2c = ["GET /readyz HTTP/1.1", "host: localhost", "connection: Upgrade, close", "upgrade: h2c"].join("\r\n");
    expect(await answerTo(h2c)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("does no harm when the client goes away in the middle", async () => {
    for (let round = 0; round < 20; round++) {
      const { ticket: text } = await ticket("alice");
      const client = open(`?ticket=${text}`);
      client.socket.once("upgrade", () => client.socket.terminate());
      if (round % 2 === 0) setImmediate(() => client.socket.terminate());
      await client.closed;
    }
    expect((await fetch(`${base()}/healthz`)).status).toBe(200);
    await eventually(async () => expect((await fetch(`${base()}/readyz`)).status).toBe(200));
  });

  it("from a page of ours is taken", async () => {
    await (await connect(newUser(), { headers: { origin: ORIGIN } })).ready();
    const { at } = await replica({ ALLOWED_ORIGINS: ["https://staging.example"] });
    await (await connect(newUser(), { at, headers: { origin: "https://staging.example" } })).ready();
  });

  it("passes the laptop's edge, with its answers", async () => {
    const services = { realtime: { routes: { "/ws": {} }, port: Number(new URL(base()).port) } };
    const edge = await startEdge({ services } as never, 0);
    try {
      const at = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
      const user = newUser();
      const client = await (await connect(user, { at, headers: { origin: ORIGIN } })).ready();
      await remove(user);
      await client.until(({ seqs }) => seqs.length === 1);
      const refused = open("", { at });
      const status = Promise.withResolvers<number | undefined>();
      refused.socket.on("unexpected-response", (_, response) => status.resolve(response.statusCode));
      expect(await status.promise).toBe(401);
      await client.cut();
    } finally {
      edge.close();
    }
  });

  it("is refused when the replica has all the connections it can hold", async () => {
    const { at } = await replica({ MAX_CONNECTIONS: 1 });
    await (await connect(newUser(), { at })).ready();
    const refused = await connect(newUser(), { at });
    const status = Promise.withResolvers<number | undefined>();
    refused.socket.on("unexpected-response", (_, response) => status.resolve(response.statusCode));
    expect(await status.promise).toBe(503);
  });
});
