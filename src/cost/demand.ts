/** What the manifests of one environment ask of a cluster. */

import { containersOf, podOf } from "#diff/flags/pods";
import { quantity } from "#diff/flags/quantity";
import { at, type Fields, mapAt, mapsAt, numberAt, textAt, type Value } from "#diff/value";
import { groupOf, type Manifest } from "#emit/document";

/** Requests of the pods of one pool. */
export interface PoolDemand {
  /** Cores. */
  readonly cpu: number;
  /** Gibibytes. */
  readonly memory: number;
  readonly pods: number;
}

export interface Demand {
  /** By the node selector `todo.dev/pool`; `any` where pods run anywhere. */
  readonly pools: Readonly<Record<string, PoolDemand>>;
  /** Gibibytes of every volume that outlives its pod. */
  readonly storage: number;
  readonly volumes: number;
  readonly loadBalancers: number;
  /** Kafka brokers that run in the cluster. */
  readonly brokers: number;
  /** Charts whose pods do not stand in the manifests. */
  readonly charts: readonly string[];
}

const POOL = "todo.dev/pool";
const GIBIBYTE = 2 ** 30;

/** Adds up as documents come. */
class Sum {
  readonly pools: Record<string, PoolDemand> = {};
  storage = 0;
  volumes = 0;
  loadBalancers = 0;
  brokers = 0;
  readonly charts: string[] = [];

  pods(pool: string, replicas: number, cpu: number, memory: number): void {
    const known = this.pools[pool] ?? { cpu: 0, memory: 0, pods: 0 };
    this.pools[pool] = {
      cpu: known.cpu + replicas * cpu,
      memory: known.memory + replicas * memory,
      pods: known.pods + replicas,
    };
  }

  volume(count: number, size: Value | undefined): void {
    const gibibytes = (quantity(size) ?? 0) / GIBIBYTE;
    this.storage += count * gibibytes;
    if (gibibytes > 0) this.volumes += count;
  }
}

/** Sums requests at the smallest number of replicas, volumes, load balancers and brokers. */
export function demandOf(manifests: readonly Manifest[]): Demand {
  const sum = new Sum();
  const minimum = minimumReplicas(manifests);
  for (const manifest of manifests) {
    addWorkload(sum, manifest, minimum);
    addOperated(sum, manifest);
    addStorage(sum, manifest);
    addEdge(sum, manifest);
  }
  const { pools, storage, volumes, loadBalancers, brokers, charts } = sum;
  return { pools, storage, volumes, loadBalancers, brokers, charts: [...new Set(charts)].sort() };
}

/** Replicas that an autoscaler keeps at least, by `namespace/Kind/name` of its target. */
function minimumReplicas(manifests: readonly Manifest[]): ReadonlyMap<string, number> {
  return new Map(
    manifests.flatMap((manifest): [string, number][] => {
      const field = { HorizontalPodAutoscaler: "minReplicas", ScaledObject: "minReplicaCount" }[manifest.kind];
      if (!field) return [];
      const target = mapAt(manifest, "spec", "scaleTargetRef");
      const standard = manifest.kind === "ScaledObject" ? 0 : 1;
      const key = `${manifest.metadata.namespace}/${String(target.kind ?? "Deployment")}/${String(target.name)}`;
      return [[key, numberAt(manifest, "spec", field) ?? standard]];
    }),
  );
}

/** Pods that stay. Jobs end; agents on every node are charts' own. */
function addWorkload(sum: Sum, manifest: Manifest, minimum: ReadonlyMap<string, number>): void {
  const pod = podOf(manifest);
  if (!pod || !["Deployment", "StatefulSet"].includes(manifest.kind)) return;
  const key = `${manifest.metadata.namespace}/${manifest.kind}/${manifest.metadata.name}`;
  const replicas = minimum.get(key) ?? numberAt(manifest, "spec", "replicas") ?? 1;
  let [cpu, memory] = [0, 0];
  for (const { init, fields } of containersOf(pod)) {
    // An init container that goes on running is a sidecar.
    if (init && fields.restartPolicy !== "Always") continue;
    cpu += quantity(at(fields, "resources", "requests", "cpu")) ?? 0;
    memory += quantity(at(fields, "resources", "requests", "memory")) ?? 0;
  }
  if (pod.annotations["dapr.io/enabled"] === "true") {
    cpu += quantity(pod.annotations["dapr.io/sidecar-cpu-request"]) ?? 0;
    memory += quantity(pod.annotations["dapr.io/sidecar-memory-request"]) ?? 0;
  }
  sum.pods(textAt(pod.spec, "nodeSelector", POOL) ?? "any", replicas, cpu, memory / GIBIBYTE);
  for (const claim of mapsAt(manifest, "spec", "volumeClaimTemplates")) {
    sum.volume(replicas, at(claim, "spec", "resources", "requests", "storage"));
  }
}

const requestsOf = (resources: Fields): [cpu: number, memory: number] => [
  quantity(at(resources, "requests", "cpu")) ?? 0,
  (quantity(at(resources, "requests", "memory")) ?? 0) / GIBIBYTE,
];

/** Pods that an operator makes of a resource. */
function addOperated(sum: Sum, manifest: Manifest): void {
  const group = groupOf(manifest.apiVersion);
  if (group === "kafka.strimzi.io" && manifest.kind === "KafkaNodePool") {
    const replicas = numberAt(manifest, "spec", "replicas") ?? 0;
    sum.pods("kafka", replicas, ...requestsOf(mapAt(manifest, "spec", "resources")));
    sum.brokers += replicas;
    const storage = mapAt(manifest, "spec", "storage");
    for (const volume of storage.volumes === undefined ? [storage] : mapsAt(storage, "volumes")) {
      if (volume.type === "persistent-claim") sum.volume(replicas, volume.size);
    }
  }
  if (group === "postgresql.cnpg.io" && manifest.kind === "Cluster") {
    const instances = numberAt(manifest, "spec", "instances") ?? 1;
    const pool = textAt(manifest, "spec", "affinity", "nodeSelector", POOL) ?? "any";
    sum.pods(pool, instances, ...requestsOf(mapAt(manifest, "spec", "resources")));
    for (const part of ["storage", "walStorage"]) sum.volume(instances, at(manifest, "spec", part, "size"));
  }
  if (group === "postgresql.cnpg.io" && manifest.kind === "Pooler") {
    const spec = mapAt(manifest, "spec", "template", "spec");
    const requests = mapsAt(spec, "containers").map((container) => requestsOf(mapAt(container, "resources")));
    const total = (index: 0 | 1): number => requests.reduce((all, request) => all + request[index], 0);
    sum.pods(
      textAt(spec, "nodeSelector", POOL) ?? "any",
      numberAt(manifest, "spec", "instances") ?? 1,
      total(0),
      total(1),
    );
  }
  if (group === "gateway.envoyproxy.io" && manifest.kind === "EnvoyProxy") {
    const deployment = mapAt(manifest, "spec", "provider", "kubernetes", "envoyDeployment");
    const scaler = mapAt(manifest, "spec", "provider", "kubernetes", "envoyHpa");
    const replicas = numberAt(scaler, "minReplicas") ?? numberAt(deployment, "replicas") ?? 1;
    const pool = textAt(deployment, "pod", "nodeSelector", POOL) ?? "any";
    sum.pods(pool, replicas, ...requestsOf(mapAt(deployment, "container", "resources")));
  }
}

function addStorage(sum: Sum, manifest: Manifest): void {
  if (manifest.kind === "PersistentVolumeClaim")
    sum.volume(1, at(manifest, "spec", "resources", "requests", "storage"));
  if (manifest.kind !== "Application") return;
  for (const source of [...mapsAt(manifest, "spec", "sources"), mapAt(manifest, "spec", "source")]) {
    if (typeof source.chart !== "string") continue;
    sum.charts.push(source.chart);
    addChartVolumes(sum, mapAt(source, "helm", "valuesObject"));
  }
}

/** Charts ask for volumes as `requests.storage`, `persistence.size` or `storageSize`. */
function addChartVolumes(sum: Sum, values: Value): void {
  if (Array.isArray(values)) for (const value of values) addChartVolumes(sum, value);
  else if (typeof values === "object" && values !== null) {
    const persistence = mapAt(values, "persistence");
    if (persistence.enabled !== false) sum.volume(1, persistence.size);
    sum.volume(1, at(values, "requests", "storage"));
    sum.volume(1, at(values, "storageSize"));
    for (const value of Object.values(values)) addChartVolumes(sum, value);
  }
}

/** Each Gateway gets a Service of type LoadBalancer from its controller. */
function addEdge(sum: Sum, manifest: Manifest): void {
  const isService = manifest.kind === "Service" && textAt(manifest, "spec", "type") === "LoadBalancer";
  const isGateway = manifest.kind === "Gateway" && groupOf(manifest.apiVersion) === "gateway.networking.k8s.io";
  if (isService || isGateway) sum.loadBalancers += 1;
}
