import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncOptions } from "#constructs/argocd-annotations";
import { builtIn } from "#constructs/built-in";
import { customResource } from "#constructs/custom-resource";
import { kafkaMetricRules } from "#constructs/kafka-metrics";
import { commonLabels, HOSTNAME_KEY, kafkaClusterLabel, poolPlacement } from "#constructs/labels";
import { kafkaPeers } from "#constructs/network-peers";
import { containerSecurityContext } from "#constructs/pod-security";
import { isSingleNode, rackAware, replicationOf } from "#model/environment";
import { STRIMZI_TLS_PORT } from "#model/kafka-connection";
import { blockStorageClass, kafkaCluster, kafkaNodePool, namespaces, platformPriority } from "#model/names";
import type { KafkaOf } from "#model/provider-services";
import { type Bytes, bytesQuantity, mebibytes } from "#model/quantities";
import { waves } from "#model/waves";

/** The version that the pinned Strimzi runs by default. */
const KAFKA_VERSION = "4.3.1";

/** Strimzi's images run under a user of their own; everything else is as strict as for our own pods. */
const {
  runAsUser: _user,
  runAsGroup: _group,
  readOnlyRootFilesystem: _readOnly,
  ...strict
} = containerSecurityContext();

const confirmed = { prune: "confirm", delete: "confirm" } as const;

interface KafkaChartProps {
  readonly kafka: KafkaOf<"strimzi">;
}

/**
 * Kafka in the cluster. Every node is broker and controller: with three of them separate controllers would double the pods
 * without another failure survived.
 */
export class KafkaChart extends ApplicationChart {
  readonly #kafka: KafkaOf<"strimzi">;

  constructor(scope: Construct, context: RenderContext, { kafka }: KafkaChartProps) {
    super(scope, {
      context,
      application: "kafka",
      origin: `environments.${context.environment.name}`,
      wave: waves.kafka,
      project: "platform",
      namespace: namespaces.infra,
    });
    this.#kafka = kafka;
    this.#metrics();
    this.#nodePool();
    this.#cluster();
  }

  get #metadata() {
    return { namespace: namespaces.infra, labels: commonLabels() };
  }

  #metrics(): void {
    builtIn(
      this,
      "metrics",
      "v1/ConfigMap",
      { name: `${kafkaCluster}-metrics`, ...this.#metadata },
      {
        data: { "rules.yml": kafkaMetricRules },
      },
    );
  }

  #nodePool(): void {
    const { brokers, storage, heap, memory } = this.#kafka;
    const single = isSingleNode(this.environment);
    customResource(
      this,
      "node-pool",
      "kafka.strimzi.io/KafkaNodePool",
      {
        name: kafkaNodePool,
        namespace: namespaces.infra,
        labels: { ...commonLabels(), ...kafkaClusterLabel() },
        annotations: syncOptions(confirmed),
      },
      {
        spec: {
          replicas: brokers,
          roles: ["controller", "broker"],
          storage: {
            type: "jbod",
            volumes: [
              {
                id: 0,
                type: "persistent-claim",
                size: bytesQuantity(storage),
                class: blockStorageClass,
                kraftMetadata: "shared",
                deleteClaim: false,
              },
            ],
          },
          jvmOptions: { "-Xms": jvmSize(heap), "-Xmx": jvmSize(heap) },
          resources: {
            requests: { cpu: single ? "200m" : "1", memory: bytesQuantity(memory) },
            limits: { memory: bytesQuantity(memory) },
          },
          template: {
            pod: this.#brokerPod(),
            kafkaContainer: { securityContext: { ...strict, capabilities: { drop: ["ALL"] } } },
          },
        },
      },
    );
  }

  /** Strimzi's templates know no nodeSelector: the pool is asked for by affinity. */
  #pod() {
    const { nodeSelector, tolerations } = poolPlacement(this.environment, "kafka");
    return {
      priorityClassName: platformPriority,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      ...(tolerations ? { tolerations } : {}),
      ...(nodeSelector ? { affinity: { nodeAffinity: requiredNodes(nodeSelector) } } : {}),
    };
  }

  /** Brokers never share a host; over zones they are spread by `rack`. */
  #brokerPod() {
    const { affinity, ...pod } = this.#pod();
    const labelSelector = {
      matchLabels: { "strimzi.io/cluster": kafkaCluster, "strimzi.io/name": `${kafkaCluster}-kafka` },
    };
    const podAntiAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOSTNAME_KEY, labelSelector }],
    };
    return affinity ? { ...pod, affinity: { ...affinity, podAntiAffinity } } : pod;
  }

  #cluster(): void {
    const { environment } = this;
    const { replicas, minInSync } = replicationOf(environment);
    // A handful of topics and users: on a single node their operators get by on less.
    const memory = isSingleNode(environment)
      ? { request: "160Mi", limit: "256Mi" }
      : { request: "256Mi", limit: "384Mi" };
    const small = { requests: { cpu: "25m", memory: memory.request }, limits: { memory: memory.limit } };
    const secured = { securityContext: { ...strict, capabilities: { drop: ["ALL"] } } };
    const pod = this.#pod();
    customResource(
      this,
      "cluster",
      "kafka.strimzi.io/Kafka",
      { name: kafkaCluster, ...this.#metadata, annotations: syncOptions(confirmed) },
      {
        spec: {
          kafka: {
            version: KAFKA_VERSION,
            listeners: [
              {
                name: "tls",
                port: STRIMZI_TLS_PORT,
                type: "internal",
                tls: true,
                authentication: { type: "tls" },
                // Without peers Strimzi's own NetworkPolicy opens the listener to every pod of the cluster.
                networkPolicyPeers: kafkaPeers(this.context).map((peer) => structuredClone(peer)),
              },
            ],
            authorization: { type: "simple" },
            ...(rackAware(environment) && environment.provider.zoneKey
              ? { rack: { type: "topology-label", topologyKey: environment.provider.zoneKey } }
              : {}),
            config: {
              "auto.create.topics.enable": false,
              "default.replication.factor": replicas,
              "min.insync.replicas": minInSync,
              "offsets.topic.replication.factor": replicas,
              "transaction.state.log.replication.factor": replicas,
              "transaction.state.log.min.isr": minInSync,
            },
            metricsConfig: {
              type: "jmxPrometheusExporter",
              valueFrom: { configMapKeyRef: { name: `${kafkaCluster}-metrics`, key: "rules.yml" } },
            },
          },
          entityOperator: {
            topicOperator: { resources: small },
            userOperator: { resources: small },
            template: { pod, topicOperatorContainer: secured, userOperatorContainer: secured },
          },
          kafkaExporter: {
            topicRegex: ".*",
            groupRegex: ".*",
            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
            template: { pod, container: secured },
          },
        },
      },
    );
  }
}

const requiredNodes = (labels: Readonly<Record<string, string>>) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [
      { matchExpressions: Object.entries(labels).map(([key, value]) => ({ key, operator: "In", values: [value] })) },
    ],
  },
});

/** Java's notation of memory, e.g. `384m`. */
const jvmSize = ({ mebibytes: size }: Bytes): string => `${mebibytes(size).mebibytes}m`;
