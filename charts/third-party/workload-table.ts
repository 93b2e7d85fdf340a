/** Every pod that the third-party charts start, with its containers' requests and memory limits. */

import type { PlatformInputs } from "./inputs.ts";

/** Where a request comes from. `choice` is ours and was not measured: `unknown.ts` says so. */
export type Basis = "chart default" | "example in the chart" | "project documentation" | "choice";

export interface Sized {
  readonly small: number;
  readonly standard: number;
}

export interface ContainerRow {
  /** Millicores. */
  readonly cpu: Sized;
  /** Mebibytes. */
  readonly memory: Sized;
  /** Mebibytes. */
  readonly memoryLimit: Sized;
  readonly basis: Basis;
}

type Count = (inputs: PlatformInputs) => number;

type Replicas = "node" | "job" | Count;

export interface WorkloadRow {
  readonly chart: string;
  readonly replicas: Replicas;
  readonly containers: Readonly<Record<string, ContainerRow>>;
}

const one: Count = () => 1;
const none: Count = () => 0;
const paired: Count = ({ highAvailability }) => (highAvailability ? 2 : 1);
const quorum: Count = ({ highAvailability }) => (highAvailability ? 3 : 1);

/** Small and standard, in the order cpu, memory, memory limit. */
const row = (
  basis: Basis,
  cpu: readonly [number, number],
  memory: readonly [number, number],
  limit: readonly [number, number],
): ContainerRow => ({
  cpu: { small: cpu[0], standard: cpu[1] },
  memory: { small: memory[0], standard: memory[1] },
  memoryLimit: { small: limit[0], standard: limit[1] },
  basis,
});

export const workloads = {
  "dapr-operator": {
    chart: "dapr",
    replicas: quorum,
    containers: { operator: row("project documentation", [25, 100], [100, 100], [200, 400]) },
  },
  "dapr-sentry": {
    chart: "dapr",
    replicas: quorum,
    containers: { sentry: row("project documentation", [25, 100], [30, 30], [200, 200]) },
  },
  "dapr-sidecar-injector": {
    chart: "dapr",
    replicas: quorum,
    containers: { injector: row("project documentation", [25, 100], [30, 30], [200, 200]) },
  },
  "dapr-scheduler": {
    chart: "dapr",
    replicas: quorum,
    containers: { scheduler: row("choice", [25, 100], [96, 128], [256, 512]) },
  },
  "strimzi-cluster-operator": {
    chart: "strimzi-kafka-operator",
    replicas: paired,
    containers: { operator: row("chart default", [100, 200], [384, 384], [384, 512]) },
  },
  "cert-manager": {
    chart: "cert-manager",
    replicas: paired,
    containers: { controller: row("example in the chart", [10, 25], [32, 64], [128, 256]) },
  },
  "cert-manager-webhook": {
    chart: "cert-manager",
    replicas: quorum,
    containers: { webhook: row("example in the chart", [10, 10], [32, 32], [96, 128]) },
  },
  "cert-manager-cainjector": {
    chart: "cert-manager",
    replicas: paired,
    containers: { cainjector: row("choice", [10, 25], [64, 128], [256, 384]) },
  },
  "envoy-gateway": {
    chart: "gateway-helm",
    replicas: paired,
    containers: { "envoy-gateway": row("choice", [50, 100], [128, 256], [1024, 1024]) },
  },
  "envoy-gateway-certgen": {
    chart: "gateway-helm",
    replicas: "job",
    containers: { certgen: row("choice", [10, 10], [32, 32], [128, 128]) },
  },
  "external-secrets": {
    chart: "external-secrets",
    replicas: paired,
    containers: { controller: row("choice", [10, 25], [64, 96], [192, 256]) },
  },
  "external-secrets-webhook": {
    chart: "external-secrets",
    replicas: paired,
    containers: { webhook: row("choice", [10, 10], [32, 48], [128, 128]) },
  },
  "external-secrets-cert-controller": {
    chart: "external-secrets",
    replicas: one,
    containers: { "cert-controller": row("choice", [10, 10], [48, 64], [128, 192]) },
  },
  "keda-operator": {
    chart: "keda",
    replicas: paired,
    containers: { operator: row("chart default", [50, 100], [100, 100], [384, 512]) },
  },
  "keda-metrics-apiserver": {
    chart: "keda",
    replicas: paired,
    containers: { "metrics-apiserver": row("chart default", [50, 100], [100, 100], [256, 384]) },
  },
  "keda-admission-webhooks": {
    chart: "keda",
    replicas: paired,
    containers: { webhooks: row("chart default", [10, 100], [100, 100], [128, 256]) },
  },
  "prometheus-operator": {
    chart: "kube-prometheus-stack",
    replicas: one,
    containers: { operator: row("example in the chart", [25, 100], [100, 100], [200, 256]) },
  },
  prometheus: {
    chart: "kube-prometheus-stack",
    replicas: paired,
    containers: {
      prometheus: row("choice", [100, 500], [256, 1536], [1024, 4096]),
      "config-reloader": row("choice", [10, 10], [25, 50], [64, 64]),
    },
  },
  alertmanager: {
    chart: "kube-prometheus-stack",
    replicas: (inputs) => (inputs.size === "small" ? 0 : paired(inputs)),
    containers: {
      alertmanager: row("choice", [10, 25], [48, 64], [128, 192]),
      "config-reloader": row("example in the chart", [10, 10], [50, 50], [64, 64]),
    },
  },
  grafana: {
    chart: "kube-prometheus-stack",
    replicas: one,
    containers: {
      grafana: row("example in the chart", [50, 100], [128, 256], [384, 512]),
      "dashboards-sidecar": row("example in the chart", [10, 50], [50, 64], [128, 128]),
      "datasources-sidecar": row("example in the chart", [10, 50], [50, 64], [128, 128]),
    },
  },
  "kube-state-metrics": {
    chart: "kube-prometheus-stack",
    replicas: one,
    containers: { "kube-state-metrics": row("example in the chart", [10, 25], [32, 64], [128, 256]) },
  },
  "node-exporter": {
    chart: "kube-prometheus-stack",
    replicas: "node",
    containers: { "node-exporter": row("example in the chart", [10, 100], [30, 30], [64, 64]) },
  },
  loki: { chart: "loki", replicas: one, containers: { loki: row("choice", [50, 200], [192, 512], [512, 1536]) } },
  alloy: {
    chart: "alloy",
    replicas: "node",
    containers: {
      alloy: row("choice", [25, 50], [128, 160], [256, 384]),
      "config-reloader": row("chart default", [1, 1], [5, 5], [32, 32]),
    },
  },
  jaeger: {
    chart: "jaeger",
    replicas: one,
    containers: { jaeger: row("example in the chart", [25, 256], [128, 256], [512, 1024]) },
  },
  "opentelemetry-collector": {
    chart: "opentelemetry-collector",
    replicas: paired,
    containers: { collector: row("choice", [25, 100], [128, 256], [256, 512]) },
  },
  falco: {
    chart: "falco",
    replicas: "node",
    containers: { falco: row("chart default", [50, 100], [512, 512], [1024, 1024]) },
  },
  "metrics-server": {
    chart: "metrics-server",
    replicas: paired,
    containers: { "metrics-server": row("chart default", [50, 100], [200, 200], [300, 400]) },
  },
  "argocd-application-controller": {
    chart: "argo-cd",
    replicas: one,
    containers: { controller: row("choice", [100, 250], [192, 512], [768, 1536]) },
  },
  "argocd-repo-server": {
    chart: "argo-cd",
    replicas: paired,
    containers: { "repo-server": row("choice", [50, 100], [96, 256], [512, 1024]) },
  },
  "argocd-server": {
    chart: "argo-cd",
    replicas: paired,
    containers: { server: row("choice", [25, 50], [64, 128], [256, 256]) },
  },
  "argocd-redis": {
    chart: "argo-cd",
    replicas: one,
    containers: { redis: row("choice", [10, 50], [32, 64], [128, 256]) },
  },
  "argocd-notifications": {
    chart: "argo-cd",
    replicas: one,
    containers: { notifications: row("choice", [10, 25], [48, 64], [128, 128]) },
  },
  "argocd-applicationset": {
    chart: "argo-cd",
    replicas: none,
    containers: { applicationset: row("choice", [10, 10], [48, 48], [128, 128]) },
  },
  "argocd-redis-secret-init": {
    chart: "argo-cd",
    replicas: "job",
    containers: { init: row("choice", [10, 10], [32, 32], [128, 128]) },
  },
  "kafka-ui": {
    chart: "kafka-ui",
    replicas: one,
    containers: { "kafka-ui": row("example in the chart", [50, 200], [256, 256], [512, 512]) },
  },
  "cloudnative-pg": {
    chart: "cloudnative-pg",
    replicas: paired,
    containers: { manager: row("example in the chart", [25, 100], [100, 100], [200, 256]) },
  },
  valkey: {
    chart: "valkey",
    replicas: one,
    containers: {
      valkey: row("example in the chart", [25, 100], [128, 128], [192, 256]),
      exporter: row("choice", [5, 10], [24, 32], [64, 64]),
    },
  },
  "external-dns": {
    chart: "external-dns",
    replicas: one,
    containers: { "external-dns": row("choice", [10, 25], [48, 64], [128, 128]) },
  },
  "tigera-operator": {
    chart: "tigera-operator",
    replicas: one,
    containers: { operator: row("choice", [50, 100], [96, 128], [256, 256]) },
  },
} as const satisfies Readonly<Record<string, WorkloadRow>>;

export type WorkloadName = keyof typeof workloads;
