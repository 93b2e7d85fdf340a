import type { Certificate, CertificateAuthority } from "./certificates.ts";

export interface KafkaTls {
  /** Signs the brokers' certificates; clients trust it. Strimzi: `<cluster>-cluster-ca-cert`. */
  readonly clusterAuthority: CertificateAuthority;
  /** Signs the clients' certificates; brokers trust it. Strimzi: the `ca.crt` of a KafkaUser's secret. */
  readonly clientsAuthority: CertificateAuthority;
  /** Common names that StandardAuthorizer lets do everything. Everyone else needs ACLs. */
  readonly superUsers: readonly string[];
}

export interface KafkaNode {
  readonly id: number;
  readonly clientPort: number;
  readonly controllerPort: number;
}

/** Subject of the brokers' own certificates. */
export const brokerName = "broker";

/** `server.properties` of a node that is broker and controller at once. */
export function kafkaProperties(
  node: KafkaNode,
  nodes: readonly KafkaNode[],
  data: string,
  tls: { readonly keyStore: string; readonly trustStore: string; readonly superUsers: readonly string[] } | undefined,
  overrides: Readonly<Record<string, string>>,
): string {
  const protocol = tls ? "SSL" : "PLAINTEXT";
  const copies = String(Math.min(3, nodes.length));
  const inSync = nodes.length >= 3 ? "2" : "1";
  const properties: Record<string, string> = {
    "process.roles": "broker,controller",
    "node.id": String(node.id),
    "controller.quorum.voters": nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(","),
    listeners: `CLIENT://127.0.0.1:${node.clientPort},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "advertised.listeners": `CLIENT://127.0.0.1:${node.clientPort}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENT",
    "listener.security.protocol.map": `CLIENT:${protocol},CONTROLLER:${protocol}`,
    "log.dirs": data,
    "auto.create.topics.enable": "false",
    "default.replication.factor": copies,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": inSync,
    // The default wait for more members of a new group is meant for deployments that start many at once.
    "group.initial.rebalance.delay.ms": "0",
    ...(tls ? tlsProperties(tls) : {}),
    ...overrides,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

function tlsProperties(tls: { keyStore: string; trustStore: string; superUsers: readonly string[] }) {
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": tls.keyStore,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": tls.trustStore,
    "ssl.client.auth": "required",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": [brokerName, ...tls.superUsers].map((name) => `User:CN=${name}`).join(";"),
  };
}

/** Content of a PEM key store: the private key first, then the certificate. */
export function keyStore({ key, certificate }: Certificate): string {
  return `${key}${certificate}`;
}

/** Content of the brokers' PEM trust store: clients, and each other. */
export function trustStore({ clusterAuthority, clientsAuthority }: KafkaTls): string {
  return `${clusterAuthority.certificate}${clientsAuthority.certificate}`;
}
