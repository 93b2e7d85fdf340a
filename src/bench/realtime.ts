/**
 * What open screens cost: connections a second, memory of each, and how long an event takes from the sidecar's delivery to the
 * client, committed by the same replica and by another one. PostgreSQL, services and sidecars run as on the laptop.
 * `npm run bench:realtime -- --sockets 1000 --users 500 --events 3000`
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { WebSocket } from "ws";
import { environments } from "#environments";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "#kit/auth/token";
import { migrate } from "#kit/database/migrations";
import { freePort } from "#local/free-port";
import { startCluster } from "#local/postgres/cluster";
import { provision } from "#local/postgres/provision";
import { startSidecars } from "#local/sidecar/start";
import { nodeOptions } from "#model/node-options";
import { paths } from "#model/paths";
import { migrations } from "#services/realtime/data/migrations";
import { todo } from "#system";
import { quantileOf } from "./quantiles.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "1000" },
    users: { type: "string", default: "500" },
    events: { type: "string", default: "3000" },
  },
});
const [SOCKETS, USERS, EVENTS] = [Number(values.sockets), Number(values.users), Number(values.events)];
const root = join(import.meta.dirname, "../..");
const HEAP = nodeOptions(todo.services.realtime.resources);
const TOKEN = randomUUID();
const name = "realtime";

const folder = mkdtempSync(join(tmpdir(), "todo-bench-"));
const cluster = await startCluster({ dataDir: join(folder, "data") });
const children: ChildProcess[] = [];
const keys = await generateKeyPair(TOKEN_ALGORITHM);
const keyServer = createServer();
let sidecars: Awaited<ReturnType<typeof startSidecars>> | undefined;
try {
  const { urls } = await provision({
    adminUrl: cluster.adminUrl,
    database: "todo",
    services: [name],
    passwordOf: () => TOKEN,
  });
  const url = urls[name] ?? "";
  await migrate(url, name, migrations, { applicationName: "bench", onError: () => {} });
  const ports = { gateway: await freePort(), here: await freePort(), there: await freePort() };
  await serveKeys(ports.gateway);
  const secretsFile = join(folder, "secrets.json");
  writeFileSync(secretsFile, "{}");
  const tokens = { apiToken: TOKEN, appToken: TOKEN };
  sidecars = await startSidecars({
    model: todo,
    environment: environments.dev,
    apps: {
      [name]: { appPort: ports.here, daprPort: 0, ...tokens },
      gateway: { appPort: ports.gateway, daprPort: 0, ...tokens },
    },
    dataFile: join(folder, "sidecars.db"),
    secretsFile,
    log: () => {},
  });
  const here = await startReplica(ports.here, sidecars.ports[name] ?? 0, url);
  const there = await startReplica(ports.there, sidecars.ports[name] ?? 0, url);
  await measure(here, there);
} finally {
  for (const child of children) child.kill("SIGKILL");
  await sidecars?.close();
  keyServer.close();
  await cluster.stop();
  rmSync(cluster.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** In the gateway's place: what tokens are verified with, and its health. */
async function serveKeys(port: number): Promise<void> {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "bench", alg: TOKEN_ALGORITHM, use: "sig" };
  keyServer.on("request", (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keyServer.listen(port, "127.0.0.1", resolve));
}

/** @returns its base address */
async function startReplica(port: number, daprPort: number, url: string): Promise<string> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ...HEAP.split(" "), join(root, "services", name, "main.ts")],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        LOG_LEVEL: "warn",
        HOST: "127.0.0.1",
        PORT: String(port),
        DAPR_HTTP_PORT: String(daprPort),
        DAPR_API_TOKEN: TOKEN,
        APP_API_TOKEN: TOKEN,
        DATABASE_URL: url,
        MAX_CONNECTIONS: String(SOCKETS),
        MAX_CONNECTIONS_PER_USER: String(SOCKETS),
      },
    },
  );
  children.push(child);
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const ready = await fetch(`${base}${paths.ready}`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return base;
    if (tries > 300) throw new Error("the service did not become ready");
    await delay(100);
  }
}

async function measure(here: string, there: string): Promise<void> {
  const before = await residentBytes(here);
  const began = performance.now();
  const sockets: WebSocket[] = [];
  await concurrently(SOCKETS, 32, async (index) => {
    sockets.push(await open(here, userOf(index)));
  });
  const seconds = (performance.now() - began) / 1000;
  const after = await residentBytes(here);
  console.log(
    `${SOCKETS} connections of ${USERS} users, ticket and handshake: ${(SOCKETS / seconds).toFixed(0)} a second`,
  );
  console.log(
    `resident memory with ${HEAP}: ${mebibytes(before)} before, ${mebibytes(after)} with them, ${((after - before) / SOCKETS / 1024).toFixed(1)} KiB each`,
  );
  console.log(
    `\n${"delivery to last frame, ms".padEnd(44)}${"p50".padStart(8)}${"p99".padStart(8)}${"events/s".padStart(10)}`,
  );
  for (const [where, base] of [
    ["committed by the same replica", here],
    ["committed by another replica", there],
  ] as const) {
    for (const atOnce of [1, 32]) {
      const label = `${where}, ${atOnce} at once`;
      console.log(`${label.padEnd(44)}${await deliveries(base, sockets, atOnce)}`);
    }
  }
  console.log(`\nresident memory afterwards: ${mebibytes(await residentBytes(here))}`);
  for (const socket of sockets) socket.terminate();
}

function userOf(index: number): string {
  return `user-${index % USERS}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}

async function residentBytes(base: string): Promise<number> {
  const text = await (await fetch(`${base}${paths.metrics}`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
}

async function open(base: string, user: string): Promise<WebSocket> {
  const token = await new SignJWT({ tz: "Europe/Berlin" })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: "bench" })
    .setSubject(user)
    .setAudience(name)
    .setIssuer(TOKEN_ISSUER)
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(keys.privateKey);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${base}/v1/realtime/tickets`, { method: "POST", headers });
  if (response.status !== 201) throw new Error(`no ticket: ${response.status} ${await response.text()}`);
  const { ticket } = (await response.json()) as { ticket: string };
  const socket = new WebSocket(`${base.replace("http", "ws")}/ws?ticket=${ticket}`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once("message", resolve);
    socket.once("close", (code) => reject(new Error(`closed with ${code}`)));
  });
  return socket;
}

/** Counted until every connection of the user has it. */
async function deliveries(base: string, sockets: readonly WebSocket[], atOnce: number): Promise<string> {
  const waiting = new Map<string, { left: number; resolve: () => void }>();
  const hear = (data: unknown): void => {
    const id = /"taskId":"([^"]+)"/.exec(String(data))?.[1] ?? "";
    const entry = waiting.get(id);
    if (entry && --entry.left === 0) entry.resolve();
  };
  for (const socket of sockets) socket.on("message", hear);
  const times: number[] = [];
  const began = performance.now();
  await concurrently(EVENTS, atOnce, async (index) => {
    const user = index % USERS;
    const taskId = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(taskId, { left: Math.floor((SOCKETS - 1 - user) / USERS) + 1, resolve });
    const start = performance.now();
    await deliver(base, userOf(user), taskId);
    await promise;
    times.push(performance.now() - start);
    waiting.delete(taskId);
  });
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.off("message", hear);
  const at = (share: number): string => quantileOf(times, share).toFixed(1).padStart(8);
  return `${at(0.5)}${at(0.99)}${(EVENTS / seconds).toFixed(0).padStart(10)}`;
}

async function deliver(base: string, userId: string, taskId: string): Promise<void> {
  const event = {
    specversion: "1.0",
    id: randomUUID(),
    source: "/todo/tasks",
    type: "dev.todo.screen.task_removed.v1",
    time: new Date().toISOString(),
    subject: taskId,
    partitionkey: userId,
    datacontenttype: "application/json",
    userid: userId,
    aggregateversion: 1,
    data: { userId, taskId },
  };
  const response = await fetch(`${base}${paths.events("task-updates")}`, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", "dapr-api-token": TOKEN },
    body: JSON.stringify(event),
  });
  const { status } = (await response.json()) as { status: string };
  if (status !== "SUCCESS") throw new Error(`the delivery was answered with ${status}`);
}

async function concurrently(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
