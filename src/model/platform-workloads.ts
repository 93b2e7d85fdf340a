/** The platform's pods, by the labels that their chart or operator puts on them. */
import { chartSelector, selectorLabels } from "#constructs/labels";
import { kafkaCluster, namespaces, postgresCluster, schemaRegistry } from "./names.ts";
import type { Selector, Workload } from "./network.ts";

const pods = (
  name: string,
  namespace: string,
  matchLabels: Selector["matchLabels"],
  absent?: readonly string[],
): Workload =>
  Object.freeze({ kind: "workload", name, namespace, selector: { matchLabels, ...(absent ? { absent } : {}) } });

const strimziPods = (component: string): Workload =>
  pods(`kafka-${component}`, namespaces.infra, {
    "strimzi.io/cluster": kafkaCluster,
    "strimzi.io/name": `${kafkaCluster}-${component}`,
  });

export const platform = {
  kubeDns: pods("kube-dns", "kube-system", { "k8s-app": "kube-dns" }),

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

  schemaRegistry: pods("schema-registry", namespaces.infra, selectorLabels(schemaRegistry)),
  postgres: pods("postgres", namespaces.infra, { "cnpg.io/cluster": postgresCluster }, ["cnpg.io/poolerName"]),
} as const;
