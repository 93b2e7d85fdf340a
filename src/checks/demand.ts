/** What the pods of an environment ask of its nodes: ours, those that operators make from our resources, and the charts'. */
import { platformInputs } from "#charts/third-party/platform-inputs";
import { footprint } from "#charts/third-party/workloads";
import type { PoolName } from "#model/size";
import { helmSourcesOf } from "./applications.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { containersOf, isJob } from "./pods.ts";
import { at, fieldsAt, listAt, numberAt, once, quantity, textMapAt, textsAt } from "./read.ts";
import { leastReplicas } from "./replicas.ts";
import type { Rendering, Resource } from "./rule.ts";

const POOL_KEY = "todo.dev/pool";

export interface Placement {
  /** Pool that the pods are bound to; `undefined`: none. */
  readonly pool: string | undefined;
  /** Pools whose taint they tolerate. */
  readonly tolerated: readonly string[];
}

/** Pods of one kind at their least replicas. */
export interface PodDemand {
  readonly what: string;
  /** Absent for what charts install. */
  readonly resource?: Resource;
  readonly count: number;
  /** One on each node, whatever its pool. */
  readonly everyNode: boolean;
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** `null`: somebody else places them. */
  readonly placement: Placement | null;
}

/** Reads `nodeSelector`, required node affinity and tolerations of anything that looks like a pod. */
export function placementOf(pod: unknown): Placement {
  const terms = listAt(
    pod,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
  );
  const byAffinity = terms
    .flatMap((term) => listAt(term, "matchExpressions"))
    .find(({ key, operator }) => key === POOL_KEY && operator === "In");
  return {
    pool: textMapAt(pod, "nodeSelector")[POOL_KEY] ?? textsAt(byAffinity, "values")[0],
    tolerated: listAt(pod, "tolerations")
      .filter(({ key }) => key === POOL_KEY)
      .map(({ value }) => String(value)),
  };
}

const requested = (resources: unknown): { readonly cpu: number; readonly memory: number } => ({
  cpu: quantity(at(resources, "requests", "cpu")) || 0,
  memory: quantity(at(resources, "requests", "memory")) || 0,
});

function together(parts: readonly { readonly cpu: number; readonly memory: number }[]) {
  return parts.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
    cpu: 0,
    memory: 0,
  });
}

const ours = (rendering: Rendering): PodDemand[] =>
  injectedWorkloadsOf(rendering)
    .filter(({ workload }) => !isJob(workload))
    .map(({ workload, pod }) => ({
      what: workload.resource.manifest.metadata.name,
      resource: workload.resource,
      count: leastReplicas(rendering, workload),
      everyNode: workload.resource.manifest.kind === "DaemonSet",
      ...together(containersOf({ pod: pod.spec }).map(({ resources }) => requested(resources))),
      placement: placementOf(pod.spec),
    }));

const made = (
  resource: Resource,
  what: string,
  count: number,
  resources: readonly unknown[],
  pod: unknown,
): PodDemand => ({
  what,
  resource,
  count,
  everyNode: false,
  ...together(resources.map(requested)),
  placement: placementOf(pod),
});

function kafka(rendering: Rendering): PodDemand[] {
  const brokers = rendering.ofKind("KafkaNodePool").map((resource) => {
    const { spec } = resource.manifest;
    return made(
      resource,
      "kafka",
      numberAt(spec, "replicas") ?? 1,
      [at(spec, "resources")],
      at(spec, "template", "pod"),
    );
  });
  const helpers = rendering.ofKind("Kafka").flatMap((resource) => {
    const { entityOperator, kafkaExporter } = fieldsAt(resource.manifest, "spec");
    return [
      ...(entityOperator
        ? [
            made(
              resource,
              "kafka-entity-operator",
              1,
              ["topicOperator", "userOperator"].map((operator) => at(entityOperator, operator, "resources")),
              at(entityOperator, "template", "pod"),
            ),
          ]
        : []),
      ...(kafkaExporter
        ? [made(resource, "kafka-exporter", 1, [at(kafkaExporter, "resources")], at(kafkaExporter, "template", "pod"))]
        : []),
    ];
  });
  return [...brokers, ...helpers];
}

const postgres = (rendering: Rendering): PodDemand[] => [
  ...rendering.ofKind("Cluster").map((resource) => {
    const { spec } = resource.manifest;
    return made(resource, "postgres", numberAt(spec, "instances") ?? 1, [at(spec, "resources")], at(spec, "affinity"));
  }),
  ...rendering.ofKind("Pooler").map((resource) => {
    const { spec } = resource.manifest;
    const pod = at(spec, "template", "spec");
    const containers = listAt(pod, "containers").map(({ resources }) => resources);
    return made(resource, "postgres-pooler", numberAt(spec, "instances") ?? 1, containers, pod);
  }),
];

const proxies = (rendering: Rendering): PodDemand[] =>
  rendering.ofKind("EnvoyProxy").map((resource) => {
    const kubernetes = at(resource.manifest.spec, "provider", "kubernetes");
    const count =
      numberAt(kubernetes, "envoyDeployment", "replicas") ?? numberAt(kubernetes, "envoyHpa", "minReplicas") ?? 1;
    const deployment = fieldsAt(kubernetes, "envoyDeployment");
    return made(resource, "envoy", count, [at(deployment, "container", "resources")], deployment.pod);
  });

function charts(rendering: Rendering): PodDemand[] {
  const installed = new Set(helmSourcesOf(rendering).map(({ chart }) => chart));
  const pool: PoolName = "system";
  return footprint(platformInputs(rendering.environment), installed).map(
    ({ chart, workload, replicas, perNode, cpu, memory }) => ({
      what: chart === workload ? chart : `${chart}: ${workload}`,
      count: replicas,
      everyNode: perNode,
      cpu: cpu.millicores / 1000,
      memory: memory.mebibytes * 2 ** 20,
      placement: { pool, tolerated: [pool] },
    }),
  );
}

/**
 * The control plane, DNS and network of a kind cluster, on the node that everything shares: kubeadm of Kubernetes 1.36
 * (`cmd/kubeadm/app/phases`: control plane, etcd, CoreDNS); kindnet as kind's images ship it.
 */
const kindsOwn: readonly PodDemand[] = [
  ["kube-apiserver", 1, 0.25, 0],
  ["kube-controller-manager", 1, 0.2, 0],
  ["kube-scheduler", 1, 0.1, 0],
  ["etcd", 1, 0.1, 100],
  ["coredns", 2, 0.1, 70],
  ["kindnet", 1, 0.1, 50],
].map(([what, count, cpu, mebibytes]) => ({
  what: String(what),
  count: Number(count),
  everyNode: false,
  cpu: Number(cpu),
  memory: Number(mebibytes) * 2 ** 20,
  placement: null,
}));

export const demandOf: (rendering: Rendering) => readonly PodDemand[] = once((rendering) => [
  ...ours(rendering),
  ...kafka(rendering),
  ...postgres(rendering),
  ...proxies(rendering),
  ...charts(rendering),
  ...(rendering.environment.provider.kind === "kind" ? kindsOwn : []),
]);
