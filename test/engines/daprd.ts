import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { enginePath } from "./paths.ts";
import { type EngineProcess, freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import { controlPlaneNamespace, type Sentry } from "./sentry.ts";

export interface DaprdOptions {
  readonly appId: string;
  /** Port of the app on loopback; without it the sidecar serves calls and receives none. */
  readonly appPort?: number;
  /** Port of the HTTP API. @default one that is free */
  readonly httpPort?: number;
  /** Folders of Components, Subscriptions, Resiliency and HTTPEndpoints; daprd reads files that end in .yaml or .yml. */
  readonly resources?: readonly string[];
  /** Configuration files; a later one goes before an earlier one. `$NAME` in them is replaced from the environment. */
  readonly configurations?: readonly string[];
  /** SQLite file through which sidecars find each other; those that call each other share one. @default its own */
  readonly names?: string;
  /** @default "default" */
  readonly namespace?: string;
  /** With it, sidecars speak mTLS to each other and access control knows its callers. */
  readonly sentry?: Sentry;
  readonly scheduler?: Scheduler;
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags of daprd, e.g. `--enable-app-health-check`. */
  readonly flags?: readonly string[];
  /** @default "warn" */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
}

export interface Daprd {
  readonly appId: string;
  /** `http://127.0.0.1:port` of the HTTP API; the same after a restart. */
  readonly url: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metricsUrl: string;
  readonly pid: number;
  /** File with everything that the sidecar prints, one JSON object a line. */
  readonly log: string;
  /** Ends with the process that runs now. */
  readonly ended: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** Starts a sidecar that has ended, with the same options and ports. */
  start(): Promise<void>;
  /** Ends the sidecar as a pod's end does and removes its files. */
  stop(): Promise<void>;
}

/** Starts a real daprd on loopback and waits until its outbound side is up; the app may start after it. */
export function startDaprd(options: DaprdOptions): Promise<Daprd> {
  return inTemporaryFolder(`daprd-${options.appId}`, (folder) => startIn(folder, options));
}

async function startIn(folder: TemporaryFolder, options: DaprdOptions): Promise<Daprd> {
  const command = enginePath("daprd");
  const [freePort, grpcPort, internalPort, metricsPort] = await freePorts(4);
  const httpPort = options.httpPort ?? freePort;
  const url = `http://127.0.0.1:${httpPort}`;
  const resolution = writeNameResolution(folder.path, options.names ?? join(folder.path, "names.db"));
  const args = [
    ...["--app-id", options.appId, "--app-protocol", "http"],
    ...(options.appPort === undefined
      ? []
      : ["--app-port", String(options.appPort), "--app-channel-address", "127.0.0.1"]),
    ...[
      "--dapr-listen-addresses",
      "127.0.0.1",
      "--dapr-http-port",
      String(httpPort),
      "--dapr-grpc-port",
      String(grpcPort),
    ],
    ...["--dapr-internal-grpc-listen-address", "127.0.0.1", "--dapr-internal-grpc-port", String(internalPort)],
    ...["--metrics-listen-address", "127.0.0.1", "--metrics-port", String(metricsPort)],
    ...[...(options.configurations ?? []), resolution].flatMap((file) => ["--config", file]),
    ...(options.resources ?? []).flatMap((path) => ["--resources-path", path]),
    ...["--log-as-json", "--log-level", options.logLevel ?? "warn"],
    ...(options.scheduler ? ["--scheduler-host-address", options.scheduler.address] : []),
    ...(options.sentry ? mutualTls(options.sentry) : []),
    ...(options.flags ?? []),
  ];
  const env = {
    // The address under which other sidecars find this one; daprd would take that of the first interface.
    DAPR_HOST_IP: "127.0.0.1",
    NAMESPACE: options.namespace ?? "default",
    ...options.sentry?.environment,
    ...options.env,
  };
  const ready = async () => (await fetch(`${url}/v1.0/healthz/outbound`)).ok;
  let current: EngineProcess | undefined;
  const start = async () => {
    current = await startProcess({ name: "daprd", command, args, env, folder: folder.path, ready });
  };
  await start();
  return {
    appId: options.appId,
    url,
    httpPort,
    grpcPort,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    get pid() {
      return current?.pid ?? 0;
    },
    log: join(folder.path, "daprd.log"),
    get ended() {
      return current?.ended ?? Promise.resolve();
    },
    signal: (signal) => current?.signal(signal),
    async kill() {
      current?.signal("SIGKILL");
      await current?.ended;
    },
    start,
    async stop() {
      await current?.stop();
      folder.remove();
    },
  };
}

function mutualTls(sentry: Sentry): readonly string[] {
  return [
    ...["--enable-mtls", "--sentry-address", sentry.address],
    ...["--control-plane-trust-domain", sentry.trustDomain, "--control-plane-namespace", controlPlaneNamespace],
  ];
}

/** Outside Kubernetes daprd finds others by multicast, which loopback does not carry: a shared file does it instead. */
function writeNameResolution(folder: string, database: string): string {
  const path = join(folder, "name-resolution.json");
  const nameResolution = { component: "sqlite", version: "v1", configuration: { connectionString: database } };
  writeFileSync(
    path,
    JSON.stringify({ apiVersion: "dapr.io/v1alpha1", kind: "Configuration", spec: { nameResolution } }),
  );
  return path;
}
