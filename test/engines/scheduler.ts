import { join } from "node:path";
import { enginePath } from "./paths.ts";
import { freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";
import { controlPlaneNamespace, type Sentry } from "./sentry.ts";

export interface Scheduler {
  /** `host:port` for sidecars. */
  readonly address: string;
  readonly pid: number;
  /** Ends the process and removes its jobs. */
  stop(): Promise<void>;
}

/** Sentry issues the embedded etcd's certificate for the names of the chart's stateful set alone. */
const memberName = "dapr-scheduler-server-0";

/** Starts Dapr's scheduler, one member with its embedded etcd, on loopback; with a sentry it speaks mTLS alone. */
export function startScheduler({ sentry }: { readonly sentry?: Sentry } = {}): Promise<Scheduler> {
  return inTemporaryFolder("scheduler", (folder) => startIn(folder, sentry));
}

async function startIn(folder: TemporaryFolder, sentry: Sentry | undefined): Promise<Scheduler> {
  const command = enginePath("scheduler");
  const [port, healthPort, metricsPort, etcdPeerPort, etcdClientPort] = await freePorts(5);
  const scheme = sentry ? "https" : "http";
  const address = `127.0.0.1:${port}`;
  const scheduler = await startProcess({
    name: "scheduler",
    command,
    args: [
      ...["--id", memberName, "--listen-address", "127.0.0.1", "--port", String(port)],
      ...["--override-broadcast-host-port", address],
      ...[
        "--etcd-data-dir",
        join(folder.path, "data"),
        "--etcd-initial-cluster",
        `${memberName}=${scheme}://127.0.0.1:${etcdPeerPort}`,
      ],
      ...["--etcd-client-listen-address", "127.0.0.1", "--etcd-client-port", String(etcdClientPort)],
      ...["--healthz-listen-address", "127.0.0.1", "--healthz-port", String(healthPort)],
      ...["--metrics-listen-address", "127.0.0.1", "--metrics-port", String(metricsPort)],
      ...["--identity-directory-write", join(folder.path, "identity")],
      ...(sentry
        ? [
            ...["--tls-enabled", "--sentry-address", sentry.address, "--trust-domain", sentry.trustDomain],
            ...["--trust-anchors-file", sentry.trustAnchorsFile],
          ]
        : []),
    ],
    env: { NAMESPACE: controlPlaneNamespace, ...sentry?.environment },
    folder: folder.path,
    ready: async () => (await fetch(`http://127.0.0.1:${healthPort}/healthz`)).ok,
  });
  return {
    address,
    pid: scheduler.pid,
    async stop() {
      await scheduler.stop();
      folder.remove();
    },
  };
}
