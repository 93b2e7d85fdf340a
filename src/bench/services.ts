/**
 * The product as `npm start` runs it, without the front end: what fifty people at once see, how soon events have their
 * effect, what each process weighs and how long it takes to be ready. `npm run bench:services -- --users 50 --seconds 10`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Supervisor, startSupervisor } from "#local/supervisor/supervisor";
import { paths } from "#model/paths";
import { todo } from "#system";
import { type Client, signedUp } from "./http-client.ts";
import { quantileOf } from "./quantiles.ts";
import { quantile, readMetrics } from "./read-metrics.ts";

const { values } = parseArgs({
  options: { users: { type: "string", default: "50" }, seconds: { type: "string", default: "10" } },
});
const [USERS, SECONDS] = [Number(values.users), Number(values.seconds)];

const services = Object.entries(todo.services).filter(([name]) => name !== "frontend");

const folder = mkdtempSync(join(tmpdir(), "todo-bench-services-"));
const began = performance.now();
const supervisor = await startSupervisor({
  model: todo,
  root: process.cwd(),
  dataFolder: folder,
  environment: {
    ...process.env,
    LOG_LEVEL: "error",
    NODE_ENV: "production",
    // Limits are there against one user or address; here one machine plays all of them.
    RATE_LIMIT_SIGN_IN_PER_MINUTE: "100000",
  },
  frontend: false,
  logs: { print: (name, line) => console.error(`${name}: ${line}`) },
  say: () => {},
});
async function run({ origin }: Supervisor): Promise<void> {
  const clients: Client[] = [];
  for (let user = 0; user < USERS; user++) clients.push(await signedUp(origin, user));
  const create = (client: Client) => client.post("/api/v1/tasks", { title: "pay the rent", due: "2030-01-01" });
  const list = (client: Client) => client.get("/api/v1/tasks?limit=20");

  console.log(`${"".padEnd(44)}      a second       p50       p99`);
  await measure("warming up: creates", clients, create, { seconds: 3 });
  await measure("creates, each as soon as the last is answered", clients, create, { seconds: SECONDS });
  await settled();
  await measure("lists, each as soon as the last is answered", clients, list, { seconds: SECONDS });
  const before = await eventCounts();
  await measure("creates, one a second from each user", clients, create, { seconds: SECONDS, everyMs: 1_000 });
  await settled();
  await events(before);
  await memory();
}

interface Load {
  readonly seconds: number;
  /** Pause from one request's start to the next one's; 0: none. */
  readonly everyMs?: number;
}

async function measure(
  what: string,
  clients: readonly Client[],
  work: (client: Client) => Promise<unknown>,
  { seconds, everyMs = 0 }: Load,
): Promise<void> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    clients.map(async (client, index) => {
      // Not all in the same moment: people are not in step.
      let next = start + (everyMs * index) / clients.length;
      while (performance.now() < end) {
        await delay(Math.max(0, next - performance.now()));
        const sent = performance.now();
        await work(client);
        times.push(performance.now() - sent);
        next = Math.max(next + everyMs, performance.now());
      }
    }),
  );
  const rate = times.length / ((performance.now() - start) / 1000);
  const at = (q: number): string => `${quantileOf(times, q).toFixed(1)} ms`.padStart(10);
  console.log(`${what.padEnd(48)}${rate.toFixed(0).padStart(10)}${at(0.5)}${at(0.99)}`);
}

const metricsOf = (port: number) => readMetrics(`http://127.0.0.1:${port}${paths.metrics}`);

/** Until every outbox is empty: the next measurement begins with nothing left of the last. */
async function settled(): Promise<void> {
  for (;;) {
    const all = await Promise.all(services.map(([, { port }]) => metricsOf(port)));
    if (all.every((metrics) => metrics.sum("todo_outbox_depth") === 0)) break;
    await delay(100);
  }
  await delay(1_000);
}

const LATENCY = "todo_event_latency_seconds";

const eventCounts = async () =>
  new Map(await Promise.all(services.map(async ([name, { port }]) => [name, await metricsOf(port)] as const)));

/** From the commit of what happened to the commit of its effect, of the events since `before`. */
async function events(before: Awaited<ReturnType<typeof eventCounts>>): Promise<void> {
  console.log("\nfrom commit to committed effect, as the consumers measured it (interpolated within its buckets)");
  const after = await eventCounts();
  for (const [name, now] of after) {
    const buckets = now.buckets(LATENCY, before.get(name));
    const count = buckets.at(-1)?.count ?? 0;
    if (count === 0) continue;
    const at = (q: number): string => `${(quantile(buckets, q) * 1000).toFixed(0)} ms`.padStart(10);
    console.log(`${name.padEnd(44)}${String(count).padStart(7)} events${at(0.5)}${at(0.99)}`);
  }
}

async function memory(): Promise<void> {
  console.log("\nresident memory after all that, with the heap that the model gives each service");
  for (const [name, { port }] of services) {
    const bytes = (await metricsOf(port)).sum("process_resident_memory_bytes");
    console.log(`${name.padEnd(44)}${(bytes / 2 ** 20).toFixed(0).padStart(7)} MiB`);
  }
}

try {
  console.log(`node ${process.version}, ${USERS} users, ${SECONDS} s each\n`);
  console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s, with a new database\n`);
  await run(supervisor);
} finally {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
}
