/** The platform's pods, by the labels that their chart or operator puts on them. */
import { chartSelector, componentSelector, selectorLabels } from "#constructs/labels";
import { kafkaCluster, namespaces, postgresCluster, publicGateway, schemaRegistry } from "./names.ts";
import type { Selector, Workload } from "./network.ts";

/** Component labels of our Jobs' pods, by which a policy selects the Jobs of every service at once. */
export const jobComponents = { migration: "migration", schemas: "schema-registration" } as const;

const pods = (
  name: string,
  namespace: string,
  matchLabels: Selector["matchLabels"],
  absent?: readonly string[],
): Workload =>
  Object.freeze({ kind: "workload", name, namespace, selector: { matchLabels, ...(absent ? { absent } : {}) } });

/** Strimzi: `Labels.java`. */
const strimziPods = (component: string): Workload =>
  pods(component, namespaces.infra, {
    "strimzi.io/cluster": kafkaCluster,
    "strimzi.io/name": `${kafkaCluster}-${component}`,
  });

const ACME_SOLVER = { "acme.cert-manager.io/http01-solver": "true" };

export const platform = {
  kubeDns: pods("kube-dns", "kube-system", { "k8s-app": "kube-dns" }),
  /** GKE's cache of answers on each node. */
  nodeLocalDns: pods("node-local-dns", "kube-system", { "k8s-app": "node-local-dns" }),

  migrations: pods("migrations", namespaces.apps, componentSelector(jobComponents.migration)),
  schemaRegistration: pods("schema-registration", namespaces.infra, componentSelector(jobComponents.schemas)),

  daprOperator: pods("dapr-operator", namespaces.dapr, { app: "dapr-operator" }),
  daprSentry: pods("dapr-sentry", namespaces.dapr, { app: "dapr-sentry" }),
  daprScheduler: pods("dapr-scheduler", namespaces.dapr, { app: "dapr-scheduler-server" }),
  daprInjector: pods("dapr-sidecar-injector", namespaces.dapr, { app: "dapr-sidecar-injector" }),

  kafka: strimziPods("kafka"),
  kafkaEntityOperator: strimziPods("entity-operator"),
  kafkaExporter: strimziPods("kafka-exporter"),
  strimziOperator: pods("strimzi-operator", namespaces.strimzi, { "strimzi.io/kind": "cluster-operator" }),
  kafkaUi: pods("kafka-ui", namespaces.infra, chartSelector("kafka-ui")),
  keda: pods("keda-operator", namespaces.keda, chartSelector("keda-operator")),

  /** Instances, and the Jobs that initialise them; poolers carry the cluster's label too. */
  postgres: pods("postgres", namespaces.infra, { "cnpg.io/cluster": postgresCluster }, ["cnpg.io/poolerName"]),
  postgresPooler: pods("postgres-pooler", namespaces.infra, {
    "cnpg.io/cluster": postgresCluster,
    "cnpg.io/podRole": "pooler",
  }),
  postgresOperator: pods("cloudnative-pg", namespaces.cloudNativePg, chartSelector("cloudnative-pg")),
  valkey: pods("valkey", namespaces.infra, chartSelector("valkey")),
  schemaRegistry: pods("schema-registry", namespaces.infra, selectorLabels(schemaRegistry)),

  prometheus: pods("prometheus", namespaces.monitoring, chartSelector("prometheus")),
  prometheusOperator: pods("prometheus-operator", namespaces.monitoring, { app: "kube-prometheus-stack-operator" }),
  alertmanager: pods("alertmanager", namespaces.monitoring, chartSelector("alertmanager")),
  collector: pods("opentelemetry-collector", namespaces.monitoring, chartSelector("opentelemetry-collector")),

  /** Proxies that Envoy Gateway runs for our Gateway, beside itself in the same namespace. */
  envoy: pods("envoy", namespaces.ingress, {
    "gateway.envoyproxy.io/owning-gateway-name": publicGateway,
    "gateway.envoyproxy.io/owning-gateway-namespace": namespaces.ingress,
  }),
  envoyGateway: pods("envoy-gateway", namespaces.ingress, { "control-plane": "envoy-gateway" }),
  envoyGatewayCertgen: pods("envoy-gateway-certgen", namespaces.ingress, { app: "certgen" }),
  /** cert-manager's answer to an HTTP-01 challenge, for minutes at a time, in the certificate's namespace. */
  acmeSolver: pods("acme-solver", namespaces.ingress, ACME_SOLVER),
  acmeSolverBesideIngress: pods("acme-solver", namespaces.apps, ACME_SOLVER),
} as const;
