/** A daprd beside every service, on the documents of an environment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "#emit/document";
import { namespaces } from "#model/names";
import { LocalError } from "../local-error.ts";
import type { SidecarSurroundings } from "../supervisor/sidecars.ts";
import { demandsOf } from "./annotations.ts";
import type { RenderedDocuments } from "./documents.ts";
import { type Daprd, startDaprd, temporaryFolder } from "./engines.ts";
import { type LocalAddresses, localDocument } from "./overlay.ts";
import { allStarted, type Platform } from "./platform.ts";

export interface DaprdsProps {
  readonly rendered: RenderedDocuments;
  readonly platform: Platform;
  readonly surroundings: SidecarSurroundings;
  readonly spans: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** @returns the sidecars by service; `stack` ends them together */
export async function startDaprds(
  stack: AsyncDisposableStack,
  props: DaprdsProps,
): Promise<ReadonlyMap<string, Daprd>> {
  const folder = temporaryFolder("daprd-documents");
  stack.defer(() => folder.remove());
  const write = writeDocuments(folder.path, props);
  const daprds = new Map<string, Daprd>();
  stack.defer(async () => {
    await Promise.all([...daprds.values()].map((daprd) => daprd.stop()));
  });
  const names = join(folder.path, "names.db");
  await allStarted(
    Object.keys(props.surroundings.model.services).map(async (service) => {
      daprds.set(service, await startOne(service, names, write, props));
    }),
  );
  return daprds;
}

interface Written {
  /** Every sidecar is offered all of them, as in a namespace; `scopes` say which it takes. */
  readonly resources: string;
  readonly configurationOf: (service: string) => string;
}

function writeDocuments(folder: string, { rendered, platform, surroundings, spans }: DaprdsProps): Written {
  const addresses: LocalAddresses = {
    kafka: platform.kafka.kafka.bootstrap,
    valkey: platform.valkey.address,
    sentry: platform.sentry.address,
    secretsFile: surroundings.settings.secretsFile,
    spans,
  };
  const write = (into: string, document: Manifest): string => {
    const path = join(into, `${document.kind}-${document.metadata.name}.yaml`.toLowerCase());
    writeFileSync(path, JSON.stringify(localDocument(document, addresses), null, 2), { mode: 0o600 });
    return path;
  };
  const resources = join(folder, "resources");
  mkdirSync(resources);
  for (const document of rendered.resources) write(resources, document);
  const configurations = new Map(
    [...rendered.configurations].map(([name, document]) => [name, write(folder, document)]),
  );
  return {
    resources,
    configurationOf: (name) => {
      const path = configurations.get(name);
      if (!path) throw new LocalError(`no Configuration "${name}" is rendered: run npm run synth`);
      return path;
    },
  };
}

function startOne(
  service: string,
  names: string,
  { resources, configurationOf }: Written,
  { rendered, platform, surroundings, logLevel }: DaprdsProps,
): Promise<Daprd> {
  const annotations = rendered.annotations.get(service);
  if (!annotations) throw new LocalError(`no pod of ${service} is rendered: run npm run synth`);
  const { flags, env } = demandsOf(annotations, platform.secret);
  const appPort = surroundings.model.services[service]?.port;
  return startDaprd({
    appId: annotations["dapr.io/app-id"] ?? service,
    ...(appPort === undefined ? {} : { appPort }),
    httpPort: surroundings.settings.daprPort(service),
    namespace: namespaces.apps,
    names,
    resources: [resources],
    configurations: [configurationOf(annotations["dapr.io/config"] ?? service)],
    sentry: platform.sentry,
    scheduler: platform.scheduler,
    // The same variable as in the pod, with another file.
    env: { ...env, ...(env.SSL_CERT_FILE ? { SSL_CERT_FILE: platform.valkeyCa } : {}) },
    flags,
    logLevel,
  });
}
