/** What keeps data, where it runs in the cluster; a managed store is watched by its provider. */
import type { Alert, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { isSingleNode, stateStoreOf } from "#model/environment";
import { kafkaCluster, namespaces, postgresCluster } from "#model/names";
import { limits } from "#model/objectives";
import { usesKafka } from "#model/platform-edges";
import type { KafkaOf, PostgresOf } from "#model/provider-services";
import { durationText, minutes } from "#model/quantities";
import { anyOf, inSeconds } from "../queries.ts";

const brokers = `namespace="${namespaces.infra}"`;

function kafkaAlerts({ brokers: count }: KafkaOf<"strimzi">, clients: readonly string[]): Alert[] {
  const partitions = (metric: string): string => `sum(${metric}{${brokers}}) > 0`;
  return [
    {
      alert: "KafkaBrokerMissing",
      expr: `kafka_brokers{namespace="${namespaces.infra}"} < ${count}`,
      for: minutes(10),
      severity: "critical",
      summary: `Kafka has {{ $value }} of ${count} brokers`,
    },
    {
      alert: "KafkaUnderReplicated",
      expr: partitions("kafka_server_replicamanager_underreplicatedpartitions"),
      for: minutes(15),
      severity: "warning",
      summary: "{{ $value }} partitions have fewer replicas in step than they should",
    },
    {
      alert: "KafkaUnderMinIsr",
      expr: partitions("kafka_server_replicamanager_underminisrpartitioncount"),
      for: minutes(2),
      severity: "critical",
      summary: "{{ $value }} partitions take no writes: too few replicas are in step",
    },
    {
      alert: "KafkaOfflinePartitions",
      expr: partitions("kafka_controller_kafkacontroller_offlinepartitionscount"),
      for: minutes(2),
      severity: "critical",
      summary: "{{ $value }} partitions have no leader: nobody reads or writes them",
    },
    {
      alert: "KafkaNoController",
      expr: `sum(kafka_controller_kafkacontroller_activecontrollercount{${brokers}}) != 1`,
      for: minutes(5),
      severity: "critical",
      summary: "Kafka has {{ $value }} active controllers instead of one",
    },
    {
      alert: "KafkaDiskOffline",
      expr: partitions("kafka_log_logmanager_offlinelogdirectorycount"),
      for: minutes(2),
      severity: "critical",
      summary: "A broker lost a disk",
    },
    ...(["warning", "critical"] as const).flatMap((severity) => kafkaCertificateAlerts(severity, clients)),
  ];
}

const kafkaCertificateAlerts = (severity: "warning" | "critical", clients: readonly string[]): Alert[] => [
  {
    alert: "KafkaCertificateExpires",
    expr: `min by (type) (strimzi_certificate_expiration_timestamp_ms{cluster="${kafkaCluster}"}) / 1000 - time() < ${inSeconds(limits.certificate[severity])}`,
    for: minutes(15),
    severity,
    summary: `Kafka's {{ $labels.type }} certificate authority ends in {{ $value | humanizeDuration }}, less than ${durationText(limits.certificate[severity])}`,
  },
  {
    alert: "KafkaClientCertificateOld",
    expr: `time() - max by (pod) (kube_pod_start_time{namespace="${namespaces.apps}",pod=~"(${anyOf(clients)})-.*"}) > ${inSeconds(limits.podWithKafkaCertificate[severity])}`,
    for: minutes(15),
    severity,
    summary: `{{ $labels.pod }} runs for {{ $value | humanizeDuration }} and may hold a certificate that ends soon; restart it`,
  },
];

const instances = `namespace="${namespaces.infra}",pod=~"${postgresCluster}-[0-9]+"`;

function postgresAlerts({ instances: count, maxConnections }: PostgresOf<"cloudnative-pg">, single: boolean): Alert[] {
  return [
    {
      alert: "PostgresDown",
      expr: `absent(up{${instances}} == 1)`,
      for: minutes(2),
      severity: "critical",
      summary: "No instance of PostgreSQL answers",
    },
    {
      alert: "PostgresConnectionsHigh",
      expr: `sum by (pod) (cnpg_backends_total{${instances}}) / ${maxConnections} > ${limits.connections}`,
      for: minutes(10),
      severity: "warning",
      summary: `{{ $labels.pod }} has {{ $value | humanizePercentage }} of its ${maxConnections} connections in use`,
    },
    {
      alert: "PostgresTransactionOld",
      expr: `max by (pod, datname) (cnpg_backends_max_tx_duration_seconds{${instances}}) > 300`,
      for: minutes(5),
      severity: "warning",
      summary:
        "A transaction on {{ $labels.pod }} is open for {{ $value | humanizeDuration }}: it holds locks and dead rows",
    },
    {
      alert: "PostgresDeadlocks",
      expr: `sum by (datname) (increase(cnpg_pg_stat_database_deadlocks{${instances}}[15m])) > 5`,
      for: minutes(1),
      severity: "warning",
      summary: "{{ $value }} deadlocks in {{ $labels.datname }} within 15 minutes",
    },
    {
      alert: "PostgresIdsRunOut",
      expr: `max by (pod, datname) (cnpg_pg_database_xid_age{${instances}}) > 300000000`,
      for: minutes(15),
      severity: "warning",
      summary:
        "Vacuum does not keep up with {{ $labels.datname }}: {{ $value }} transactions since the oldest row was frozen",
    },
    ...(count > 1 ? replicationAlerts(count) : []),
    ...(single ? [] : [archivingAlert]),
  ];
}

const replicationAlerts = (count: number): Alert[] => [
  {
    alert: "PostgresReplicaMissing",
    expr: `max(cnpg_pg_replication_streaming_replicas{${instances}}) < ${count - 1}`,
    for: minutes(10),
    severity: "critical",
    summary: `The primary streams to {{ $value }} replicas instead of ${count - 1}`,
  },
  {
    alert: "PostgresReplicationLag",
    expr: `max by (pod) (cnpg_pg_replication_lag{${instances}}) > ${inSeconds(limits.replicationLag)}`,
    for: minutes(10),
    severity: "warning",
    summary: "{{ $labels.pod }} is {{ $value | humanizeDuration }} behind the primary",
  },
];

const archivingAlert: Alert = {
  alert: "PostgresArchivingFails",
  expr: `max by (pod) (cnpg_pg_stat_archiver_last_failed_time{${instances}} - cnpg_pg_stat_archiver_last_archived_time{${instances}}) > 1`,
  for: minutes(15),
  severity: "critical",
  summary: "{{ $labels.pod }} cannot archive its log: there is no restore to now, and the volume fills",
};

const valkeyAlerts: readonly Alert[] = [
  {
    alert: "ValkeyDown",
    expr: `absent(redis_up{namespace="${namespaces.infra}"} == 1)`,
    for: minutes(2),
    severity: "critical",
    summary: "The state store does not answer: no live tickets, no rate limits",
  },
  {
    alert: "ValkeyMemoryHigh",
    expr: `max(redis_memory_used_bytes{namespace="${namespaces.infra}"}) / max(redis_memory_max_bytes{namespace="${namespaces.infra}"}) > ${limits.memory}`,
    for: minutes(10),
    severity: "warning",
    summary: "The state store uses {{ $value | humanizePercentage }} of its memory; when it is full it refuses writes",
  },
];

/** Nothing where an environment keeps no data in the cluster. */
export function storeRules({ model, environment }: RenderContext): RuleGroup[] {
  const { kafka, postgres } = environment;
  const rules: readonly (readonly [string, readonly Alert[]])[] = [
    ["kafka", kafka.kind === "strimzi" ? kafkaAlerts(kafka, usesKafka(model)) : []],
    ["postgres", postgres.kind === "cloudnative-pg" ? postgresAlerts(postgres, isSingleNode(environment)) : []],
    ["valkey", stateStoreOf(environment) === "redis" ? valkeyAlerts : []],
  ];
  return rules.filter(([, alerts]) => alerts.length > 0).map(([name, alerts]) => ({ name, rules: alerts }));
}
