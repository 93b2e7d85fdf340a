/** What exists once everything is applied: what is rendered, and what operators and Kubernetes make from it. */
import { namespaces } from "#model/names";
import { helmSourcesOf } from "./applications.ts";
import { listAt, once, textAt, textMapAt, textsAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

/** `Kind namespace/name`, `Kind -/name` without a namespace. */
export const nameKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind} ${namespace ?? "-"}/${name}`;

/** The resource from which something comes into being; `null`: it is there without anything of ours. */
type Definitions = ReadonlyMap<string, Resource | null>;

/** Secrets that Strimzi's cluster operator and user operator write. */
const CLUSTER_SECRETS = ["cluster-ca", "cluster-ca-cert", "clients-ca", "clients-ca-cert"];
/** Secrets that CloudNativePG writes: https://cloudnative-pg.io/documentation/current/applications/ */
const POSTGRES_SECRETS = ["app", "ca", "server", "replication", "superuser"];

function secretsMadeBy({ kind, metadata: { name, ...metadata }, spec }: Resource["manifest"]): readonly string[] {
  switch (kind) {
    case "ExternalSecret":
      return [textAt(spec, "target", "name") ?? name];
    case "Certificate":
      return [textAt(spec, "secretName") ?? ""];
    case "KafkaUser":
      return [name];
    case "Kafka":
      return CLUSTER_SECRETS.map((suffix) => `${name}-${suffix}`);
    case "Cluster":
      return POSTGRES_SECRETS.map((suffix) => `${name}-${suffix}`);
    case "Ingress":
      return "cert-manager.io/cluster-issuer" in textMapAt(metadata, "annotations")
        ? listAt(spec, "tls").map((entry) => String(entry.secretName))
        : [];
    default:
      return [];
  }
}

/** Services that operators make for a resource of ours. */
function servicesMadeBy({ kind, metadata: { name } }: Resource["manifest"]): readonly string[] {
  switch (kind) {
    case "Kafka":
      return [`${name}-kafka-bootstrap`, `${name}-kafka-brokers`];
    case "Cluster":
      return [`${name}-rw`, `${name}-ro`, `${name}-r`];
    case "Pooler":
      return [name];
    default:
      return [];
  }
}

const builtIn: readonly string[] = [
  ...["kube-system", "kube-public", "kube-node-lease", "default"].map((name) => nameKey("Namespace", undefined, name)),
  ...["system-cluster-critical", "system-node-critical"].map((name) => nameKey("PriorityClass", undefined, name)),
  ...["cluster-admin", "admin", "edit", "view", "system:auth-delegator"].map((name) =>
    nameKey("ClusterRole", undefined, name),
  ),
  nameKey("AppProject", namespaces.argocd, "default"),
];

export const definitionsOf: (rendering: Rendering) => Definitions = once((rendering) => {
  const known = new Map<string, Resource | null>(builtIn.map((key) => [key, null]));
  for (const source of helmSourcesOf(rendering)) {
    const options = textsAt(source.resource.manifest.spec, "syncPolicy", "syncOptions");
    if (options.includes("CreateNamespace=true")) {
      known.set(nameKey("Namespace", undefined, source.namespace), source.resource);
    }
  }
  for (const resource of rendering.resources) {
    const { manifest } = resource;
    const { namespace, name } = manifest.metadata;
    known.set(nameKey(manifest.kind, namespace, name), resource);
    for (const secret of secretsMadeBy(manifest)) known.set(nameKey("Secret", namespace, secret), resource);
    for (const service of servicesMadeBy(manifest)) known.set(nameKey("Service", namespace, service), resource);
  }
  return known;
});

/** Namespaces into which charts of others install what no rendering shows, such as their service accounts. */
const chartNamespaces: (rendering: Rendering) => ReadonlySet<string> = once(
  (rendering) => new Set(helmSourcesOf(rendering).map(({ namespace }) => namespace)),
);

/** Whether it exists without a resource of ours behind it. */
export function isGiven(rendering: Rendering, kind: string, namespace: string | undefined, name: string): boolean {
  switch (kind) {
    case "ConfigMap":
      return name === "kube-root-ca.crt";
    case "Secret":
      // Seeded by hand, by one documented command.
      return namespace === namespaces.secrets;
    case "ServiceAccount":
      return name === "default" || chartNamespaces(rendering).has(namespace ?? "");
    case "ClusterRole":
      return name.startsWith("system:");
    default:
      return false;
  }
}

/** Ports of a rendered Service, by number. */
export const servicePorts = (service: Resource): ReadonlySet<number> =>
  new Set(listAt(service.manifest.spec, "ports").map(({ port }) => Number(port)));
