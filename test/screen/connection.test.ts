import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import { closeCodes, type Frame } from "#contracts/realtime-frames";
import { Connection, type ConnectionState, waitBefore } from "../../frontend/api/realtime/connection.ts";

const taskId = "00000000-0000-4000-8000-000000000001";
const removed = (seq: number) =>
  JSON.stringify({ seq, type: "dev.todo.screen.task_removed.v1", data: { userId: "u1", taskId } });

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A browser's window as far as the connection asks it, over a real WebSocket to a real server. */
const browser = { window: new EventTarget(), document: new EventTarget(), navigator: { onLine: true } };

describe("the connection to realtime", () => {
  let server: Server;
  let sockets: WebSocketServer;
  let opened: { readonly socket: ServerSocket; readonly address: URLSearchParams }[] = [];
  let frames: Frame[] = [];
  let states: ConnectionState[] = [];
  let tickets = 0;
  let refuse = 0;
  let connection: Connection;
  const before = { window: globalThis.window, document: globalThis.document, navigator: globalThis.navigator };

  beforeAll(async () => {
    server = createServer();
    sockets = new WebSocketServer({ server, path: "/ws" });
    sockets.on("connection", (socket, request) => {
      opened.push({ socket, address: new URL(request.url ?? "/", "http://localhost").searchParams });
      socket.send(JSON.stringify({ type: "ready", seq: 10 }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const href = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks`;
    Object.assign(browser.window, { location: { href } });
    Object.assign(browser.document, { visibilityState: "visible" });
    for (const [name, value] of Object.entries(browser)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
  });

  afterAll(async () => {
    for (const [name, value] of Object.entries(before)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    await once(server, "close");
  });

  beforeEach(() => {
    opened = [];
    frames = [];
    states = [];
    tickets = 0;
    refuse = 0;
    browser.navigator.onLine = true;
    begin();
  });

  function begin(since?: number): void {
    connection = new Connection({
      since,
      ticket: async () => {
        if (refuse-- > 0) throw new Error("no ticket now");
        return `ticket-${++tickets}`;
      },
      onFrame: (frame) => frames.push(frame),
      onState: (state) => states.push(state),
    });
    connection.start();
  }

  afterEach(() => connection.stop());

  const live = (times: number) => until(() => states.filter((state) => state === "live").length === times);

  it("begins without a past, and tells what comes", async () => {
    await live(1);
    expect(Object.fromEntries(opened[0]?.address ?? [])).toEqual({ ticket: "ticket-1" });
    opened[0]?.socket.send(removed(11));
    await until(() => frames.length === 2);
    expect(frames).toEqual([
      { type: "ready", seq: 10 },
      { seq: 11, type: "dev.todo.screen.task_removed.v1", data: { userId: "u1", taskId } },
    ]);
  });

  it("begins where the page was read, and goes on from there", async () => {
    connection.stop();
    begin(8);
    await until(() => opened.some(({ address }) => address.get("last") === "8"));
    await until(() => states.at(-1) === "live");
    expect(states).not.toContain("reconnecting");
    opened.at(-1)?.socket.send(removed(9));
    await until(() => frames.some((frame) => "data" in frame));
    opened.at(-1)?.socket.terminate();
    await until(() => opened.at(-1)?.address.get("last") === "9");
  });

  it("comes back with a new ticket from where it ended, also behind a message that it did not understand", async () => {
    await live(1);
    opened[0]?.socket.send(removed(11));
    opened[0]?.socket.send(JSON.stringify({ seq: 12, type: "dev.todo.screen.from_the_future.v9", data: {} }));
    await until(() => frames.length === 2);
    opened[0]?.socket.close(closeCodes.restart);
    await live(2);
    expect(Object.fromEntries(opened[1]?.address ?? [])).toEqual({ ticket: "ticket-2", last: "12" });
    expect(states).toEqual(["connecting", "live", "reconnecting", "reconnecting", "live"]);
  });

  it("does not take the position of ready for its own while what lies between is still to come", async () => {
    await live(1);
    opened[0]?.socket.send(removed(11));
    await until(() => frames.length === 2);
    opened[0]?.socket.terminate();
    await live(2);
    opened[1]?.socket.terminate();
    await live(3);
    expect(opened[2]?.address.get("last")).toBe("11");
  });

  it("goes on from a reset", async () => {
    await live(1);
    opened[0]?.socket.send(JSON.stringify({ type: "reset", seq: 40 }));
    await until(() => frames.length === 2);
    opened[0]?.socket.terminate();
    await live(2);
    expect(opened[1]?.address.get("last")).toBe("40");
  });

  it("tries again where there is no ticket", async () => {
    await live(1);
    refuse = 2;
    opened[0]?.socket.terminate();
    await live(2);
    expect(opened).toHaveLength(2);
  });

  it("waits while the browser is offline, and comes back with it", async () => {
    await live(1);
    browser.navigator.onLine = false;
    browser.window.dispatchEvent(new Event("offline"));
    expect(states.at(-1)).toBe("offline");
    browser.navigator.onLine = true;
    browser.window.dispatchEvent(new Event("online"));
    await live(2);
    expect(opened[1]?.address.get("last")).toBe("10");
  });

  it("stays away when the account is gone", async () => {
    await live(1);
    opened[0]?.socket.close(closeCodes.accountDeleted);
    await until(() => states.at(-1) === "ended");
    browser.window.dispatchEvent(new Event("online"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([states.at(-1), opened.length]).toEqual(["ended", 1]);
  });
});

describe("the wait before another attempt", () => {
  it("doubles up to half a minute, of which a random half is left out", () => {
    expect([0, 1, 2, 3].map((attempt) => waitBefore(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(waitBefore(2, 0)).toBe(1_000);
    expect(waitBefore(50, 1)).toBe(30_000);
  });
});
