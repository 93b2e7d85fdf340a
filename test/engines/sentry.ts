import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { enginePath } from "./paths.ts";
import { freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";

export interface Sentry {
  /** `host:port` for workloads that ask for a certificate. */
  readonly address: string;
  /** Trust domain of the control plane; callers have the one of their Configuration, `public` unless it says another. */
  readonly trustDomain: string;
  /** File with the PEM certificate that everything in the mesh trusts. */
  readonly trustAnchorsFile: string;
  /** What a daprd needs in its environment to prove itself to this sentry. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  /** Ends the process and removes its keys. */
  stop(): Promise<void>;
}

/** Namespace of the control plane: part of the identity by which sidecars know their sentry. */
export const controlPlaneNamespace = "dapr-system";

const daprSystem = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: { name: daprsystem }
spec:
  mtls: { enabled: true, workloadCertTTL: 24h, allowedClockSkew: 15m }
`;

/** Starts Dapr's certificate authority on loopback; it makes its own root and issuer. */
export function startSentry({ trustDomain = "cluster.local" } = {}): Promise<Sentry> {
  return inTemporaryFolder("sentry", (folder) => startIn(folder, trustDomain));
}

async function startIn(folder: TemporaryFolder, trustDomain: string): Promise<Sentry> {
  const command = enginePath("sentry");
  const [port, healthPort, metricsPort] = await freePorts(3);
  const credentials = join(folder.path, "credentials");
  const configuration = join(folder.path, "daprsystem.yaml");
  mkdirSync(credentials, { mode: 0o700 });
  writeFileSync(configuration, daprSystem);
  const sentry = await startProcess({
    name: "sentry",
    command,
    args: [
      ...["--config", configuration, "--issuer-credentials", credentials, "--trust-domain", trustDomain],
      ...["--listen-address", "127.0.0.1", "--port", String(port)],
      // Dapr binds its health endpoint to every interface, whatever `--healthz-listen-address` says (1.18).
      ...["--healthz-listen-address", "127.0.0.1", "--healthz-port", String(healthPort)],
      ...["--metrics-listen-address", "127.0.0.1", "--metrics-port", String(metricsPort)],
    ],
    env: { NAMESPACE: controlPlaneNamespace },
    folder: folder.path,
    ready: async () => (await fetch(`http://127.0.0.1:${healthPort}/healthz`)).ok,
  });
  const read = (name: string) => readFileSync(join(credentials, name), "utf8");
  return {
    address: `127.0.0.1:${port}`,
    trustDomain,
    trustAnchorsFile: join(credentials, "ca.crt"),
    environment: {
      DAPR_TRUST_ANCHORS: read("ca.crt"),
      DAPR_CERT_CHAIN: read("issuer.crt"),
      DAPR_CERT_KEY: read("issuer.key"),
    },
    pid: sentry.pid,
    async stop() {
      await sentry.stop();
      folder.remove();
    },
  };
}
