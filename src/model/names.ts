/** The one place where names are made. What is derived from a service carries the service's name. */
import type { System } from "./system.ts";

export const namespaces = {
  apps: "todo-apps",
  infra: "infra-services",
  secrets: "infra-secrets",
  monitoring: "monitoring",
  dapr: "dapr-system",
  ingress: "ingress",
  certManager: "cert-manager",
  externalSecrets: "external-secrets",
  externalDns: "external-dns",
  keda: "keda",
  strimzi: "strimzi-system",
  cloudNativePg: "cnpg-system",
  falco: "falco",
  argocd: "argocd",
} as const;

export type Namespace = (typeof namespaces)[keyof typeof namespaces];

/** Where spans go; the release carries its chart's name. */
export const otelCollector = "opentelemetry-collector";

/** Groups of the identity provider that people are in; nobody is bound by name. */
export const peopleGroups = { viewers: "todo:viewers", onCall: "todo:on-call" } as const;

/** Dapr components, by what they are for. */
export const components = {
  pubsub: "pubsub-kafka-todo",
  statestore: "statestore",
  secretstore: "secretstore-cloud",
} as const;

export const kafkaCluster = "todo-kafka";
export const kafkaNodePool = "brokers";
/** Our StorageClass on every provider's block storage. */
export const blockStorageClass = "todo-block";
/** PriorityClasses: what everything else stands on goes before the services, and they before what can wait. */
export const platformPriority = "todo-platform";
export const servicePriority = "todo-service";
export const postgresCluster = "todo-postgres";
export const postgresPooler = `${postgresCluster}-pooler`;
export const valkey = "todo-valkey";
export const schemaRegistry = "schema-registry";
export const publicGateway = "todo";
/** ClusterIssuer that signs the public certificate, and the Secret with it beside whatever terminates TLS. */
export const publicIssuer = "todo-public";
export const publicCertificateSecret = "todo-tls";

/** Users of Kafka that are no services: KEDA may describe groups, kafka-ui may read. */
export const kafkaUsers = { keda: "keda", kafkaUi: "kafka-ui" } as const;

/** `<namespace>/<name>` below is where a Secret of that name appears for the pods. */
export const secretNames = {
  /** Keys `url` (through the pooler) and `direct-url`. */
  database: (service: string) => `${service}-database`,
  /** Keys `user.crt`, `user.key`, `ca.crt`, or `password` on managed Kafka. */
  kafka: (service: string) => `${service}-kafka`,
  /** How sidecars open the state store: key `password` for Valkey, `connection` and `ca.crt` for PostgreSQL. */
  stateStore: "statestore-credentials",
  /** Key `token`: what the service presents to its sidecar. */
  daprApiToken: (service: string) => `${service}-dapr-api-token`,
  /** Key `token`: what the sidecar presents to the service. */
  appApiToken: (service: string) => `${service}-app-api-token`,
} as const;

/** What the platform's own pods read, by the Secret's name, which is its name in the source of secrets too. */
export const platformSecrets = {
  /** Keys `admin-user` and `admin-password`. */
  grafanaAdmin: "grafana-admin",
  /** Keys `pagerduty-routing-key` and `slack-webhook-url`. */
  alertmanagerReceivers: "alertmanager-receivers",
  /** Key `github-token`; Argo CD looks for this very name. */
  argocdNotifications: "argocd-notifications-secret",
  /** Key `token`. */
  externalDns: "external-dns",
  /** A key for each user, with the password. */
  valkeyUsers: "valkey-users",
  /** Keys `tls.crt`, `tls.key` and `ca.crt`. */
  valkeyTls: "valkey-tls",
  /** Key `password` in the source; a properties file where it is mounted. */
  schemaRegistryDatabase: `${schemaRegistry}-database`,
  /** Key `ca`: who signed the certificate of a PostgreSQL outside the cluster. */
  databaseCa: "database-ca",
  /** Key `ca`: who signed the certificates of brokers outside the cluster, where it is no public authority. */
  kafkaCa: "kafka-ca",
} as const;

/** ClusterSecretStores: the environment's source of secrets, and what operators make in `infra-services`. */
export const secretStores = { source: "todo-secrets", operators: "operator-secrets" } as const;

/** Secret, beside the database, with a role's user name and password. */
export const roleSecret = (role: string): string => `${postgresCluster}-${role.replaceAll("_", "-")}`;

/** One PostgreSQL database, one schema and one role a service. */
export const databaseName = (model: System): string => model.name;
export const schemaName = (service: string): string => service.replaceAll("-", "_");

/** Roles, each with a schema of its own name, of what is no service: Dapr's state store and the schema registry. */
export const stateStoreRole = components.statestore;
export const schemaRegistryRole = schemaName(schemaRegistry);

/** The Job that migrates a service's schema; its own name, so that nothing that selects the service selects it. */
export const migrationName = (service: string): string => `${service}-migration`;

/** Kafka consumer group of a service: its Dapr app id. */
export const consumerGroup = (service: string): string => service;

/** SPIFFE trust domain of the sidecars: Dapr's default, and the only one that it gives outside Kubernetes. */
export const trustDomain = "public";
/** SPIFFE trust domain of Dapr's control plane: its chart's default. */
export const controlPlaneTrustDomain = "cluster.local";

/** The Argo CD Application that makes all others of an environment. */
export const rootApplication = "root";
