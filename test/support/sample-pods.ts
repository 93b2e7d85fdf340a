/** Pods as they run in a cluster, with the labels that charts and operators give them, written down independently. */
import type { AddressEndpoint, Endpoint, PodEndpoint } from "./network-policy-reader.ts";

const pod = (namespace: string, id: string, labels: Record<string, string>): PodEndpoint => ({
  kind: "pod",
  id,
  namespace,
  labels,
});
const chart = (name: string, more: Record<string, string> = {}) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": name,
  ...more,
});
const strimzi = (name: string) => ({
  "strimzi.io/cluster": "todo-kafka",
  "strimzi.io/kind": "Kafka",
  "strimzi.io/name": `todo-kafka-${name}`,
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "strimzi-todo-kafka",
});
const cnpg = (more: Record<string, string>) => ({
  "cnpg.io/cluster": "todo-postgres",
  "app.kubernetes.io/name": "postgresql",
  ...more,
});

/** Pods of the platform; `-stranger` is what runs in a namespace and no edge names. */
export const platformPods: readonly PodEndpoint[] = [
  pod("todo-apps", "acme-solver@apps", { "acme.cert-manager.io/http01-solver": "true" }),
  pod("todo-apps", "apps-stranger", { "app.kubernetes.io/name": "debug" }),
  pod("infra-services", "kafka", strimzi("kafka")),
  pod("infra-services", "entity-operator", strimzi("entity-operator")),
  pod("infra-services", "kafka-exporter", strimzi("kafka-exporter")),
  pod("infra-services", "kafka-ui", chart("kafka-ui")),
  pod("infra-services", "postgres", cnpg({ "cnpg.io/podRole": "instance", "cnpg.io/instanceRole": "primary" })),
  pod(
    "infra-services",
    "postgres-pooler",
    cnpg({ "cnpg.io/podRole": "pooler", "cnpg.io/poolerName": "todo-postgres-pooler" }),
  ),
  pod("infra-services", "valkey", chart("valkey")),
  pod("infra-services", "schema-registry", chart("schema-registry")),
  pod("infra-services", "schema-registration", {
    "app.kubernetes.io/name": "schema-registration",
    "app.kubernetes.io/part-of": "todo",
    "app.kubernetes.io/component": "schema-registration",
  }),
  pod("infra-services", "infra-stranger", chart("debug")),
  pod("infra-secrets", "secrets-stranger", chart("debug")),
  pod("dapr-system", "dapr-operator", { app: "dapr-operator" }),
  pod("dapr-system", "dapr-sentry", { app: "dapr-sentry" }),
  pod("dapr-system", "dapr-scheduler", { app: "dapr-scheduler-server" }),
  pod("dapr-system", "dapr-sidecar-injector", { app: "dapr-sidecar-injector" }),
  pod("dapr-system", "dapr-stranger", { app: "debug" }),
  pod("monitoring", "prometheus", chart("prometheus")),
  pod("monitoring", "prometheus-operator", { app: "kube-prometheus-stack-operator" }),
  pod("monitoring", "alertmanager", chart("alertmanager")),
  pod("monitoring", "opentelemetry-collector", chart("opentelemetry-collector")),
  pod("monitoring", "loki", chart("loki")),
  pod("ingress", "envoy", {
    "app.kubernetes.io/name": "envoy",
    "app.kubernetes.io/component": "proxy",
    "app.kubernetes.io/managed-by": "envoy-gateway",
    "gateway.envoyproxy.io/owning-gateway-name": "todo",
    "gateway.envoyproxy.io/owning-gateway-namespace": "ingress",
  }),
  pod("ingress", "envoy-gateway", chart("gateway-helm", { "control-plane": "envoy-gateway" })),
  pod("ingress", "envoy-gateway-certgen", { app: "certgen" }),
  pod("ingress", "acme-solver", { "acme.cert-manager.io/http01-solver": "true" }),
  pod("ingress", "ingress-stranger", chart("debug")),
  pod("kube-system", "kube-dns", { "k8s-app": "kube-dns" }),
  pod("kube-system", "node-local-dns", { "k8s-app": "node-local-dns" }),
  pod("kube-system", "kube-system-stranger", { "k8s-app": "other" }),
  pod("keda", "keda-operator", chart("keda-operator", { app: "keda-operator" })),
  pod("keda", "keda-stranger", chart("keda-admission-webhooks")),
  pod("strimzi-system", "strimzi-operator", {
    name: "strimzi-cluster-operator",
    "strimzi.io/kind": "cluster-operator",
  }),
  pod("cnpg-system", "cloudnative-pg", chart("cloudnative-pg")),
  pod("cert-manager", "cert-manager", chart("cert-manager")),
  pod("default", "default-stranger", { "app.kubernetes.io/name": "gateway" }),
];

const address = (id: string, ip: string): AddressEndpoint => ({ kind: "address", id, ip });

export const addresses: readonly AddressEndpoint[] = [
  address("internet", "8.8.8.8"),
  address("internet-v6", "2606:4700::1111"),
  address("private-10", "10.20.30.40"),
  address("private-172", "172.18.0.2"),
  address("private-192", "192.168.7.7"),
  address("private-100", "100.64.3.2"),
  address("private-v6", "fd00::7"),
  address("metadata-server", "169.254.169.254"),
  address("node-local-dns-address", "169.254.20.10"),
];

/** Addresses that belong to a named set. */
export const addressSets: Readonly<Record<string, readonly string[]>> = {
  internet: ["internet", "internet-v6"],
  "private-network": ["private-10", "private-172", "private-192", "private-100"],
  "metadata-server": ["metadata-server"],
  "node-local-dns-address": ["node-local-dns-address"],
};

export const isPod = (endpoint: Endpoint): endpoint is PodEndpoint => endpoint.kind === "pod";
