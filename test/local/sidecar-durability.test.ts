import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort } from "#local/free-port";
import type { SidecarSettings } from "#local/sidecar/main";
import { todo } from "#system";
import { eventually } from "#test/kit/support/harness";
import { reminderEvent } from "#test/kit/support/sample";

const MAIN = join(import.meta.dirname, "../../src/local/sidecar/main.ts");
const folder = mkdtempSync(join(tmpdir(), "todo-durable-"));
const settingsFile = join(folder, "settings.json");
const received: { id: string; key: string }[] = [];
let daprPort: number;
let app: Server;
let sidecars: ChildProcess | undefined;

/** The service `tasks`, as far as its sidecar sees it. */
function subscriber(): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === "/events/reminders") {
      const { id, partitionkey } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string; partitionkey: string };
      received.push({ id, key: partitionkey });
    }
    response.writeHead(200).end("{}");
  });
}

beforeAll(async () => {
  daprPort = await freePort();
  const appPort = await freePort();
  const apps = await Promise.all(
    Object.keys(todo.services).map(async (name) => [
      name,
      {
        appPort: name === "tasks" ? appPort : await freePort(),
        daprPort: name === "notifications" ? daprPort : 0,
        apiToken: "t",
        appToken: "t",
      },
    ]),
  );
  const settings: SidecarSettings = {
    apps: Object.fromEntries(apps),
    dataFile: join(folder, "sidecars.db"),
    secretsFile: join(folder, "secrets.json"),
  };
  writeFileSync(settingsFile, JSON.stringify(settings));
  writeFileSync(settings.secretsFile, "{}");
  app = subscriber();
  await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
});
afterAll(async () => {
  sidecars?.kill("SIGKILL");
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  sidecars = spawn(process.execPath, [MAIN, settingsFile], { stdio: "ignore" });
  await eventually(async () =>
    expect((await fetch(`http://127.0.0.1:${daprPort}/v1.0/healthz/outbound`)).status).toBe(204),
  );
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => sidecars?.once("exit", resolve));
  sidecars?.kill("SIGKILL");
  await ended;
}

/** @returns whether the sidecar said that it has the event */
async function publish(event: ReturnType<typeof reminderEvent>): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${daprPort}/v1.0/publish/pubsub-kafka-todo/reminders?metadata.partitionKey=${event.partitionkey}`;
    const headers = { "content-type": "application/cloudevents+json", "dapr-api-token": "t" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(event) });
    await response.body?.cancel();
    return response.status === 204;
  } catch {
    return false;
  }
}

describe("the local sidecars, killed while they work", () => {
  it("lose no event that they acknowledged, and keep the order of a key", async () => {
    const keys = Array.from({ length: 8 }, () => randomUUID());
    const acknowledged: { id: string; key: string }[] = [];
    for (let round = 0; round < 3; round++) {
      await start();
      let killed: Promise<void> | undefined;
      const publishing = keys.map(async (key) => {
        for (let i = 0; i < 40; i++) {
          const event = reminderEvent(randomUUID(), key, i + 1);
          if (await publish(event)) acknowledged.push({ id: event.id, key });
          if (acknowledged.length > 100 * (round + 1)) killed ??= kill();
        }
      });
      await Promise.all(publishing);
      await (killed ?? kill());
    }
    await start();
    const of = (list: typeof received, key: string): string[] =>
      list.filter((one) => one.key === key).map(({ id }) => id);
    await eventually(() => {
      const ids = new Set(received.map(({ id }) => id));
      expect(acknowledged.filter(({ id }) => !ids.has(id))).toEqual([]);
    });
    expect(acknowledged.length).toBeGreaterThan(100);
    for (const key of keys) {
      const firsts = of(received, key).filter((id, i, all) => all.indexOf(id) === i);
      const wanted = of(acknowledged, key);
      expect(firsts.filter((id) => wanted.includes(id))).toEqual(wanted);
    }
  }, 60_000);
});
