/** The bare chain beside the product: its processes and their sidecars on the same brokers, database and authority. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "#emit/document";
import { demandsOf } from "#local/dapr/annotations";
import { type Daprd, freePorts, startDaprd, startProcess, temporaryFolder } from "#local/dapr/engines";
import { localDocument } from "#local/dapr/overlay";
import { allStarted } from "#local/dapr/platform";
import type { RealSidecars } from "#local/dapr/start";
import { namespaces, secretNames } from "#model/names";
import { paths } from "#model/paths";
import { bareAnnotations, bareApps, bareConfiguration, bareResources, modelOf } from "./documents.ts";
import { backApp, frontApp } from "./names.ts";

export interface BareProps {
  readonly sidecars: RealSidecars;
  readonly subscribers: number;
  readonly apiToken: string;
  /** Of the database that the product has its schemas in; the table `bench.tasks` is there. */
  readonly databaseUrl: string;
}

export interface BareApp {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly daprd: Daprd;
}

export interface Bare {
  readonly front: BareApp;
  readonly backs: readonly BareApp[];
}

/** @param stack ends everything in the opposite order */
export async function startBare(stack: AsyncDisposableStack, props: BareProps): Promise<Bare> {
  const folder = temporaryFolder("bench-bare");
  stack.defer(() => folder.remove());
  const documents = writeDocuments(folder.path, props);
  const names = bareApps(props.subscribers);
  const ports = await freePorts(2 * names.length);
  const [portOf, daprPortOf] = [
    (name: string) => ports[2 * names.indexOf(name)] ?? 0,
    (name: string) => ports[2 * names.indexOf(name) + 1] ?? 0,
  ];
  const startApp = async (name: string): Promise<BareApp> => {
    const url = `http://127.0.0.1:${portOf(name)}`;
    const own = join(folder.path, name);
    mkdirSync(own);
    const app = await startProcess({
      name,
      command: process.execPath,
      args: ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "app.ts")],
      env: {
        NODE_ENV: "production",
        PORT: String(portOf(name)),
        DAPR_HTTP_PORT: String(daprPortOf(name)),
        DAPR_API_TOKEN: props.apiToken,
        CALLEE: backApp(1),
        CALLEE_PORT: String(portOf(backApp(1))),
        DATABASE_URL: props.databaseUrl,
      },
      folder: own,
      ready: async () => (await fetch(url + paths.ready)).ok,
    });
    stack.defer(() => app.stop());
    const daprd = await startSidecar(name, portOf(name), daprPortOf(name), documents, props);
    stack.defer(() => daprd.stop());
    return { name, url, pid: app.pid, daprd };
  };
  const [front, ...backs] = await allStarted(names.map(startApp));
  if (!front) throw new TypeError(`${frontApp} was not started`);
  return { front, backs };
}

interface Documents {
  readonly resources: string;
  readonly configuration: string;
  readonly nameResolution: string;
}

function writeDocuments(folder: string, { sidecars, subscribers }: BareProps): Documents {
  const { platform, rendered } = sidecars;
  const addresses = {
    kafka: platform.kafka.kafka.bootstrap,
    valkey: platform.valkey.address,
    sentry: platform.sentry.address,
    // No bare sidecar has a secret store.
    secretsFile: "",
  };
  const write = (into: string, document: Manifest): string => {
    const path = join(into, `${document.kind}-${document.metadata.name}.yaml`.toLowerCase());
    writeFileSync(path, JSON.stringify(localDocument(document, addresses)), { mode: 0o600 });
    return path;
  };
  const resources = join(folder, "resources");
  mkdirSync(resources);
  for (const document of bareResources(rendered, subscribers)) write(resources, document);
  const configuration = write(folder, bareConfiguration(rendered));
  return { resources, configuration, nameResolution: join(folder, "names.db") };
}

function startSidecar(
  name: string,
  appPort: number,
  httpPort: number,
  { resources, configuration, nameResolution }: Documents,
  { sidecars: { platform, rendered } }: BareProps,
): Promise<Daprd> {
  // The pod's own secrets, but its own user of Kafka.
  const { flags, env } = demandsOf(bareAnnotations(rendered, name), (secret, key) =>
    platform.secret(secret === secretNames.kafka(modelOf(name)) ? secretNames.kafka(name) : secret, key),
  );
  return startDaprd({
    appId: name,
    appPort,
    httpPort,
    namespace: namespaces.apps,
    names: nameResolution,
    resources: [resources],
    configurations: [configuration],
    sentry: platform.sentry,
    scheduler: platform.scheduler,
    env,
    flags,
  });
}
