import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { loadAll } from "js-yaml";
import type { ApiServer } from "./api-server.ts";
import { untilDefinitionsEstablished } from "./definitions.ts";
import { assertSucceeded, type Kubectl } from "./kubectl.ts";
import { cachedData, enginePath } from "./paths.ts";
import { enginePins } from "./pins.ts";
import { type EngineProcess, freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";
import { startValkey } from "./valkey.ts";

type Data = Readonly<Record<string, string>>;

export interface ArgoCdOptions {
  /** The cluster in which it is installed, which is also the one that it deploys to. */
  readonly server: ApiServer;
  /** Entries of `argocd-cm`, over those of Argo CD's own installation. */
  readonly settings?: Data;
  /** Entries of `argocd-cmd-params-cm`, which become its processes' environment. */
  readonly parameters?: Data;
  /** PEM certificates by host name, for git servers that no public authority vouches for: `argocd-tls-certs-cm`. */
  readonly tlsCertificates?: Data;
}

export interface ArgoCd {
  /** Files with what the processes print. */
  readonly logs: readonly string[];
  /** Ends the processes; what they made stays in the cluster. */
  stop(): Promise<void>;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Data;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly name: string;
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly configMapKeyRef?: { readonly name: string; readonly key: string } };
  }[];
}

const namespace = "argocd";

/** Argo CD's installation without its server, and a script that the repo server calls. */
const share = cachedData("argocd", enginePins.argocd);

/**
 * Installs Argo CD's resource definitions and settings from its own manifests, and runs its application controller and repo
 * server beside the API server, with a Valkey or Redis. Both act as the administrator of the cluster.
 */
export function startArgoCd(options: ArgoCdOptions): Promise<ArgoCd> {
  return inTemporaryFolder("argocd", (folder) => startIn(folder, options));
}

async function startIn(folder: TemporaryFolder, options: ArgoCdOptions): Promise<ArgoCd> {
  const manifests = loadAll(readFileSync(join(share, "core-install.yaml"), "utf8")) as Manifest[];
  const configuration = configurationOf(manifests, options);
  await install(options.server.kubectl, manifests, configuration);
  const running: Pick<EngineProcess, "log" | "stop">[] = [];
  const stop = async () => {
    for (const part of running.toReversed()) await part.stop();
    folder.remove();
  };
  try {
    const redis = await startValkey();
    running.push(redis);
    const repoServer = await startRepoServer(folder.path, redis.address, manifests, configuration);
    running.push(repoServer.process);
    running.push(
      await startController(folder.path, redis.address, repoServer.address, options.server, manifests, configuration),
    );
    return { logs: running.map(({ log }) => log), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The ConfigMaps and Secrets of the installation with the caller's entries in them, by name. */
function configurationOf(manifests: readonly Manifest[], options: ArgoCdOptions): ReadonlyMap<string, Manifest> {
  const entries: Readonly<Record<string, Data | undefined>> = {
    "argocd-cm": options.settings,
    "argocd-cmd-params-cm": options.parameters,
    "argocd-tls-certs-cm": options.tlsCertificates,
  };
  const wanted = manifests.filter(({ kind }) => kind === "ConfigMap" || kind === "Secret");
  return new Map(
    wanted.map((manifest) => {
      const { name } = manifest.metadata;
      const data = { ...manifest.data, ...entries[name] };
      return [name, { ...manifest, metadata: { ...manifest.metadata, namespace }, data }];
    }),
  );
}

async function install(
  kubectl: Kubectl,
  manifests: readonly Manifest[],
  configuration: ReadonlyMap<string, Manifest>,
): Promise<void> {
  const definitions = manifests.filter(({ kind }) => kind === "CustomResourceDefinition");
  const own = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  const items = [...definitions, own, ...configuration.values()];
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const apply = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
  assertSucceeded("installing Argo CD", await kubectl(apply, list));
  await untilDefinitionsEstablished(kubectl);
}

/** What the kubelet would put into a container's environment: Argo CD reads its parameters from there. */
function environmentOf(
  workload: string,
  manifests: readonly Manifest[],
  configuration: ReadonlyMap<string, Manifest>,
): Record<string, string> {
  const containers = manifests.find(({ metadata, spec }) => metadata.name === workload && spec?.template)?.spec
    ?.template?.spec.containers;
  const container = containers?.find(({ name }) => name === workload);
  if (!container?.env) throw new Error(`Argo CD's manifests have no container ${workload}`);
  const environment: Record<string, string> = {};
  for (const { name, valueFrom } of container.env) {
    const reference = valueFrom?.configMapKeyRef;
    const value = reference && configuration.get(reference.name)?.data?.[reference.key];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

interface Listening {
  readonly process: EngineProcess;
  readonly address: string;
}

/** One program is all of Argo CD: it is what it is called. */
function programAs(folder: string, name: string): string {
  const link = join(folder, name);
  symlinkSync(enginePath("argocd"), link);
  return link;
}

const isHealthy = (port: number) => async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;

async function startRepoServer(
  folder: string,
  redis: string,
  manifests: readonly Manifest[],
  configuration: ReadonlyMap<string, Manifest>,
): Promise<Listening> {
  const name = "argocd-repo-server";
  const [port, metricsPort] = await freePorts(2);
  const mounted = (folderName: string, configMap?: string): string => {
    const path = join(folder, folderName);
    mkdirSync(path);
    for (const [file, text] of Object.entries(configuration.get(configMap ?? "")?.data ?? {})) {
      writeFileSync(join(path, file), text);
    }
    return path;
  };
  const repoServer = await startProcess({
    name,
    command: programAs(folder, name),
    args: [
      ...["--address", "127.0.0.1", "--port", String(port)],
      ...["--metrics-address", "127.0.0.1", "--metrics-port", String(metricsPort)],
      ...["--redis", redis],
    ],
    env: {
      ...environmentOf(name, manifests, configuration),
      PATH: [share, process.env.PATH].join(delimiter),
      HOME: folder,
      TMPDIR: mounted("checkouts"),
      ARGOCD_TLS_DATA_PATH: mounted("tls", "argocd-tls-certs-cm"),
      ARGOCD_SSH_DATA_PATH: mounted("ssh", "argocd-ssh-known-hosts-cm"),
      ARGOCD_PLUGINSOCKFILEPATH: mounted("plugins"),
      // It would make a key ring at a fixed path; no project here asks for signed commits.
      ARGOCD_GPG_ENABLED: "false",
    },
    folder,
    ready: isHealthy(metricsPort),
  });
  return { process: repoServer, address: `127.0.0.1:${port}` };
}

async function startController(
  folder: string,
  redis: string,
  repoServer: string,
  server: ApiServer,
  manifests: readonly Manifest[],
  configuration: ReadonlyMap<string, Manifest>,
): Promise<EngineProcess> {
  const name = "argocd-application-controller";
  const [metricsPort] = await freePorts(1);
  return startProcess({
    name,
    command: programAs(folder, name),
    args: [
      ...["--kubeconfig", server.kubeconfig, "--namespace", namespace],
      ...["--redis", redis, "--repo-server", repoServer],
      ...["--metrics-port", String(metricsPort)],
    ],
    env: {
      ...environmentOf(name, manifests, configuration),
      HOME: folder,
      // The cluster https://kubernetes.default.svc is then the one of this file, not that of a pod's own token.
      ARGOCD_FAKE_IN_CLUSTER: "true",
      KUBECONFIG: server.kubeconfig,
      KUBECACHEDIR: join(folder, "kubecache"),
    },
    folder,
    ready: isHealthy(metricsPort),
  });
}
