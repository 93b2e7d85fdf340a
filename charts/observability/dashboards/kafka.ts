import type { RenderContext } from "#constructs/application-chart";
import { type Dashboard, type Row, stat, table, timeseries } from "#constructs/dashboard";
import { components, namespaces } from "#model/names";
import { limits } from "#model/objectives";
import type { KafkaOf } from "#model/provider-services";
import { inSeconds, own, rate, recorded } from "../queries.ts";

const ofTopic = 'topic=~"$topic"';
const window = "5m";
const delivered = (matchers: string): string =>
  `dapr_component_pubsub_ingress_count{component="${components.pubsub}",${ofTopic}${matchers}}`;

/** What every Kafka shows, since consumers, KEDA and sidecars measure it. */
const consumers: Row = {
  title: "Consumers of $topic",
  panels: [
    timeseries({
      title: "Events behind",
      description: "By consumer group and topic; more than the alert's limit means that consumers do not keep up",
      queries: [{ expr: `${recorded.lag}{${ofTopic}}`, legend: "{{service}} on {{topic}}" }],
      unit: "short",
      width: 12,
    }),
    timeseries({
      title: "Deliveries, by what became of them",
      description: "retry: handed back and delivered again. drop: given up and kept in the dead letter topic",
      queries: [
        {
          expr: `sum by (app_id, topic, process_status) (${rate(delivered(""), window)})`,
          legend: "{{app_id}} {{topic}} {{process_status}}",
        },
      ],
      unit: "ops",
      width: 12,
    }),
    timeseries({
      title: "Dead letters in the last hour",
      queries: [
        {
          expr: `sum by (app_id, topic) (increase(${delivered(',process_status="drop"')}[1h]))`,
          legend: "{{topic}} given up by {{app_id}}",
        },
      ],
      unit: "short",
      width: 12,
      thresholds: { warning: 1, critical: 10 },
    }),
    timeseries({
      title: "Publishing attempts",
      queries: [
        {
          expr: `sum by (app_id, topic, success) (${rate(`dapr_component_pubsub_egress_count{component="${components.pubsub}",${ofTopic}}`, window)})`,
          legend: "{{app_id}} {{topic}} success={{success}}",
        },
      ],
      unit: "ops",
      width: 12,
    }),
  ],
};

const inInfra = `namespace="${namespaces.infra}"`;

const topics: Row = {
  title: "Topics",
  panels: [
    timeseries({
      title: "Messages in",
      queries: [
        {
          expr: `sum by (topic) (${rate(`kafka_server_brokertopicmetrics_messagesin_total{${inInfra},${ofTopic}}`, window)})`,
          legend: "{{topic}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Bytes in and out",
      queries: [
        {
          expr: `sum by (topic) (${rate(`kafka_server_brokertopicmetrics_bytesin_total{${inInfra},${ofTopic}}`, window)})`,
          legend: "{{topic}} in",
        },
        {
          expr: `sum by (topic) (${rate(`kafka_server_brokertopicmetrics_bytesout_total{${inInfra},${ofTopic}}`, window)})`,
          legend: "{{topic}} out",
        },
      ],
      unit: "Bps",
      width: 8,
    }),
    timeseries({
      title: "Messages kept",
      queries: [
        {
          expr: `sum by (topic) (kafka_topic_partition_current_offset{${inInfra},${ofTopic}} - kafka_topic_partition_oldest_offset{${inInfra},${ofTopic}})`,
          legend: "{{topic}}",
        },
      ],
      unit: "short",
      width: 8,
    }),
    table({
      title: "Partitions",
      queries: [{ expr: `max by (topic) (kafka_topic_partitions{${inInfra},${ofTopic}})`, legend: "{{topic}}" }],
      unit: "short",
      width: 12,
    }),
    timeseries({
      title: "Replicas in step, least of a topic's partitions",
      queries: [
        {
          expr: `min by (topic) (kafka_topic_partition_in_sync_replica{${inInfra},${ofTopic}})`,
          legend: "{{topic}}",
        },
      ],
      unit: "short",
      width: 12,
    }),
  ],
};

const broker = (metric: string): string => `sum(${metric}{${inInfra}})`;

function brokers({ brokers: count }: KafkaOf<"strimzi">): Row {
  const health = (title: string, metric: string) =>
    stat({
      title,
      queries: [{ expr: broker(metric), legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 1 },
    });
  return {
    title: "Brokers",
    panels: [
      stat({
        title: "Brokers",
        queries: [{ expr: `max(kafka_brokers{${inInfra}})`, legend: "" }],
        unit: "short",
        width: 4,
        thresholds: { warning: count, critical: count - 1 },
      }),
      health("Under-replicated partitions", "kafka_server_replicamanager_underreplicatedpartitions"),
      health("Partitions that take no writes", "kafka_server_replicamanager_underminisrpartitioncount"),
      health("Partitions without a leader", "kafka_controller_kafkacontroller_offlinepartitionscount"),
      stat({
        title: "Authorities' certificates end",
        queries: [{ expr: `min(strimzi_certificate_expiration_timestamp_ms)  / 1000 - time()`, legend: "" }],
        unit: "s",
        width: 4,
        thresholds: {
          warning: inSeconds(limits.certificate.warning),
          critical: inSeconds(limits.certificate.critical),
        },
      }),
      stat({
        title: "Connections",
        queries: [{ expr: broker("kafka_server_socket_server_metrics_connection_count"), legend: "" }],
        unit: "short",
        width: 4,
      }),
      timeseries({
        title: "Disk used",
        queries: [
          {
            expr: `1 - kubelet_volume_stats_available_bytes{${inInfra},persistentvolumeclaim=~"data.*kafka.*"} / kubelet_volume_stats_capacity_bytes{${inInfra},persistentvolumeclaim=~"data.*kafka.*"}`,
            legend: "{{persistentvolumeclaim}}",
          },
        ],
        unit: "percentunit",
        width: 24,
        thresholds: { warning: 1 - limits.volumeFree.warning, critical: 1 - limits.volumeFree.critical },
      }),
    ],
  };
}

const outboxes: Row = {
  title: "Before Kafka",
  panels: [
    timeseries({
      title: "Failed attempts to publish",
      queries: [
        {
          expr: `sum by (service, topic) (${rate(own("todo_events_publish_failures_total", ofTopic), window)})`,
          legend: "{{service}} to {{topic}}",
        },
      ],
      unit: "ops",
      width: 12,
    }),
    timeseries({
      title: "Replicas that relay an outbox",
      queries: [{ expr: `sum by (service) (${own("todo_outbox_leader")})`, legend: "{{service}}" }],
      unit: "short",
      width: 12,
    }),
  ],
};

/** A managed Kafka's brokers are its provider's; of ours, the exporters tell. */
export const kafkaDashboard = ({ model, environment: { kafka } }: RenderContext): Dashboard => ({
  uid: "todo-kafka",
  title: "todo: Kafka",
  description: "Topics, how far consumers are behind, dead letters, and the brokers where they are ours",
  variables: [{ name: "topic", label: "Topic", values: Object.keys(model.topics) }],
  rows: [consumers, outboxes, ...(kafka.kind === "strimzi" ? [topics, brokers(kafka)] : [])],
});
