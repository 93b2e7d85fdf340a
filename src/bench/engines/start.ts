/** The product on real engines, and on request the bare chain beside it, on one database that remembers when each commit was. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type EngineName, findEngine } from "#local/dapr/engines";
import { type RealSidecars, realSidecars } from "#local/dapr/start";
import { LocalError } from "#local/local-error";
import { startCluster } from "#local/postgres/cluster";
import { freePortOffset, withPortOffset } from "#local/supervisor/ports";
import { startSupervisor } from "#local/supervisor/supervisor";
import { paths } from "#model/paths";
import { todo } from "#system";
import { type Metrics, readMetrics } from "../read-metrics.ts";
import { withBareKafka } from "./bare/documents.ts";
import { type Bare, startBare } from "./bare/start.ts";
import { bundledRoot } from "./bundles.ts";

export interface Running {
  /** The public address. */
  readonly origin: string;
  /** Direct address of a service, past the edge. */
  readonly addressOf: (service: string) => string;
  readonly metricsOf: (service: string) => Promise<Metrics>;
  readonly sidecars: RealSidecars;
  readonly databaseUrl: string;
  readonly apiToken: string;
  /** As the superuser: reads every schema. */
  readonly database: pg.Pool;
  /** Process ids by name: services, sidecars as `daprd of <service>`, engines. */
  readonly processes: Readonly<Record<string, number>>;
}

export interface BesideBare extends Running {
  readonly bare: Bare;
}

export interface StartOptions {
  /** Whether the front end runs too. @default false */
  readonly frontend?: boolean;
  /** Whether the database counts statements. @default false */
  readonly countStatements?: boolean;
}

const needed: readonly EngineName[] = ["kafka", "valkey", "daprd", "sentry", "scheduler"];

export const measuredServices = Object.keys(todo.services).filter((name) => name !== "frontend");

/** Who hears of what happens to tasks; the bare topic has as many subscribers. */
export const SUBSCRIBERS = measuredServices.filter((name) =>
  (todo.services[name as keyof typeof todo.services].subscribes as readonly string[]).includes("task-events"),
);

/**
 * @param stack ends everything in the opposite order
 * @throws LocalError with a remedy
 */
export async function startProduct(
  stack: AsyncDisposableStack,
  say: (line: string) => void,
  { frontend = false, countStatements = false }: StartOptions = {},
): Promise<Running> {
  const missing = needed.filter((name) => findEngine(name) === undefined);
  if (missing.length > 0)
    throw new LocalError(`engines are missing: install them with npm run engines -- ${missing.join(" ")}`);
  const dataFolder = mkdtempSync(join(tmpdir(), "todo-bench-engines-"));
  // Where this runs as root, the database runs as somebody else and has to get there.
  chmodSync(dataFolder, 0o711);
  stack.defer(() => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 }));
  const [databaseUrl, databasePid] = await startDatabase(stack, join(dataFolder, "postgres"), countStatements);

  const portOffset = await freePortOffset(todo);
  const model = withPortOffset(todo, portOffset);
  let sidecars: RealSidecars | undefined;
  const start = realSidecars({ documents: (rendered) => withBareKafka(rendered, SUBSCRIBERS.length) }, (started) => {
    sidecars = started;
  });
  const supervisor = await startSupervisor({
    model: todo,
    root: await bundledRoot(process.cwd(), measuredServices, join(dataFolder, "bundles")),
    dataFolder,
    portOffset,
    environment: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: "error",
      NODE_ENV: "production",
      // Limits are there against one user or address; here one machine plays all of them.
      RATE_LIMIT_SIGN_IN_PER_MINUTE: "100000",
      RATE_LIMIT_BURST: "1000000",
      RATE_LIMIT_PER_SECOND: "1000000",
      RATE_LIMIT_CHAT_BURST: "1000000",
      RATE_LIMIT_CHAT_PER_MINUTE: "1000000",
    },
    frontend: frontend && { root: process.cwd() },
    sidecars: start,
    logs: { print: (name, line) => console.error(`${name}: ${line}`) },
    say,
  });
  stack.defer(() => supervisor.stop());
  if (!sidecars) throw new TypeError("the product started without its sidecars");

  const database = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  database.on("error", () => {});
  stack.defer(() => database.end());
  const addressOf = (service: string): string => `http://127.0.0.1:${model.services[service]?.port}`;
  return {
    origin: supervisor.origin,
    addressOf,
    metricsOf: (service) => readMetrics(addressOf(service) + paths.metrics),
    sidecars,
    databaseUrl,
    apiToken: supervisor.settings.apiToken,
    database,
    processes: { ...recordedProcesses(dataFolder), postgres: databasePid },
  };
}

export async function startBeside(
  stack: AsyncDisposableStack,
  running: Running,
  say: (line: string) => void,
): Promise<BesideBare> {
  say("starting the bare chain beside it");
  await running.database.query(
    `create schema bench create table tasks
      (id uuid primary key default gen_random_uuid(), title text not null, due text, created_at timestamptz not null default now())`,
  );
  return { ...running, bare: await startBare(stack, { ...running, subscribers: SUBSCRIBERS.length }) };
}

/** What the supervisor remembers of what it started. */
const recordedProcesses = (dataFolder: string): Record<string, number> =>
  (JSON.parse(readFileSync(join(dataFolder, "run.json"), "utf8")) as { children: Record<string, number> }).children;

async function startDatabase(
  stack: AsyncDisposableStack,
  dataDir: string,
  countStatements: boolean,
): Promise<readonly [string, number]> {
  const counting = countStatements ? { shared_preload_libraries: "pg_stat_statements" } : {};
  const cluster = await startCluster({ dataDir, settings: { track_commit_timestamp: "on", ...counting } });
  stack.defer(() => cluster.stop());
  const admin = new pg.Client({ connectionString: cluster.adminUrl });
  await admin.connect();
  await admin.query(`create database ${admin.escapeIdentifier(todo.name)}`);
  await admin.end();
  const url = new URL(cluster.adminUrl);
  url.pathname = `/${todo.name}`;
  return [url.href, cluster.pid];
}
