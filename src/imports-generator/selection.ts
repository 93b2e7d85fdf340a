import type { CustomResource } from "./custom-resources.ts";

/** The kinds of one API group that the platform may render, and the project whose release defines them. */
export interface SelectedGroup {
  /** Part of the addresses in `cdk8s.yaml` that lead to this group's definitions. */
  readonly project: string;
  readonly kinds: readonly string[];
}

/**
 * What `npm run imports` keeps of the upstream bundles, which define some 150 kinds more. To use another kind, add
 * its name here (and its address to `cdk8s.yaml` if its project is new), then run `npm run imports`.
 */
export const selection: Readonly<Record<string, SelectedGroup>> = {
  "argoproj.io": { project: "argoproj/argo-cd", kinds: ["AppProject", "Application"] },
  "cert-manager.io": { project: "cert-manager/cert-manager", kinds: ["Certificate", "ClusterIssuer"] },
  "dapr.io": {
    project: "dapr/dapr",
    kinds: ["Component", "Configuration", "MCPServer", "Resiliency", "Subscription"],
  },
  "external-secrets.io": {
    project: "external-secrets/external-secrets",
    kinds: ["ClusterSecretStore", "ExternalSecret"],
  },
  "gateway.envoyproxy.io": {
    project: "envoyproxy/gateway",
    kinds: ["BackendTrafficPolicy", "ClientTrafficPolicy", "EnvoyProxy", "SecurityPolicy"],
  },
  "gateway.networking.k8s.io": {
    project: "kubernetes-sigs/gateway-api",
    kinds: ["BackendTLSPolicy", "Gateway", "GatewayClass", "HTTPRoute", "ReferenceGrant"],
  },
  "generators.external-secrets.io": { project: "external-secrets/external-secrets", kinds: ["Password"] },
  "kafka.strimzi.io": {
    project: "strimzi/strimzi-kafka-operator",
    kinds: ["Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"],
  },
  "keda.sh": { project: "kedacore/keda", kinds: ["ScaledObject", "TriggerAuthentication"] },
  "monitoring.coreos.com": {
    project: "prometheus-operator/prometheus-operator",
    kinds: ["PodMonitor", "PrometheusRule", "ServiceMonitor"],
  },
  "postgresql.cnpg.io": {
    project: "cloudnative-pg/cloudnative-pg",
    kinds: ["Cluster", "Database", "Pooler", "ScheduledBackup"],
  },
};

export function isSelected({ group, kind }: Pick<CustomResource, "group" | "kind">): boolean {
  return selection[group]?.kinds.includes(kind) ?? false;
}

/** Selected kinds, as `<group>/<kind>`, that none of the resources defines. */
export function missingKinds(resources: readonly CustomResource[]): string[] {
  const found = new Set(resources.map(({ group, kind }) => `${group}/${kind}`));
  return Object.entries(selection)
    .flatMap(([group, { kinds }]) => kinds.map((kind) => `${group}/${kind}`))
    .filter((id) => !found.has(id));
}

/** The pinned addresses a group's definitions come from; empty for a group that is not selected. */
export function upstreamOf(group: string, addresses: readonly string[]): string[] {
  const project = selection[group]?.project;
  return project === undefined ? [] : addresses.filter((address) => address.includes(`/${project}/`));
}
