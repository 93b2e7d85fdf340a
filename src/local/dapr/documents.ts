/** The manifests of an environment as they stand in the checkout, those that Dapr, Kafka and the sidecars are made from. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "#emit/document";
import { parseManifest } from "#emit/parse";
import { LocalError } from "../local-error.ts";

export interface RenderedDocuments {
  /** Components, Subscriptions and Resiliency: what every sidecar is offered, and takes by its `scopes`. */
  readonly resources: readonly Manifest[];
  /** Dapr Configurations by service. */
  readonly configurations: ReadonlyMap<string, Manifest>;
  /** Annotations of the pod templates by service. */
  readonly annotations: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly kafkaTopics: readonly Manifest[];
  readonly kafkaUsers: readonly Manifest[];
}

const RESOURCES: readonly string[] = ["Component", "Subscription", "Resiliency"];

interface PodTemplate {
  readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
}

/**
 * @param folder e.g. `gitops/dev`
 * @throws LocalError when nothing was rendered there
 */
export function readRendered(folder: string): RenderedDocuments {
  const wanted =
    /^(component|subscription|resiliency|configuration)\.dapr\.io_|^kafka(topic|user)\.|^deployment\.apps_/;
  const manifests = filesBelow(folder)
    .filter(({ name }) => wanted.test(name))
    .map(({ path }) => parseManifest(readFileSync(path, "utf8"), path));
  const ofKind = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
  const configurations = new Map(ofKind("Configuration").map((manifest) => [manifest.metadata.name, manifest]));
  const pods = ofKind("Deployment").flatMap(({ metadata, spec }): [string, Readonly<Record<string, string>>][] => {
    const { annotations } = (spec as PodTemplate).template.metadata;
    return annotations?.["dapr.io/enabled"] === "true" ? [[metadata.name, annotations]] : [];
  });
  if (configurations.size === 0 || pods.length === 0)
    throw new LocalError(`${folder} holds no Dapr documents: render them with npm run synth`);
  return {
    resources: manifests.filter(({ kind }) => RESOURCES.includes(kind)),
    configurations,
    annotations: new Map(pods),
    kafkaTopics: ofKind("KafkaTopic"),
    kafkaUsers: ofKind("KafkaUser"),
  };
}

function filesBelow(folder: string): { readonly name: string; readonly path: string }[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }));
  } catch {
    return [];
  }
}
