/** What the proxy does to connections, seen from both ends. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ProxyProps, startProxy, type TcpProxy } from "../e2e/chaos/proxy.ts";

const OWNER = "tasks";
let server: Server;
let proxy: TcpProxy;
/** The server's ends, in the order in which they came. */
let accepted: Socket[];
let clients: Socket[];

beforeEach(async () => {
  accepted = [];
  clients = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => {});
    socket.on("data", (piece) => socket.write(`${piece}!`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await proxy.stop();
  await new Promise((resolve) => server.close(resolve));
});

const portOf = (): number => (server.address() as { port: number }).port;
const start = async (more: Partial<ProxyProps> = {}): Promise<void> => {
  proxy = await startProxy({ target: { host: "127.0.0.1", port: portOf() }, owner: OWNER, ...more });
};
const dial = async (): Promise<Socket> => {
  const socket = connect(proxy.port, "127.0.0.1");
  socket.setEncoding("utf8").on("error", () => {});
  clients.push(socket);
  await once(socket, "connect");
  return socket;
};
const say = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [answer] = await once(socket, "data");
  return answer as string;
};
/** `once` would reject for a connection that is reset, which is what is wanted here. */
const closed = (socket: Socket | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (!socket || socket.closed) resolve();
    else socket.once("close", () => resolve());
  });

describe("a proxy", () => {
  it("passes on what is said, and that one end has closed", async () => {
    await start();
    const client = await dial();
    expect(await say(client, "one")).toBe("one!");
    expect(await say(client, "two")).toBe("two!");
    client.end();
    await closed(client);
    await closed(accepted[0]);
  });

  it("passes on large pieces whole", async () => {
    await start();
    const client = await dial();
    const received = once(client, "end");
    let bytes = 0;
    client.on("data", (piece: string) => {
      bytes += piece.length;
    });
    accepted[0] ??= (await once(server, "connection"))[0] as Socket;
    accepted[0].end("x".repeat(5_000_000));
    await received;
    expect(bytes).toBe(5_000_000);
  });

  it("cuts both ends of its owner's connections, and lets new ones in", async () => {
    await start();
    const client = await dial();
    await say(client, "one");
    expect(proxy.cut("somebody else")).toBe(0);
    expect(proxy.cut(OWNER)).toBe(1);
    await Promise.all([closed(client), closed(accepted[0])]);
    expect(await say(await dial(), "again")).toBe("again!");
  });

  it("half-opens: the client is cut off, the server does not hear of it for a while", async () => {
    await start();
    const client = await dial();
    await say(client, "one");
    const over = proxy.halfOpen(OWNER, 300);
    await closed(client);
    await delay(100);
    expect(accepted[0]?.closed).toBe(false);
    expect(await say(await dial(), "meanwhile")).toBe("meanwhile!");
    expect(await over).toBe(true);
    await closed(accepted[0]);
    expect(accepted[1]?.closed).toBe(false);
  });

  it("stalls: nothing gets through, then what had to wait is cut", async () => {
    await start();
    const [busy, idle] = [await dial(), await dial()];
    await say(busy, "one");
    await say(idle, "one");
    const over = proxy.stall(OWNER, 300);
    let answered = false;
    busy.on("data", () => {
      answered = true;
    });
    busy.write("two");
    expect(await over).toBe(true);
    await closed(busy);
    expect(answered).toBe(false);
    expect(await say(idle, "three")).toBe("three!");
  });

  it("says when a stall met nobody", async () => {
    await start();
    expect(await proxy.stall(OWNER, 10)).toBe(false);
  });

  it("delays without changing the order", async () => {
    await start();
    const client = await dial();
    await say(client, "one");
    const over = proxy.delay(OWNER, 60, 150);
    const began = performance.now();
    let heard = "";
    client.on("data", (piece: string) => {
      heard += piece;
    });
    client.write("a");
    await delay(20);
    client.write("b");
    await over;
    client.write("c");
    while (!heard.includes("c")) await delay(5);
    expect(performance.now() - began).toBeGreaterThanOrEqual(110);
    expect(heard.replaceAll("!", "")).toBe("abc");
  });

  it("ends a connection in the moment that its watcher asks for, and passes nothing on", async () => {
    await start({ watch: (_, from, piece) => (from === "client" && piece.includes("commit") ? "end" : "pass") });
    const client = await dial();
    await say(client, "begin");
    let heard = "";
    accepted[0]?.on("data", (piece) => {
      heard += piece;
    });
    client.write("commit");
    await Promise.all([closed(client), closed(accepted[0])]);
    expect(heard).toBe("");
  });

  it("closes on a caller when nobody is behind it", async () => {
    const { port } = { port: portOf() };
    await new Promise((resolve) => server.close(resolve));
    proxy = await startProxy({ target: { host: "127.0.0.1", port }, owner: OWNER });
    const client = await dial();
    await closed(client);
    server.listen(port, "127.0.0.1");
  });
});
