/** The whole product on one machine: database, sidecars, services and front end, in the order in which they need each other. */
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type Migrations, migrate } from "#kit/database/migrations";
import { schemaName } from "#model/names";
import { nodeOptions } from "#model/node-options";
import { paths } from "#model/paths";
import { type System, usesPostgres } from "#model/system";
import { startEdge } from "../edge.ts";
import { LocalError } from "../local-error.ts";
import { type KeptCluster, keepCluster } from "../postgres/keep.ts";
import { type Provisioned, provision } from "../postgres/provision.ts";
import type { SidecarSettings } from "../sidecar/main.ts";
import { Child } from "./child.ts";
import { frontendProcess } from "./frontend.ts";
import type { LogPrinter } from "./logs.ts";
import { assertFree, withPortOffset } from "./ports.ts";
import { RunFile } from "./run-file.ts";
import { type Settings, settings } from "./settings.ts";
import type { RunningSidecars, StartSidecars } from "./sidecars.ts";

export interface SupervisorProps {
  readonly model: System;
  /** Folder of the checkout. */
  readonly root: string;
  /** Kept between runs. */
  readonly dataFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logs: LogPrinter;
  /** What happens, for people. */
  readonly say: (line: string) => void;
  /** `false`: the services alone; or the checkout that has its sources, where `root` has them not. @default true */
  readonly frontend?: boolean | { readonly root: string };
  /** Added to every port, for a run beside another one in a data folder of its own. @default 0 */
  readonly portOffset?: number;
  /** Other sidecars than the laptop's own. */
  readonly sidecars?: StartSidecars;
}

export interface Supervisor {
  readonly origin: string;
  readonly settings: Settings;
  /** What the database is, in words, with a connection string for psql. */
  readonly database: string;
  /** Services that the model declares and nobody has written yet. */
  readonly missing: readonly string[];
  /** Ends everything in order. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

const READY_TIMEOUT_MS = 90_000;
/** The one process of the laptop's own sidecars. */
const SIDECARS = "sidecars";

/** @throws LocalError with a remedy; what was started by then is ended again */
export async function startSupervisor(given: SupervisorProps): Promise<Supervisor> {
  const portOffset = given.portOffset ?? 0;
  const props = { ...given, model: withPortOffset(given.model, portOffset) };
  const { model, environment, say } = props;
  const kept = settings(model, props.dataFolder, environment, portOffset);
  const runFile = new RunFile(join(props.dataFolder, "run.json"));
  await runFile.claim();
  const started = new Started(props, runFile);
  try {
    const names = Object.keys(model.services);
    const present = names.filter((name) => existsSync(mainOf(props.root, name)));
    await assertFree([
      { port: kept.edgePort, purpose: "the product's address" },
      ...names.map((name) => ({ port: model.services[name]?.port ?? 0, purpose: name })),
      ...names.map((name) => ({ port: kept.daprPort(name), purpose: `sidecar of ${name}` })),
    ]);
    if (props.sidecars) {
      const onPid = (name: string, pid: number): void => runFile.record(name, pid);
      const { root, dataFolder } = props;
      started.sidecars = await props.sidecars({ model, root, dataFolder, settings: kept, say, onPid });
    } else startSidecarProcess(props, kept, started);
    const { provisioned, database } = await prepareDatabase(props, kept, present, started);
    for (const name of present)
      started.child(name, [mainOf(props.root, name)], serviceEnvironment(props, kept, name, provisioned));
    const frontend = await frontendOf(props);
    if (frontend)
      started.child("frontend", frontend.args, { ...serviceEnvironment(props, kept, "frontend"), ...frontend.env });
    started.edge = await startEdge(model, kept.edgePort);
    const running = frontend ? [...present, "frontend"] : present;
    await untilReady(model, running, started);
    await started.sidecars?.untilReady(running);
    return {
      origin: originOf(environment, kept),
      settings: kept,
      database,
      missing: names.filter(
        (name) => !present.includes(name) && !(name === "frontend" && (frontend || props.frontend === false)),
      ),
      stop: () => started.stop(),
      kill: () => started.kill(),
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

const mainOf = (root: string, service: string): string => join(root, "services", service, "main.ts");

const originOf = (environment: NodeJS.ProcessEnv, { edgePort }: Settings): string =>
  environment.PUBLIC_ORIGIN ?? `http://localhost:${edgePort}`;

/** What runs, to be ended in the opposite order. */
class Started {
  database: KeptCluster | undefined;
  edge: Server | undefined;
  sidecars: RunningSidecars | undefined;
  readonly children: Child[] = [];
  readonly #props: SupervisorProps;
  readonly #runFile: RunFile;
  #stopping: Promise<void> | undefined;

  constructor(props: SupervisorProps, runFile: RunFile) {
    this.#props = props;
    this.#runFile = runFile;
  }

  child(name: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
    this.children.push(
      new Child({
        name,
        args: ["--disable-warning=ExperimentalWarning", ...args],
        env,
        cwd: this.#props.root,
        onLine: (line) => this.#props.logs.print(name, line),
        onPid: (pid) => this.#runFile.record(name, pid),
      }),
    );
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  kill(): void {
    for (const child of this.children) child.kill();
    this.sidecars?.kill();
    this.#runFile.release();
  }

  async #stop(): Promise<void> {
    this.edge?.close();
    this.edge?.closeAllConnections();
    const services = this.children.filter(({ name }) => name !== SIDECARS);
    await Promise.all(services.map((child) => child.stop(this.#graceOf(child.name))));
    await this.children.find(({ name }) => name === SIDECARS)?.stop(5_000);
    await this.sidecars?.stop();
    await this.database?.stop();
    this.#runFile.release();
  }

  #graceOf(name: string): number {
    return (this.#props.model.services[name]?.drain.milliseconds ?? 20_000) + 5_000;
  }
}

function startSidecarProcess(
  { model, root, dataFolder, environment }: SupervisorProps,
  kept: Settings,
  started: Started,
): void {
  const apps = Object.entries(model.services).map(([name, { port }]) => [
    name,
    { appPort: port, daprPort: kept.daprPort(name), apiToken: kept.apiToken, appToken: kept.appToken },
  ]);
  const sidecars: SidecarSettings = {
    apps: Object.fromEntries(apps),
    dataFile: join(dataFolder, "sidecars.db"),
    secretsFile: kept.secretsFile,
  };
  const file = join(dataFolder, "sidecars.json");
  writeFileSync(file, JSON.stringify(sidecars), { mode: 0o600 });
  started.child(SIDECARS, [join(root, "src/local/sidecar/main.ts"), file], inherited(environment));
}

async function prepareDatabase(props: SupervisorProps, kept: Settings, present: readonly string[], started: Started) {
  const { model, environment, dataFolder, say } = props;
  const services = present.filter((name) => usesPostgres(model, model.services[name] as never));
  const given = environment.DATABASE_URL;
  if (!given) {
    if (!existsSync(join(dataFolder, "postgres", "PG_VERSION")))
      say("making the database, which only the first start does");
    started.database = await keepCluster({ dataDir: join(dataFolder, "postgres") }, say);
  }
  const cluster = started.database?.cluster;
  const adminUrl = given ?? cluster?.adminUrl ?? "";
  const database = given ? new URL(given).pathname.slice(1) || model.name : model.name;
  const provisioned = await reachable(given, () =>
    provision({ adminUrl, database, services, passwordOf: kept.passwordOf }),
  );
  await Promise.all(services.map((name) => migrateService(props.root, name, provisioned.urls[name] ?? "")));
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const words = given
    ? `yours at ${new URL(given).host}`
    : `PostgreSQL from npm's binaries, data in ${cluster?.dataDir}, ${url.href}`;
  return { provisioned, database: provisioned.separateRoles ? words : `${words}, one role for all services` };
}

async function reachable<T>(given: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!given) throw cause;
    const why = (cause as Error).message;
    throw new LocalError(
      `DATABASE_URL cannot be used: ${why}. Start that server, mend the address, or unset it to use the built-in one.`,
      { cause },
    );
  }
}

/** Migrations in a module of their own run here; those of other services load the service and run in its process. */
async function migrateService(root: string, name: string, url: string): Promise<void> {
  const folder = join(root, "services", name);
  const file = [join(folder, "migrations.ts"), join(folder, "data", "migrations.ts")].find(existsSync);
  if (!file) return migrateByItself(root, name, url);
  const { migrations } = (await import(file)) as { readonly migrations: Migrations };
  await migrate(url, schemaName(name), migrations, { applicationName: `${name}-migrate`, onError: () => {} });
}

async function migrateByItself(root: string, name: string, url: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [mainOf(root, name), "migrate"], {
      env: { ...process.env, DATABASE_URL: url },
    });
  } catch (cause) {
    const { stderr = "", message } = cause as { stderr?: string; message: string };
    throw new LocalError(`the database of ${name} cannot be brought up to date: ${stderr.trim() || message}`, {
      cause,
    });
  }
}

const inherited = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    ["PATH", "HOME", "LANG", "TZ", "TMPDIR"].flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );

const frontendOf = async ({ frontend = true, root, model, say }: SupervisorProps) =>
  frontend ? await frontendProcess(frontend === true ? root : frontend.root, model, say) : undefined;

/** The variables that the cluster's pods have, and what a developer set for a service's own. */
function serviceEnvironment(
  { model, environment }: SupervisorProps,
  kept: Settings,
  name: string,
  provisioned?: Provisioned,
): Record<string, string> {
  const { DATABASE_URL: _, NODE_OPTIONS = "", ...own } = environment;
  const url = provisioned?.urls[name];
  const service = model.services[name];
  return {
    ...(own as Record<string, string>),
    // The heap that the cluster's pod gives it: what does not fit there is met here first.
    NODE_OPTIONS: `${service ? nodeOptions(service.resources) : ""} ${NODE_OPTIONS}`.trim(),
    NODE_ENV: environment.NODE_ENV ?? "development",
    SERVICE: name,
    ENVIRONMENT: "local",
    HOST: "127.0.0.1",
    PORT: String(service?.port ?? 0),
    PUBLIC_ORIGIN: originOf(environment, kept),
    DAPR_HTTP_PORT: String(kept.daprPort(name)),
    DAPR_API_TOKEN: kept.apiToken,
    APP_API_TOKEN: kept.appToken,
    SHUTDOWN_DRAIN_SECONDS: String((service?.drain.milliseconds ?? 20_000) / 1000),
    ...(url ? { DATABASE_URL: url } : {}),
  };
}

/** @throws LocalError naming what does not become ready */
async function untilReady(model: System, names: readonly string[], { children }: Started): Promise<void> {
  const waiting = new Set(names);
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (waiting.size > 0) {
    await Promise.all(
      [...waiting].map(async (name) => {
        if (await isReady(`http://127.0.0.1:${model.services[name]?.port}${paths.ready}`)) waiting.delete(name);
      }),
    );
    const broken = children.find((child) => child.failures >= 3);
    if (broken) throw new LocalError(`${broken.name} does not start: its last lines above say why`);
    if (Date.now() > deadline)
      throw new LocalError(`not ready after 90 s: ${[...waiting].join(", ")}; the lines above say why`);
    await delay(50);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
